package row

import (
	"context"
	"slices"

	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// sorter holds all rows and gives them in order.
type sorter struct {
	keys  []sortKey
	book  *ledger.Node
	rows  int // in a batch
	made  *record.Builder
	held  int64
	given int64
}

type sortKey struct {
	op.SortKey
	place  int
	kind   record.Kind
	values *record.Vector
}

func newSorter(n *plan.Node, o *op.Sort, book *ledger.Node, rows int) merger {
	s := &sorter{book: book, rows: rows, made: record.NewBuilder(n.Schema, 0)}
	for _, k := range o.Keys {
		place := n.Schema.Index(k.Column.Text)
		s.keys = append(s.keys, sortKey{SortKey: k, place: place, kind: n.Schema.Field(place).Type.Kind})
	}
	return s
}

func (s *sorter) take(_ context.Context, _ int, b *record.Batch, _ output) error {
	for i := range b.Len() {
		s.held++
		if err := s.made.AppendRow(b, i); err != nil {
			return err
		}
	}
	return nil
}

func (s *sorter) end(ctx context.Context, _ int, out output) error {
	all := s.made.Build()
	if err := s.decode(all); err != nil {
		return err
	}
	order := make([]int32, all.Len())
	for i := range order {
		order[i] = int32(i)
	}
	slices.SortStableFunc(order, s.compare)
	for part := range slices.Chunk(order, s.rows) {
		s.given += int64(len(part))
		if err := out.emit(ctx, all.Select(part)); err != nil {
			return err
		}
	}
	return nil
}

func (s *sorter) decode(all *record.Batch) error {
	for i := range s.keys {
		k := &s.keys[i]
		var err error
		if k.values, err = all.Columns[k.place].Decode(); err != nil {
			return atValue(all, k.Column.Text, err)
		}
	}
	return nil
}

func (s *sorter) compare(a, b int32) int {
	for i := range s.keys {
		if c := s.keys[i].compare(int(a), int(b)); c != 0 {
			return c
		}
	}
	return 0
}

// compare orders two rows: first the rank, which no direction turns round,
// then the value.
func (k *sortKey) compare(a, b int) int {
	ra, rb := k.rank(a), k.rank(b)
	if ra != rb || ra != 0 {
		return ra - rb
	}
	c := k.values.Compare(k.kind, a, k.values, b)
	if k.Desc {
		return -c
	}
	return c
}

// rank is 0 for a value, 1 for NaN, and before or behind both for NULL.
func (k *sortKey) rank(i int) int {
	switch {
	case k.values.IsNull(i) && k.NullsFirst:
		return -1
	case k.values.IsNull(i):
		return 2
	case k.isNaN(i):
		return 1
	}
	return 0
}

func (k *sortKey) isNaN(i int) bool {
	switch k.kind {
	case record.Float:
		return k.values.Floats[i] != k.values.Floats[i]
	case record.Any:
		v := k.values.Values[i]
		return v.Kind() == record.Float && v.Float() != v.Float()
	}
	return false
}

func (s *sorter) discard(_, rows int) { s.book.Add(ledger.Discarded, int64(rows)) }

func (s *sorter) abandon() { s.book.Add(ledger.Discarded, s.held-s.given) }

// bytes implements holder.
func (s *sorter) bytes() int64 {
	const order = 4
	return s.made.Bytes() + int64(s.made.Len())*order
}

func (*sorter) close() {}
