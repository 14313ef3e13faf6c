package plan

import (
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
)

// Attempt is one execution of a plan, as an executor gets it.
type Attempt struct {
	Env op.Env
	// Ledger is made by the plan's NewLedger. The executor counts in it while
	// it works, so whoever holds it sees the progress.
	Ledger *ledger.Ledger
	// Rejects takes the refused rows.
	Rejects Rejects
	// Number counts the attempts of a run from 1.
	Number int
	// Fixed is what all attempts of a run have in common.
	Fixed expr.Fixed
	// Watch is told which nodes work. nil: nobody is.
	Watch Watch
}

// Watch is told which nodes of an attempt work. Several goroutines call it; nodes come in
// order of the plan.
type Watch interface {
	// Began says that nodes work now.
	Began(nodes []*Node)
	// Ended says that nodes have given their last row, none of them having failed. Of the
	// others nothing is said: the error of the attempt tells.
	Ended(nodes []*Node)
}

// Rejects keeps refused rows.
type Rejects interface {
	// Reject keeps a row that the named node refused. Several goroutines call
	// it; the rows of one node come in order. An error ends the attempt.
	Reject(node string, r op.Rejected) error
}

// Output is an output that was written and flushed, but not committed.
type Output struct {
	Node   string
	Writer op.Writer
}
