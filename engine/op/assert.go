package op

import (
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/record"
)

// Assert passes all rows and fails the run where they do not meet a condition. It
// looks at the stream to its end, also when the nodes behind it want no more rows.
type Assert struct{ Test Test }

// Test is a condition on a whole stream. It is immutable.
type Test interface {
	// Check reports what cannot be tested on the columns, which may be open.
	Check(in *record.Schema) diag.List
	// Reads are the columns that it looks at.
	Reads() []string
	// Start begins a test; in is complete.
	Start(in *record.Schema) Tester
}

// Tester tests one stream. One goroutine uses it.
type Tester interface {
	// Take looks at a batch. The error says what row breaks the condition; rows before
	// it are fine.
	Take(b *record.Batch) (row int, err error)
	// Bytes is about how much memory it holds from batch to batch.
	Bytes() int64
	// End is called behind the last row of a stream that did not break off.
	End() error
}

// Resolve implements Operator.
func (a *Assert) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	return in[0], a.Test.Check(in[0])
}

// Laws implements Operator.
func (a *Assert) Laws() []ledger.Law {
	return []ledger.Law{law(ledger.In, ledger.Out, ledger.Discarded)}
}

// Traits implements Operator.
func (a *Assert) Traits() Traits { return Traits{Ordered: true, Reads: a.Test.Reads()} }

var _ Operator = (*Assert)(nil)
