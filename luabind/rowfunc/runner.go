package rowfunc

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// runner implements expr.Runner with one Lua state.
type runner struct {
	f     *Func
	use   expr.Use
	world *world
	state *vm.State // of the world
	fn    *lua.LFunction
	done  func()
	row   *rowTable
	dice  *dice     // nil: nothing random
	out   *mapping  // of a Map
	emits *emission // of a FlatMap or a Produce
	// shared is what the function works on together with others; nil: it works alone.
	shared *state
}

var _ expr.Runner = (*runner)(nil)

// Close implements expr.Runner.
func (r *runner) Close() { r.done() }

// Run implements expr.Runner.
func (r *runner) Run(ctx context.Context, in *record.Batch) (expr.Result, error) {
	if err := context.Cause(ctx); err != nil {
		return expr.Result{}, err
	}
	b, err := r.sift(in)
	if err != nil {
		return expr.Result{}, err
	}
	if !r.world.t.exact && r.row.bringsOwn() {
		r.world.makeExact()
	}
	if err := r.Begin(ctx); err != nil {
		return expr.Result{}, err
	}
	defer r.state.Begin(ctx, r.f.env.budget)()
	if err := b.run(); err != nil {
		return expr.Result{}, err
	}
	return b.result()
}

// batchRun is the run of a function over one batch.
type batchRun struct {
	*runner
	in     *record.Batch
	b      *record.Batch // the rows of in that decode
	rows   []int32       // their numbers in in; nil: all
	failed []int32       // rows of b that failed
	ran    int           // rows of b that were run
	res    expr.Result
	values *record.Vector // of a Value
}

// origin is the number in the input batch of row i.
func (b *batchRun) origin(i int) int {
	if b.rows == nil {
		return i
	}
	return int(b.rows[i])
}

// run runs the function over the rows. The error ends the runner.
func (b *batchRun) run() error {
	n := b.b.Len()
	switch b.use.Role {
	case expr.Map:
		b.out.begin(n)
	case expr.Value:
		b.values = record.NewVector(b.valueType().Kind, b.in.Len())
	case expr.FlatMap:
		b.res.Counts = make([]int32, b.in.Len())
	}
	for ; b.ran < n && !b.enough(); b.ran++ {
		ok, err := b.step(b.ran)
		if err != nil {
			return err
		}
		if !ok && b.use.StopAtFailure {
			b.ran++
			return nil
		}
	}
	return nil
}

// enough reports whether the function has emitted so many rows that the others
// are left for the next run.
func (b *batchRun) enough() bool { return b.emits != nil && b.emits.full() }

func (b *batchRun) valueType() record.Type { return b.use.Out.Field(0).Type }

// step runs row i and reports whether it went well.
func (b *batchRun) step(i int) (ok bool, err error) {
	table := b.row.row(i)
	if b.dice != nil {
		b.dice.roll(b.b.Lineage, i)
	}
	if b.emits != nil {
		b.emits.begin(b.fn)
		defer func() { b.res.Counts[b.origin(i)] = b.emits.end(ok) }()
	}
	result, err := b.state.Invoke(b.fn, table)
	if err != nil {
		d := b.state.Diagnose(err)
		var own *vm.Error
		if !errors.As(err, &own) {
			return false, err // the run was cancelled
		}
		if b.state.Broken != nil || own.EndsRun() {
			return false, b.numbered(b.explained(d), i)
		}
		return false, b.fail(i, b.column(own), d)
	}
	if column, d := b.take(i, table, result); d != nil {
		return false, b.fail(i, column, b.placed(d, column))
	}
	return true, nil
}

// take notes the function's result for row i.
func (b *batchRun) take(i int, table *lua.LTable, result lua.LValue) (column string, d *diag.Diagnostic) {
	if b.use.Role == expr.Map {
		return b.out.take(i, b.b.Len(), b.row, table, result)
	}
	if column, d := b.row.overwritten(table); d != nil {
		return column, d
	}
	switch b.use.Role {
	case expr.Filter:
		return "", b.filter(i, result)
	case expr.FlatMap, expr.Consume:
		return "", b.nothing(result)
	}
	t := b.valueType()
	v, d := toColumn(result, t, valueColumn)
	if d == nil {
		b.values.Set(t.Kind, b.origin(i), b.in.Len(), v)
	}
	return "", d
}

func (b *batchRun) filter(i int, result lua.LValue) *diag.Diagnostic {
	switch result {
	case lua.LTrue:
		b.res.Keep = append(b.res.Keep, int32(b.origin(i)))
	case lua.LFalse, lua.LNil:
		b.res.Dropped++
	default:
		return diag.Errorf("filter.result", diag.Pos{}, "the function of the filter returned %s, not true or false", value.Describe(result)).
			WithHint("return a comparison, as in: return row.x ~= nil")
	}
	return nil
}

// nothing refuses a value that nobody takes.
func (b *batchRun) nothing(result lua.LValue) *diag.Diagnostic {
	if result == lua.LNil {
		return nil
	}
	if b.use.Role == expr.Consume {
		return diag.Errorf("sink.result", diag.Pos{}, "the function of the sink returned %s, but nobody takes it", value.Describe(result)).
			WithHint("a row that cannot be written is refused with error(...)")
	}
	return diag.Errorf("flat_map.result", diag.Pos{}, "the function of the flat_map returned %s, but rows are given with its second parameter", value.Describe(result)).
		WithHint("function(row, emit) emit { id = row.id } end")
}

// placed gives a problem with a result its place: the first assignment of the
// column, else the function.
func (b *batchRun) placed(d *diag.Diagnostic, column string) *diag.Diagnostic {
	d.Pos = b.f.pos
	for _, a := range b.f.row.uses {
		if a.write && a.name == column {
			d.Pos = b.f.place(a)
			break
		}
	}
	return d
}

// fail notes that row i failed.
func (b *batchRun) fail(i int, column string, d *diag.Diagnostic) error {
	b.failed = append(b.failed, int32(i))
	column = cmp.Or(column, blamed(d))
	f := expr.Failure{Row: b.origin(i), Column: column, Err: b.explained(d)}
	if j := b.row.find(column); j >= 0 && b.row.slots[j].in >= 0 {
		f.Value = value.PlainText(b.row.slots[j].before)
	}
	b.res.Failed = append(b.res.Failed, f)
	return nil
}

// column is the column to blame for an error of the script, "" if none is known.
func (b *batchRun) column(e *vm.Error) string {
	if b.f.row.row == nil {
		return ""
	}
	name, ok := strings.CutPrefix(e.Blamed(), b.f.row.row.Name+".")
	if !ok || b.row.find(name) < 0 {
		return ""
	}
	return name
}

// numbered is the problem with the place of the row that ended the run.
func (b *batchRun) numbered(d *diag.Diagnostic, i int) *diag.Diagnostic {
	if from := b.b.Lineage.At(i); from.Source != nil {
		return d.WithNote(diag.Pos{}, "row %d of %s", from.Row, from.Source.Name)
	}
	return d
}

// explained is the problem with the fields of the row that it came up with. The
// engine adds which row it is.
func (b *batchRun) explained(d *diag.Diagnostic) *diag.Diagnostic {
	out := *d // a diagnostic that a script raised may be raised again
	out.Notes = slices.Clone(d.Notes)
	if out.Component == "" {
		out.Component = b.use.Node
	}
	if fields := b.row.describe(b.f); fields != "" {
		out.WithNote(diag.Pos{}, "row: %s", fields)
	}
	return &out
}

// describe writes the fields that the function's text mentions, as they were
// before the call.
func (t *rowTable) describe(f *Func) string {
	const most, longest = 12, 60
	var parts []string
	for _, s := range t.slots {
		if s.in < 0 || len(parts) == most || !slices.ContainsFunc(f.row.uses, func(a access) bool { return a.name == s.name }) {
			continue
		}
		text := value.PlainText(s.before)
		if len(text) > longest {
			text = strings.ToValidUTF8(text[:longest-3], "") + "..."
		}
		switch s.before.Type() {
		case lua.LTNil:
			text = "nil"
		case lua.LTString:
			text = fmt.Sprintf("%q", text)
		}
		parts = append(parts, s.name+" = "+text)
	}
	return strings.Join(parts, ", ")
}

// result is what became of the batch.
func (b *batchRun) result() (expr.Result, error) {
	slices.SortStableFunc(b.res.Failed, func(x, y expr.Failure) int { return x.Row - y.Row })
	if b.use.StopAtFailure && len(b.res.Failed) > 1 {
		b.res.Failed = b.res.Failed[:1]
	}
	switch b.use.Role {
	case expr.Map:
		out, err := b.out.finish(b.b)
		if err != nil {
			return expr.Result{}, fmt.Errorf("assigning to decoded columns: %w", err)
		}
		b.res.Batch = out
		if good := b.good(); good != nil {
			b.res.Batch = out.Select(good)
		}
	case expr.FlatMap:
		b.res.Batch = b.emits.made.Build()
		b.cutOff()
	case expr.Value:
		for _, f := range b.res.Failed {
			b.values.SetNull(f.Row, b.in.Len())
		}
		b.res.Value = record.NewColumn(b.valueType(), b.in.Len(), b.values)
	}
	return b.res, nil
}

// cutOff leaves out the rows that are left for the next run, also where it is known
// that they fail. No row that is left is the first one to fail.
func (b *batchRun) cutOff() {
	end := b.in.Len()
	if b.ran < b.b.Len() {
		end = b.origin(b.ran)
	}
	if b.use.StopAtFailure && len(b.res.Failed) > 0 {
		end = min(end, b.res.Failed[0].Row)
	}
	b.res.Counts = b.res.Counts[:end]
	b.res.Failed = slices.DeleteFunc(b.res.Failed, func(f expr.Failure) bool { return f.Row > end })
}

// good are the rows that ran without failing; nil when all did.
func (b *batchRun) good() []int32 {
	if b.ran == b.b.Len() && len(b.failed) == 0 {
		return nil
	}
	return without(b.ran, b.failed)
}

// without are the rows before n except the failed ones, which are in order.
func without(n int, failed []int32) []int32 {
	good := make([]int32, 0, n)
	for i := range int32(n) {
		if len(failed) > 0 && failed[0] == i {
			failed = failed[1:]
			continue
		}
		good = append(good, i)
	}
	return good
}
