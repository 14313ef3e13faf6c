package rowfunc

import (
	"cmp"
	"errors"
	"maps"
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
)

// sift decodes the columns in use. Rows that do not decode fail, and the
// others are run.
func (r *runner) sift(in *record.Batch) (*batchRun, error) {
	b := &batchRun{runner: r, in: in, b: in}
	err := r.row.load(in)
	if err == nil {
		return b, nil
	}
	var bad *record.ValueError
	if !errors.As(err, &bad) {
		return nil, err
	}
	failures, err := r.undecoded(in)
	if err != nil {
		return nil, err
	}
	b.rows = r.decoded(in.Len(), failures)
	b.b = in.Select(b.rows)
	b.res.Failed = failures
	return b, r.row.load(b.b)
}

// undecoded are the rows with a field in use that does not decode, each with
// the first such field; with StopAtFailure only the first row.
func (r *runner) undecoded(in *record.Batch) ([]expr.Failure, error) {
	found := map[int]expr.Failure{}
	for i := range r.row.slots {
		if s := &r.row.slots[i]; s.in >= 0 {
			if err := r.undecodedIn(in, s, found); err != nil {
				return nil, err
			}
		}
	}
	out := slices.SortedFunc(maps.Values(found), func(a, b expr.Failure) int { return cmp.Compare(a.Row, b.Row) })
	if r.use.StopAtFailure {
		out = out[:1]
	}
	return out, nil
}

// undecodedIn finds the bad fields of one column: a column decodes up to its
// first bad field, so that the search goes on behind each.
func (r *runner) undecodedIn(in *record.Batch, s *slot, found map[int]expr.Failure) error {
	field := record.NewSchema(in.Schema.Field(s.in))
	whole := record.NewBatch(field, in.Len(), in.Columns[s.in:s.in+1], in.Lineage)
	for from := 0; from < in.Len(); {
		err := s.decode(whole.Slice(from, in.Len()).Columns[0])
		var bad *record.ValueError
		switch {
		case err == nil:
			return nil
		case !errors.As(err, &bad):
			return err
		}
		row := from + bad.Row
		if _, known := found[row]; !known {
			found[row] = expr.Failure{Row: row, Column: s.name, Value: bad.Value, Err: r.valueProblem(s, bad)}
		}
		from = row + 1
	}
	return nil
}

func (r *runner) valueProblem(s *slot, bad *record.ValueError) *diag.Diagnostic {
	d := diag.Errorf("type.value", r.usePos(s.name), "column %q: %w", s.name, bad)
	d.Component = r.use.Node
	return d.WithHint("correct the input, or read the column as a string: types = { %s = \"string\" }", s.name)
}

// usePos is where the function first uses a field.
func (r *runner) usePos(name string) diag.Pos {
	for _, a := range r.f.row.uses {
		if a.name == name {
			return r.f.place(a)
		}
	}
	return r.f.pos
}

// decoded are the rows that can be run: all but the failed ones, or those
// before the first of them.
func (r *runner) decoded(n int, failures []expr.Failure) []int32 {
	if r.use.StopAtFailure {
		return without(failures[0].Row, nil)
	}
	failed := make([]int32, len(failures))
	for i, f := range failures {
		failed[i] = int32(f.Row)
	}
	return without(n, failed)
}
