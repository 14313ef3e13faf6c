package row

import (
	"context"

	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// span sends single rows through the nodes whose functions share a state, so
// that they take turns as the script's author would write it, and puts the
// rows that come out together again.
type span struct {
	first *step
	next  taker
	made  *record.Builder
}

func newSpan(last *plan.Node, next taker) *span {
	return &span{next: next, made: record.NewBuilder(last.Schema, 0)}
}

// push implements taker.
func (s *span) push(ctx context.Context, b *record.Batch) error {
	for i := range b.Len() {
		if err := s.first.push(ctx, b.Slice(i, i+1)); err != nil {
			s.first.books.discard(b.Len() - i - 1)
			if before := s.flush(ctx); before != nil {
				return before
			}
			return err
		}
	}
	return s.flush(ctx)
}

// flush hands on the rows that have come out.
func (s *span) flush(ctx context.Context) error {
	if s.made.Len() == 0 {
		return nil
	}
	return s.next.push(ctx, s.made.Build())
}

// rows is what the last node gives its rows to.
func (s *span) rows() taker { return (*spanRows)(s) }

type spanRows span

func (s *spanRows) push(_ context.Context, b *record.Batch) error {
	for i := range b.Len() {
		if err := s.made.AppendRow(b, i); err != nil {
			return err
		}
	}
	return nil
}
