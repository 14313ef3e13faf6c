package row

import (
	"context"
	"math"
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// join is a hash join: it builds a table of the right side, then looks up the
// rows of the left side as they come.
type join struct {
	op     *op.Join
	layout op.JoinLayout
	left   *record.Schema
	width  int // columns of the right side
	book   *ledger.Node
	salt   uint64 // of the node
	rows   int    // in a batch

	built   *record.Builder
	taken   int              // rows of the right side
	right   *record.Batch    // these, and one of NULLs behind them
	rest    *record.Batch    // the columns of right that the output has
	first   map[string]int32 // the first right row of a key
	follows []int32          // the next right row of the same key, none if negative
	met     record.Bits      // right rows that met a partner
	size    int64            // bytes of right, and of its keys
	settled int              // right rows that were counted as matched or unmatched
	key     []byte
}

const none int32 = -1

func newJoin(n *plan.Node, o *op.Join, book *ledger.Node, rows int) merger {
	return &join{
		op: o, layout: o.Layout(n.Inputs[0], n.Inputs[1]), left: n.Inputs[0], width: n.Inputs[1].Len(), book: book, rows: rows, salt: saltOf(n),
		built: record.NewBuilder(n.Inputs[1], 0), first: map[string]int32{},
	}
}

// keepsLeft reports whether left rows without a partner are in the output.
func (j *join) keepsLeft() bool {
	return j.op.How == op.LeftJ || j.op.How == op.Full || j.op.How == op.Anti
}

// keepsRight reports whether right rows without a partner are in the output.
func (j *join) keepsRight() bool { return j.op.How == op.RightJ || j.op.How == op.Full }

func (j *join) take(ctx context.Context, input int, b *record.Batch, out output) error {
	if input == 0 {
		return j.probe(ctx, b, out)
	}
	for i := range b.Len() {
		j.book.Add(ledger.Right, 1)
		j.taken++
		if err := j.built.AppendRow(b, i); err != nil {
			return err
		}
	}
	return nil
}

func (j *join) end(ctx context.Context, input int, out output) error {
	if input == 1 {
		return j.build()
	}
	return j.giveRight(ctx, out)
}

// build makes the table. It goes backwards, so that the rows of a key follow
// each other in their order.
func (j *join) build() error {
	j.appendNulls()
	j.size = j.built.Bytes()
	j.right = j.built.Build()
	j.rest = columnsOf(j.right, j.layout.RightRest)
	j.follows, j.met = make([]int32, j.taken), record.NewBits(j.taken)
	keys, err := decodeKeys(j.right, j.layout.RightKeys)
	if err != nil {
		return err
	}
	for i := j.taken - 1; i >= 0; i-- {
		if !j.readKey(keys, i) {
			continue
		}
		if j.follows[i] = j.lookup(); j.follows[i] == none {
			j.size += int64(len(j.key)) + mapEntry
		}
		j.first[string(j.key)] = int32(i)
	}
	return nil
}

// bytes implements holder.
func (j *join) bytes() int64 {
	const follows = 4
	return j.built.Bytes() + j.size + int64(len(j.follows))*follows
}

func (j *join) appendNulls() {
	for i := range j.width {
		j.built.Column(i).AppendNull()
	}
	j.built.AppendOrigin(record.Origin{})
}

// columnsOf is a batch of only some columns.
func columnsOf(b *record.Batch, places []int) *record.Batch {
	fields := make([]record.Field, len(places))
	columns := make([]*record.Column, len(places))
	for i, place := range places {
		fields[i], columns[i] = b.Schema.Field(place), b.Columns[place]
	}
	return record.NewBatch(record.NewSchema(fields...), b.Len(), columns, record.Lineage{})
}

// keyColumn is a decoded key column.
type keyColumn struct {
	values *record.Vector
	kind   record.Kind
}

func decodeKeys(b *record.Batch, places []int) ([]keyColumn, error) {
	keys := make([]keyColumn, len(places))
	for i, place := range places {
		values, err := b.Columns[place].Decode()
		if err != nil {
			return nil, atValue(b, b.Schema.Field(place).Name, err)
		}
		keys[i] = keyColumn{values, b.Columns[place].Type.Kind}
	}
	return keys, nil
}

// appendKey appends the key of a row.
func appendKey(dst []byte, keys []keyColumn, row int) []byte {
	for _, k := range keys {
		dst = k.values.AppendKey(dst, k.kind, row)
	}
	return dst
}

// readKey sets the key to that of a row; a key with NULL matches nothing.
func (j *join) readKey(keys []keyColumn, row int) bool {
	for _, k := range keys {
		if k.values.IsNull(row) {
			return false
		}
	}
	j.key = appendKey(j.key[:0], keys, row)
	return true
}

// lookup is the first right row of the key.
func (j *join) lookup() int32 {
	if row, ok := j.first[string(j.key)]; ok {
		return row
	}
	return none
}

// pairs are rows of the output, as places in both inputs.
type pairs struct {
	left, right []int32
	nth         []int32 // partner of the left row, from 0
}

func (p *pairs) add(left, right, nth int32) {
	p.left, p.right, p.nth = append(p.left, left), append(p.right, right), append(p.nth, nth)
}

// take is the first n rows, which are removed.
func (p *pairs) take(n int) pairs {
	first := pairs{p.left[:n], p.right[:n], p.nth[:n]}
	p.left, p.right, p.nth = p.left[n:], p.right[n:], p.nth[n:]
	return first
}

// lineage is where the rows come from, which are picked from the left: each
// further row of the same left row is another one.
func (p pairs) lineage(left record.Lineage, maker uint64) record.Lineage {
	if !slices.ContainsFunc(p.nth, func(nth int32) bool { return nth > 0 }) {
		return left
	}
	origins := make([]record.Origin, len(p.nth))
	for i, nth := range p.nth {
		origins[i] = left.At(i).Other(maker, uint64(nth))
	}
	return record.FromOrigins(origins)
}

func (j *join) probe(ctx context.Context, b *record.Batch, out output) error {
	keys, err := decodeKeys(b, j.layout.LeftKeys)
	if err != nil {
		j.discard(0, b.Len())
		return err
	}
	made := &pairs{}
	for i := range b.Len() {
		partner := none
		if j.readKey(keys, i) {
			partner = j.lookup()
		}
		if j.op.One && partner != none && j.follows[partner] != none {
			j.discard(0, b.Len()-i)
			if err := j.give(ctx, b, made, out); err != nil {
				return err
			}
			return j.tooMany(b, i)
		}
		j.settleLeft(int32(i), partner, made)
		if len(made.left) >= j.rows {
			if err := j.give(ctx, b, made, out); err != nil {
				j.discard(0, b.Len()-i-1)
				return err
			}
		}
	}
	return j.give(ctx, b, made, out)
}

func (j *join) tooMany(b *record.Batch, row int) error {
	return atRow(b, row, diag.Errorf("join.many", j.op.Left[0].Pos, "a row of the left side has more than one partner, but match = \"one\"").
		WithHint("make the key unique on the right side, or say match = \"many\""))
}

// settleLeft counts a left row and puts what it gives behind the others.
func (j *join) settleLeft(row, partner int32, made *pairs) {
	j.book.Add(ledger.Left, 1)
	if partner == none {
		j.book.Add(ledger.LeftUnmatched, 1)
		if j.keepsLeft() {
			j.book.Add(ledger.KeptUnmatched, 1)
			made.add(row, int32(j.taken), 0)
		}
		return
	}
	j.book.Add(ledger.LeftMatched, 1)
	if j.op.How == op.Semi {
		j.book.Add(ledger.Pairs, 1)
		made.add(row, int32(j.taken), 0)
	}
	for nth := int32(0); partner != none; partner, nth = j.follows[partner], nth+1 {
		j.met.Set(int(partner))
		if j.op.How != op.Semi && j.op.How != op.Anti {
			j.book.Add(ledger.Pairs, 1)
			made.add(row, partner, nth)
		}
	}
}

// give hands on the rows that were made of a left batch.
func (j *join) give(ctx context.Context, b *record.Batch, made *pairs, out output) error {
	for len(made.left) > 0 {
		some := made.take(min(len(made.left), j.rows))
		left := b
		if !isWhole(some.left, b.Len()) {
			left = b.Select(some.left)
		}
		columns := append(left.Columns[:len(left.Columns):len(left.Columns)], j.rest.Select(some.right).Columns...)
		if err := out.emit(ctx, left.With(j.layout.Schema, columns).From(some.lineage(left.Lineage, j.salt))); err != nil {
			j.book.Add(ledger.Discarded, int64(len(made.left)))
			return err
		}
	}
	*made = pairs{}
	return nil
}

// isWhole reports whether rows are all of a batch, in order.
func isWhole(rows []int32, n int) bool {
	for i, r := range rows {
		if int(r) != i {
			return false
		}
	}
	return len(rows) == n
}

// giveRight counts the right rows, and hands on those without a partner.
func (j *join) giveRight(ctx context.Context, out output) error {
	var lone []int32
	for j.settled < j.taken {
		row := j.settled
		if !j.settleRight() || !j.keepsRight() {
			continue
		}
		if lone = append(lone, int32(row)); len(lone) == j.rows {
			if err := out.emit(ctx, j.loneRight(lone)); err != nil {
				return err
			}
			lone = nil
		}
	}
	return out.emit(ctx, j.loneRight(lone))
}

// settleRight counts the next right row, and reports whether it is without a
// partner.
func (j *join) settleRight() bool {
	row := j.settled
	j.settled++
	if j.met.Get(row) {
		j.book.Add(ledger.RightMatched, 1)
		return false
	}
	j.book.Add(ledger.RightUnmatched, 1)
	if j.keepsRight() {
		j.book.Add(ledger.KeptUnmatched, 1)
	}
	return true
}

// lonely is what tells a right row without a partner from a left row.
const lonely = math.MaxUint64

// loneRight makes rows of right rows without a partner: the keys stand in the
// left columns, the others of these are NULL.
func (j *join) loneRight(rows []int32) *record.Batch {
	right := j.right.Select(rows)
	columns := make([]*record.Column, j.left.Len(), j.layout.Schema.Len())
	for i, f := range j.left.Fields() {
		columns[i] = record.Constant(f.Type, len(rows), record.Value{})
	}
	for i, place := range j.layout.LeftKeys {
		columns[place] = right.Columns[j.layout.RightKeys[i]]
	}
	for _, place := range j.layout.RightRest {
		columns = append(columns, right.Columns[place])
	}
	// A left row may come from the same row of a source.
	return right.With(j.layout.Schema, columns).From(right.Lineage.Others(j.salt, lonely))
}

// discard implements merger: rows that nobody looks up meet no partner.
func (j *join) discard(input, rows int) {
	n := int64(rows)
	side, unmatched, keeps := ledger.Left, ledger.LeftUnmatched, j.keepsLeft()
	if input == 1 {
		side, unmatched, keeps = ledger.Right, ledger.RightUnmatched, j.keepsRight()
	}
	j.book.Add(side, n)
	j.book.Add(unmatched, n)
	if keeps {
		j.book.Add(ledger.KeptUnmatched, n)
		j.book.Add(ledger.Discarded, n)
	}
}

// abandon implements merger.
func (j *join) abandon() {
	for j.settled < j.taken {
		if j.settleRight() && j.keepsRight() {
			j.book.Add(ledger.Discarded, 1)
		}
	}
}

func (*join) close() {}
