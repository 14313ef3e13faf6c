package rowfunc

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// What one call of a function may emit: rows, and MiB that they take in memory. A
// call that fails emits nothing, so that its rows are held until it ends.
const (
	maxEmitted    = 1_000_000
	maxEmittedMiB = 256
)

// emission collects the rows that a function emits.
type emission struct {
	runner *runner
	schema *record.Schema
	made   *record.Builder // of the calls that went well
	emit   *emit           // of the call at hand
	// hand takes the rows of a call before it has ended, in full batches; nil where
	// a call that fails gives none.
	hand   func(*record.Batch) error
	handed time.Time // when that was called last

	pending []record.Value // of the call at hand, row by row
	rows    int            // how many rows these are
	bytes   int64          // and about how much memory they take
}

// emit is the second argument of the function, in one call or, where the function
// keeps nothing, in all.
type emit struct {
	of   *emission
	open bool // the call has not ended
}

// collect makes the runner one of a function that emits.
func (r *runner) collect() (err error) {
	text := emitText
	switch {
	case r.use.Role == expr.Produce:
		text = produceText
	case r.use.State != nil:
		text = emitStateText
	}
	r.fn, err = r.wrap(text, r.fn)
	r.emits = &emission{runner: r, schema: r.use.Out, made: record.NewBuilder(r.use.Out, r.use.Enough)}
	return err
}

// begin prepares for a call of a function that wrap made. One that may keep its emit
// gets another one in each call.
func (m *emission) begin(call *lua.LFunction) {
	if m.emit == nil || m.runner.row.keeps {
		m.emit = &emit{of: m}
		upvalueOf(call, "emit").SetValue(m.runner.state.Bind("emit", m.emit.take))
	}
	m.emit.open = true
	m.forget()
}

// end ends a call and gives the number of rows that it emitted: none if it failed.
func (m *emission) end(well bool) int32 {
	m.emit.open = false
	if !well {
		return 0
	}
	m.settle()
	return int32(m.rows)
}

// settle keeps what the call at hand emitted.
func (m *emission) settle() {
	width := m.schema.Len()
	for i, v := range m.pending {
		m.made.Column(i % width).Append(v)
	}
}

// longestWait is how long a row waits for others, so that those of a slow source are on
// their way.
const longestWait = 100 * time.Millisecond

// handOn hands on the rows of a call that goes on, when they fill a batch or have waited
// long: the call has made progress, so that its budgets begin anew.
func (m *emission) handOn() error {
	m.settle()
	m.forget()
	if !m.full() && time.Since(m.handed) < longestWait {
		return nil
	}
	m.runner.state.Renew()
	err := m.hand(m.made.Build())
	m.handed = time.Now()
	return err
}

// forget drops what the call at hand emitted. It keeps little memory for others.
func (m *emission) forget() {
	const kept = 1 << 14
	if cap(m.pending) > kept {
		m.pending = nil
	}
	m.pending, m.rows, m.bytes = m.pending[:0], 0, 0
}

// full reports whether the batch has as many rows as are wanted at once.
func (m *emission) full() bool {
	enough := m.runner.use.Enough
	return enough > 0 && m.made.Len() >= enough
}

// take is emit(row), which copies the row.
func (e *emit) take(L *lua.LState) int {
	t, ok := L.Get(1).(*lua.LTable)
	switch {
	case !e.open:
		vm.Raise(L, diag.Errorf("flat_map.late", diag.Pos{}, "emit was called when the call that it belongs to had ended").
			WithHint("call it before the function returns, and do not keep it for later rows"))
	case !ok:
		vm.Raise(L, diag.Errorf("flat_map.emit", diag.Pos{}, "emit takes a table, not %s", value.Describe(L.Get(1))).
			WithHint("write the fields of the new row: emit { id = row.id }"))
	case L.GetTop() > 1:
		vm.Raise(L, diag.Errorf("flat_map.emit", diag.Pos{}, "emit takes one table, but was given %d values", L.GetTop()).
			WithHint("call it once for each new row"))
	}
	before := e.of.bytes
	if d := e.of.add(t); d != nil {
		vm.Raise(L, d)
	}
	vm.Spend(L, (e.of.bytes-before)/valueBytes)
	if e.of.hand != nil {
		// Its error says that the context has ended, which the next instruction finds.
		_ = e.of.handOn()
	}
	return 0
}

// add adds a row to those of the call.
func (m *emission) add(t *lua.LTable) *diag.Diagnostic {
	if d := surplus(t, m.schema, "emitted"); d != nil {
		return d
	}
	start := len(m.pending)
	for _, f := range m.schema.Fields() {
		v, d := toColumn(t.RawGetString(f.Name), f.Type, f.Name)
		if d != nil {
			m.pending = m.pending[:start]
			return asReturned(d)
		}
		m.pending = append(m.pending, v)
		m.bytes += valueBytes + v.Bytes()
	}
	if m.rows++; m.rows > maxEmitted {
		return tooMuch("a million rows")
	}
	if m.bytes > maxEmittedMiB<<20 {
		return tooMuch("256 MiB")
	}
	return nil
}

func tooMuch(what string) *diag.Diagnostic {
	return diag.Errorf("flat_map.much", diag.Pos{}, "the function emitted more than %s for one row", what).
		WithHint("the rows of one call are held in memory until it ends; emit fewer, or read them from a source")
}

// valueBytes is about how many bytes a value takes besides its text.
const valueBytes = 64

var _ expr.Producer = (*runner)(nil)

// Produce implements expr.Producer.
func (r *runner) Produce(ctx context.Context, hand func(*record.Batch) error) error {
	r.emits.hand, r.emits.handed = hand, time.Now()
	r.emits.begin(r.fn)
	result, err := r.invoke(ctx, r.fn, lua.LNil)
	r.emits.end(err == nil)
	switch {
	case err != nil:
		return err
	case result != lua.LNil:
		return r.surplusResult(result)
	case r.emits.made.Len() == 0:
		return nil
	}
	return hand(r.emits.made.Build())
}

// surplusResult refuses a value that a function returns which gives rows by its first
// parameter.
func (r *runner) surplusResult(result lua.LValue) *diag.Diagnostic {
	d := diag.Errorf("emit.result", r.f.pos, "the function returned %s, but rows are given with its first parameter", value.Describe(result)).
		WithHint("function(emit) emit { id = 1 } end")
	d.Component = r.use.Node
	return d
}
