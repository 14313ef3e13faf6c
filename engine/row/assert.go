package row

import (
	"context"
	"errors"

	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// assert passes rows on and tests them. When nobody wants more, it goes on testing:
// for the nodes before it the stream never ends early.
type assert struct {
	tester op.Tester
	book   *ledger.Node
	full   bool // nobody wants more
}

func newAssert(n *plan.Node, o *op.Assert, book *ledger.Node) kernel {
	return &assert{tester: o.Test.Start(n.Inputs[0]), book: book}
}

func (a *assert) process(ctx context.Context, b *record.Batch, out output) error {
	row, broken := a.tester.Take(b)
	good := b
	if broken != nil {
		good = b.Slice(0, row)
		a.book.Add(ledger.Discarded, int64(b.Len()-row))
		broken = atRow(b, row, broken)
	}
	if err := a.pass(ctx, good, out); err != nil {
		return err
	}
	return broken
}

func (a *assert) pass(ctx context.Context, b *record.Batch, out output) error {
	if a.full {
		a.book.Add(ledger.Discarded, int64(b.Len()))
		return nil
	}
	err := out.emit(ctx, b)
	if errors.Is(err, errEnough) {
		a.full = true
		return nil
	}
	return err
}

// bytes implements holder.
func (a *assert) bytes() int64 { return a.tester.Bytes() }

func (a *assert) finish(context.Context, output) error { return a.tester.End() }

func (*assert) close() {}
