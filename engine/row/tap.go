package row

import (
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// Tap watches the rows of a run, as a debugger does. Its methods are called before
// the rows go on, by several goroutines at once, and may wait: the stage that the
// node belongs to waits with them. They must not change the rows. To end the run,
// cancel its context.
type Tap interface {
	// Take is called with rows that a node takes from its numbered input.
	Take(n *plan.Node, input int, b *record.Batch)
	// Give is called with rows that a node gives to its main output.
	Give(n *plan.Node, b *record.Batch)
	// Refuse is called with a row that a node refuses.
	Refuse(n *plan.Node, x op.Rejected)
}

// noTap watches nothing.
type noTap struct{}

func (noTap) Take(*plan.Node, int, *record.Batch) {}
func (noTap) Give(*plan.Node, *record.Batch)      {}
func (noTap) Refuse(*plan.Node, op.Rejected)      {}
