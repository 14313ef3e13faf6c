package row

import (
	"context"
	"errors"
	"slices"

	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// keyPlaces are the places of the columns that tell rows apart.
func keyPlaces(n *plan.Node, o *op.Distinct) []int {
	in := n.Inputs[0]
	var out []int
	for i, f := range in.Fields() {
		if len(o.By) == 0 || slices.ContainsFunc(o.By, func(b op.Name) bool { return b.Text == f.Name }) {
			out = append(out, i)
		}
	}
	return out
}

// firsts passes the first row of each key.
type firsts struct {
	places []int
	seen   keySet
	key    []byte
	book   *ledger.Node
}

func newFirsts(n *plan.Node, o *op.Distinct, book *ledger.Node) kernel {
	return &firsts{places: keyPlaces(n, o), book: book}
}

func (f *firsts) process(ctx context.Context, b *record.Batch, out output) error {
	keys, err := decodeKeys(b, f.places)
	if err != nil {
		return f.until(ctx, b, err, out)
	}
	var fresh []int32
	for i := range b.Len() {
		f.book.Add(ledger.Merged, 1)
		f.key = appendKey(f.key[:0], keys, i)
		if f.seen.add(f.key) {
			f.book.Add(ledger.Groups, 1)
			fresh = append(fresh, int32(i))
		}
	}
	return out.emit(ctx, kept(b, fresh))
}

// until works on the rows before the one whose key does not decode.
func (f *firsts) until(ctx context.Context, b *record.Batch, err error, out output) error {
	good := f.firstBad(b)
	if good > 0 {
		if err := f.process(ctx, b.Slice(0, good), out); err != nil {
			f.book.Add(ledger.Discarded, int64(b.Len()-good))
			return err
		}
	}
	f.book.Add(ledger.Discarded, int64(b.Len()-good))
	return err
}

// firstBad is the first row whose key does not decode.
func (f *firsts) firstBad(b *record.Batch) int {
	first := b.Len()
	for _, place := range f.places {
		var bad *record.ValueError
		if _, err := b.Columns[place].Decode(); errors.As(err, &bad) {
			first = min(first, bad.Row)
		} else if err != nil {
			first = 0
		}
	}
	return first
}

// bytes implements holder.
func (f *firsts) bytes() int64 { return f.seen.bytes() }

func (*firsts) finish(context.Context, output) error { return nil }

func (*firsts) close() {}

// lasts holds the last row of each key and gives them in the order in which they
// came.
type lasts struct {
	places []int
	book   *ledger.Node
	rows   int // in a batch

	made  *record.Builder  // rows, most of which are the last ones of their keys
	place map[string]int32 // of the last row of a key, in made
	text  int64            // bytes of the keys
	key   []byte
	given int
}

func newLasts(n *plan.Node, o *op.Distinct, book *ledger.Node, rows int) merger {
	return &lasts{
		places: keyPlaces(n, o), book: book, rows: rows,
		made: record.NewBuilder(n.Schema, 0), place: map[string]int32{},
	}
}

func (l *lasts) take(_ context.Context, _ int, b *record.Batch, _ output) error {
	keys, err := decodeKeys(b, l.places)
	if err != nil {
		l.book.Add(ledger.Skipped, int64(b.Len()))
		return err
	}
	for i := range b.Len() {
		l.key = appendKey(l.key[:0], keys, i)
		if err := l.made.AppendRow(b, i); err != nil {
			l.book.Add(ledger.Skipped, int64(b.Len()-i))
			return err
		}
		l.book.Add(ledger.Merged, 1)
		if _, ok := l.place[string(l.key)]; !ok {
			l.book.Add(ledger.Groups, 1)
			l.text += int64(len(l.key))
		}
		l.place[string(l.key)] = int32(l.made.Len() - 1)
	}
	return l.tidy()
}

// tidy forgets rows that are no last ones, when they are more than half.
func (l *lasts) tidy() error {
	if l.made.Len() < 2*len(l.place)+l.rows {
		return nil
	}
	held, order := l.inOrder()
	moved := make(map[int32]int32, len(order))
	for i, row := range order {
		if err := l.made.AppendRow(held, int(row)); err != nil {
			return err
		}
		moved[row] = int32(i)
	}
	for key, row := range l.place {
		l.place[key] = moved[row]
	}
	return nil
}

// inOrder takes all rows that are held, and the places of the last ones.
func (l *lasts) inOrder() (*record.Batch, []int32) {
	order := make([]int32, 0, len(l.place))
	for _, row := range l.place {
		order = append(order, row)
	}
	slices.Sort(order)
	return l.made.Build(), order
}

func (l *lasts) end(ctx context.Context, _ int, out output) error {
	held, order := l.inOrder()
	for part := range slices.Chunk(order, l.rows) {
		l.given += len(part)
		if err := out.emit(ctx, held.Select(part)); err != nil {
			return err
		}
	}
	return nil
}

// bytes implements holder.
func (l *lasts) bytes() int64 {
	return l.made.Bytes() + l.text + int64(len(l.place))*mapEntry
}

func (l *lasts) discard(_, rows int) { l.book.Add(ledger.Skipped, int64(rows)) }

func (l *lasts) abandon() { l.book.Add(ledger.Discarded, int64(len(l.place)-l.given)) }

func (*lasts) close() {}

// skip discards the first rows.
type skip struct {
	left int64
	book *ledger.Node
}

func newSkip(o *op.Skip, book *ledger.Node) kernel { return &skip{left: o.N, book: book} }

func (s *skip) process(ctx context.Context, b *record.Batch, out output) error {
	n := int(min(s.left, int64(b.Len())))
	s.left -= int64(n)
	s.book.Add(ledger.Discarded, int64(n))
	return out.emit(ctx, b.Slice(n, b.Len()))
}

func (*skip) finish(context.Context, output) error { return nil }

func (*skip) close() {}
