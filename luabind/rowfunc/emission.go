package rowfunc

import (
	"context"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
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

// emission collects the rows that the function of a flat_map emits.
type emission struct {
	runner *runner
	schema *record.Schema
	made   *record.Builder // of the calls that went well
	call   *lua.LFunction  // calls the function with a row and emit
	emit   *emit           // of the call at hand

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

// callText makes a function that hands its argument on, with emit behind it.
const callText = "local fn, emit = ... return function(row) return fn(row, emit) end"

// collect makes the runner one of a flat_map.
func (r *runner) collect() error {
	text, err := r.state.L.LoadString(callText)
	if err != nil {
		return err
	}
	made, err := r.state.Call(context.Background(), 0, text, 1, r.fn, lua.LNil)
	if err != nil {
		return err
	}
	call := made[0].(*lua.LFunction)
	call.Proto.SourceName = "" // it has no place in messages
	r.fn = call
	r.emits = &emission{runner: r, schema: r.use.Out, made: record.NewBuilder(r.use.Out, r.use.Enough), call: call}
	return nil
}

// begin prepares for a call. A function that may keep its emit gets another one in
// each call.
func (m *emission) begin() {
	if m.emit == nil || m.runner.row.keeps {
		m.emit = &emit{of: m}
		upvalueOf(m.call, "emit").SetValue(m.runner.state.Bind("emit", m.emit.take))
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
	width := m.schema.Len()
	for i, v := range m.pending {
		m.made.Column(i % width).Append(v)
	}
	return int32(m.rows)
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
		m.bytes += bytesOf(v)
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

// bytesOf is about how many bytes a value takes.
func bytesOf(v record.Value) int64 {
	total := valueBytes + int64(len(v.Str()))
	for _, item := range v.Items() {
		total += bytesOf(item)
	}
	for _, e := range v.Entries() {
		total += int64(len(e.Name)) + bytesOf(e.Value)
	}
	return total
}
