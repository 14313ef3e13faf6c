package etllib

import (
	"fmt"
	"math"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// library is what the functions keep for one state.
type library struct {
	state    *vm.State
	patterns patterns
	values   map[string]lua.LGFunction // of package vm
	metas    map[string]*lua.LTable    // of containers, by kind
}

func newLibrary(s *vm.State) *library {
	return &library{state: s, patterns: newPatterns(), values: vm.ValueFunctions(), metas: map[string]*lua.LTable{}}
}

// function is an entry as a function of Lua, which refuses arguments that the
// entry does not declare.
func (l *library) function(e *Entry) lua.LGFunction {
	return func(L *lua.LState) int {
		c := call{L: L, lib: l, name: "etl." + e.Name, params: e.Params}
		c.check()
		return e.run(c)
	}
}

// call is one call of a function or method.
type call struct {
	L      *lua.LState
	lib    *library
	name   string // for messages: "etl.re.match", "set:add"
	params []Param
	skip   int // arguments before the first parameter: the receiver of a method
}

// check refuses arguments of the wrong type, missing and surplus ones. It counts
// the work of reading texts once.
func (c call) check() {
	for i, p := range c.params {
		v := c.arg(i)
		if text, ok := v.(lua.LString); ok {
			c.spend(len(text))
		}
		if v == lua.LNil && p.Optional {
			continue
		}
		if !p.Takes.holds(v) {
			c.refuse(i, "%s expected, got %s", p.Takes, c.got(i))
		}
	}
	if n := c.L.GetTop() - c.skip; n > len(c.params) {
		c.L.RaiseError("too many arguments to '%s' (it takes %s, got %d)", c.name, arguments(len(c.params)), n)
	}
}

// arguments says how many there may be.
func arguments(n int) string {
	switch n {
	case 0:
		return "none"
	case 1:
		return "1"
	}
	return fmt.Sprintf("%d at most", n)
}

// got is what argument i is for messages; one that was not given is "no value".
func (c call) got(i int) string {
	v := c.arg(i)
	if c.skip+i >= c.L.GetTop() {
		return "no value"
	}
	if _, ok := v.(lua.LNumber); ok {
		return v.Type().String() + " " + v.String()
	}
	if _, own := value.Record(v); own {
		return value.Describe(v)
	}
	return v.Type().String()
}

func (t Takes) holds(v lua.LValue) bool {
	switch t {
	case Text:
		return v.Type() == lua.LTString
	case Whole:
		n, ok := v.(lua.LNumber)
		return ok && float64(n) == math.Trunc(float64(n)) && math.Abs(float64(n)) < value.ExactLimit
	case Flag:
		return v.Type() == lua.LTBool
	case Table:
		return v.Type() == lua.LTTable
	case Function:
		return v.Type() == lua.LTFunction
	}
	return v != lua.LNil
}

// refuse raises that argument i, counted from 0, is wrong.
func (c call) refuse(i int, format string, args ...any) {
	c.L.RaiseError("bad argument #%d to '%s' (%s: %s)", i+1, c.name, c.params[i].Name, fmt.Sprintf(format, args...))
}

// fail raises a problem with the data that the function was given.
func (c call) fail(code diag.Code, format string, args ...any) {
	vm.Raise(c.L, diag.Errorf(code, diag.Pos{}, "%s: %w", c.name, fmt.Errorf(format, args...)))
}

// arg is argument i, counted from 0; nil when it is not given.
func (c call) arg(i int) lua.LValue { return c.L.Get(c.skip + i + 1) }

// given reports whether argument i is not nil.
func (c call) given(i int) bool { return c.arg(i) != lua.LNil }

// text is argument i, a string.
func (c call) text(i int) string {
	s, _ := c.arg(i).(lua.LString)
	return string(s)
}

// whole is argument i, a whole number, or the default when it is not given.
func (c call) whole(i, missing int) int {
	if n, ok := c.arg(i).(lua.LNumber); ok {
		return int(n)
	}
	return missing
}

// atLeastOne is argument i, a whole number from 1 on.
func (c call) atLeastOne(i int) int {
	n := c.whole(i, 0)
	if n < 1 {
		c.refuse(i, "at least 1 expected, got %d", n)
	}
	return n
}

// table is argument i, nil when it is not given.
func (c call) table(i int) *lua.LTable {
	t, _ := c.arg(i).(*lua.LTable)
	return t
}

// spend counts the work on that many bytes.
func (c call) spend(bytes int) { vm.Spend(c.L, int64(bytes)/bytesPerInstruction) }

// bytesPerInstruction is how many bytes of simple work count as one
// instruction.
const bytesPerInstruction = 64

// give pushes the results.
func (c call) give(values ...lua.LValue) int {
	for _, v := range values {
		c.L.Push(v)
	}
	return len(values)
}

// giveText pushes a text, unless it is too long.
func (c call) giveText(s string) int {
	vm.CheckSize(c.L, len(s))
	return c.give(lua.LString(s))
}

// giveBool pushes a boolean.
func (c call) giveBool(b bool) int { return c.give(lua.LBool(b)) }

// giveInt pushes a whole number.
func (c call) giveInt(n int) int { return c.give(lua.LNumber(n)) }

// list makes a list of texts.
func (c call) list(parts []string) *lua.LTable {
	vm.Spend(c.L, int64(len(parts)))
	t := c.L.CreateTable(len(parts), 0)
	for i, part := range parts {
		t.RawSetInt(i+1, lua.LString(part))
	}
	return t
}
