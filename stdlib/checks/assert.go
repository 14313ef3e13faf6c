package checks

import (
	"fmt"
	"math"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

type assertOptions struct {
	component.Common
	Columns rules     `opt:"columns" doc:"column = its rules, as for validate"`
	Rows    rowCount  `opt:"rows" doc:"how many rows come: a number, or { min =, max = }"`
	Unique  []op.Name `opt:"unique" doc:"columns of which no two rows have the same values; NULLs are equal"`
	Message string    `opt:"message" doc:"what the error says first"`
}

// AssertSpec declares assert.
func AssertSpec() *component.Spec {
	return &component.Spec{
		Name: "assert", Kind: component.Transform,
		Summary: "Fails the run where rows are not as they must be",
		Doc: "It looks at all rows, also when nodes behind it want no more of them, and passes them on unchanged. When a condition does not hold, " +
			"the run fails and nothing is written. Rows that may be refused one by one are the matter of `validate`.",
		Holds:   "the values of columns that must be unique",
		Order:   "kept",
		Options: &assertOptions{},
		Build: component.Build(func(o *assertOptions) (op.Operator, diag.List) {
			return &op.Assert{Test: &assertion{o}}, checkAsserted(o)
		}),
		Example: `local etl = require "etl"

etl.rows({ { day = "mon", n = 3 }, { day = "tue", n = 5 } })
  :assert { rows = { min = 1, max = 7 }, unique = { "day" }, columns = { n = { nullable = false, min = 0 } } }
  :write_csv { path = "out.csv" }

return etl.job { name = "week" }
`,
	}
}

func checkAsserted(o *assertOptions) diag.List {
	if len(o.Columns) == 0 && len(o.Unique) == 0 && o.Rows.at == nil {
		return diag.List{diag.Errorf("assert.nothing", diag.Pos{}, "the assertion says nothing").
			WithHint("give it rows, unique or columns")}
	}
	return nil
}

// rowCount is how many rows may come.
type rowCount struct {
	min, max int64
	at       *diag.Pos // nil: it was not given
}

// DecodeOption implements component.OptionDecoder.
func (r *rowCount) DecodeOption(v component.Value) error {
	*r = rowCount{max: math.MaxInt64, at: &v.Pos}
	if n, ok := length(v); ok {
		r.min, r.max = n, n
		return nil
	}
	t, ok := v.X.(*component.Table)
	if !ok || len(t.List) > 0 || len(t.Entries) == 0 {
		return component.ErrWrongType
	}
	for _, e := range t.Entries {
		n, ok := length(e.Value)
		switch {
		case e.Key.Text != "min" && e.Key.Text != "max":
			return diag.Errorf("option.unknown", e.Key.Pos, "rows has no %q", e.Key.Text).WithHint("%s", diag.DidYouMean(e.Key.Text, []string{"min", "max"}))
		case !ok:
			return diag.Errorf("option.type", e.Value.Pos, "%s is a whole number from 0, not %s", e.Key.Text, e.Value.Describe())
		case e.Key.Text == "min":
			r.min = n
		default:
			r.max = n
		}
	}
	if r.min > r.max {
		return fmt.Errorf("min is above max")
	}
	return nil
}

// Want implements component.OptionDecoder.
func (*rowCount) Want() string { return "a whole number, or { min =, max = }" }

func (r rowCount) String() string {
	switch {
	case r.min == r.max:
		return fmt.Sprintf("exactly %d", r.min)
	case r.max == math.MaxInt64:
		return fmt.Sprintf("at least %d", r.min)
	case r.min == 0:
		return fmt.Sprintf("at most %d", r.max)
	}
	return fmt.Sprintf("%d to %d", r.min, r.max)
}

// assertion implements op.Test.
type assertion struct{ *assertOptions }

// Check implements op.Test.
func (a *assertion) Check(in *record.Schema) diag.List {
	_, problems := newTester(a.Columns, in)
	for _, n := range a.Unique {
		if !in.Has(n.Text) && !in.Open() {
			problems = append(problems, op.UnknownColumn(in, n))
		}
	}
	return problems
}

// Reads implements op.Test.
func (a *assertion) Reads() []string { return append(a.Columns.names(), op.Names(a.Unique)...) }

// Start implements op.Test.
func (a *assertion) Start(in *record.Schema) op.Tester {
	t, _ := newTester(a.Columns, in) // Check has reported the problems
	s := &asserter{assertion: a, tester: t, seen: map[string]int64{}}
	for _, n := range a.Unique {
		s.places = append(s.places, in.Index(n.Text))
	}
	return s
}

// Bytes implements op.Tester.
func (a *asserter) Bytes() int64 { return a.tester.held + a.held }

// asserter tests one stream.
type asserter struct {
	*assertion
	tester *tester
	rows   int64
	places []int            // of the columns of unique
	seen   map[string]int64 // which row had a key, from 1
	held   int64            // about how many bytes seen takes
	key    []byte
}

// Take implements op.Tester.
func (a *asserter) Take(b *record.Batch) (int, error) {
	for row := range b.Len() {
		a.rows++
		if a.at() != nil && a.rows > a.Rows.max {
			return row, a.said(diag.Errorf("assert.rows", *a.at(), "there are more than %d rows, but %s may come", a.Rows.max, a.Rows))
		}
		if found := a.tester.breaches(b, row); len(found) > 0 {
			return row, a.said(problem("assert.value", found))
		}
		if err := a.twice(b, row); err != nil {
			return row, err
		}
	}
	return 0, nil
}

func (a *asserter) at() *diag.Pos { return a.Rows.at }

// twice reports a row whose key another one had.
func (a *asserter) twice(b *record.Batch, row int) error {
	if len(a.places) == 0 {
		return nil
	}
	a.key = a.key[:0]
	for _, place := range a.places {
		c := b.Columns[place]
		v, err := c.Decode()
		if err != nil {
			return err
		}
		a.key = v.AppendKey(a.key, c.Type.Kind, row)
	}
	if first, ok := a.seen[string(a.key)]; ok {
		return a.said(diag.Errorf("assert.unique", a.Unique[0].Pos, "row %d of the stream has the same %s as row %d", a.rows, list(op.Names(a.Unique)), first))
	}
	a.seen[string(a.key)] = a.rows
	a.held += int64(len(a.key)) + keySize
	return nil
}

func list(names []string) string {
	out := ""
	for i, n := range names {
		switch {
		case i > 0 && i == len(names)-1:
			out += " and "
		case i > 0:
			out += ", "
		}
		out += fmt.Sprintf("%q", n)
	}
	return out
}

// End implements op.Tester.
func (a *asserter) End() error {
	if a.at() == nil || a.rows >= a.Rows.min {
		return nil
	}
	came := fmt.Sprintf("%d rows came", a.rows)
	if a.rows == 1 {
		came = "1 row came"
	}
	return a.said(diag.Errorf("assert.rows", *a.at(), "%s, but it must be %s", came, a.Rows))
}

// said puts the author's message before a problem.
func (a *asserter) said(d *diag.Diagnostic) error {
	if a.Message != "" {
		d.Message = a.Message + ": " + d.Message
	}
	return d
}
