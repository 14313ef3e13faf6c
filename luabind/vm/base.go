package vm

import (
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

// openBase adds the functions that have no library.
func (s *State) openBase() {
	for name, fn := range map[string]lua.LGFunction{
		"assert": s.baseAssert, "error": s.baseError, "getmetatable": baseGetmetatable, "ipairs": s.baseIpairs(),
		"next": baseNext, "pairs": s.basePairs(), "print": s.basePrint,
		"rawequal": baseRawequal, "rawget": baseRawget, "rawset": s.baseRawset, "select": baseSelect,
		"setmetatable": baseSetmetatable, "tonumber": baseTonumber, "tostring": baseTostring,
		"type": baseType, "unpack": s.baseUnpack, "xpcall": s.baseXpcall, syntax.ConcatName: s.concat,
	} {
		s.SetGlobal(name, s.Bind(name, fn))
	}
	s.SetGlobal("pcall", s.L.NewFunction(s.basePcall))
	s.SetGlobal("_VERSION", lua.LString("Lua 5.1"))
}

// SetGlobal declares a global.
func (s *State) SetGlobal(name string, v lua.LValue) { s.L.G.Global.RawSetString(name, v) }

// baseAssert is assert(v, message). As everywhere a text gets the place; any
// other message, but for nil, is raised as it is.
func (s *State) baseAssert(L *lua.LState) int {
	if lua.LVAsBool(needsAny(L, 1)) {
		return L.GetTop()
	}
	message := L.Get(2)
	if message == lua.LNil {
		L.RaiseError("assertion failed!")
	}
	if text, ok := concatText(message); ok {
		s.meter.copying(L, len(text))
		L.RaiseError("%s", text)
	}
	s.thrown = thrown{value: message, pos: Where(L)}
	L.Error(message, 0)
	return 0
}

// baseError is error(value, level): text gets the place of the function at
// that level, 1 being the one that calls error.
func (s *State) baseError(L *lua.LState) int {
	raised, level := L.Get(1), optInteger(L, 2, 1)
	text, ok := concatText(raised)
	s.meter.copying(L, len(text))
	if !ok {
		s.thrown = thrown{value: raised, pos: Where(L)}
	}
	if ok && level > 0 {
		if place := s.placeAt(L, level); place != "" {
			text = place + " " + text
		}
		raised = lua.LString(text)
	}
	s.verbatim = true
	L.Error(raised, 0)
	return 0
}

// placeAt is the place, as messages begin with, of the function at a level of
// calls: 1 called the running Go function. It is "" for a function that has no
// place, and where there are not so many. The callers of a protected call are on
// the thread that waits for it; those of a coroutine do not count.
func (s *State) placeAt(L *lua.LState, level int) string {
	if level <= 0 {
		return ""
	}
	outer := s.outer
	for {
		frames := 0
		for ; ; frames++ {
			if _, ok := L.GetStack(frames); !ok {
				break
			}
		}
		if level < frames {
			break
		}
		if L.Parent != nil || len(outer) == 0 {
			return ""
		}
		level -= frames
		L, outer = outer[len(outer)-1], outer[:len(outer)-1]
	}
	place := L.Where(level)
	if strings.HasPrefix(place, "[G]") {
		return ""
	}
	return place
}

// baseGetmetatable answers for tables, userdata and strings; that nil and
// numbers have metatables is an affair of error messages.
func baseGetmetatable(L *lua.LState) int {
	v := needsAny(L, 1)
	switch v.Type() {
	case lua.LTTable, lua.LTUserData:
		L.Push(L.GetMetatable(v))
	case lua.LTString:
		L.Push(lua.LFalse) // scripts neither see nor change it
	default:
		L.Push(lua.LNil)
	}
	return 1
}

func baseSetmetatable(L *lua.LState) int {
	t, mt := table(L, 1), L.Get(2)
	if L.GetTop() < 2 || mt.Type() != lua.LTNil && mt.Type() != lua.LTTable {
		L.ArgError(2, "nil or table expected")
	}
	if L.GetMetaField(t, "__metatable") != lua.LNil {
		L.RaiseError("cannot change a protected metatable")
	}
	t.Metatable = mt
	L.Push(t)
	return 1
}

// baseIpairs is ipairs(t).
func (s *State) baseIpairs() lua.LGFunction {
	next := s.Bind("ipairs", func(L *lua.LState) int {
		i := integer(L, 2) + 1
		v := table(L, 1).RawGetInt(i)
		if v == lua.LNil {
			return 0
		}
		L.Push(lua.LNumber(i))
		L.Push(v)
		return 2
	})
	return func(L *lua.LState) int {
		t := table(L, 1)
		L.Push(next)
		L.Push(t)
		L.Push(lua.LNumber(0))
		return 3
	}
}

// basePairs is pairs(t); a metamethod __pairs gives the three values itself.
func (s *State) basePairs() lua.LGFunction {
	next := s.Bind("next", baseNext)
	return func(L *lua.LState) int {
		if meta := L.GetMetaField(L.Get(1), "__pairs"); meta != lua.LNil {
			v := L.Get(1)
			L.Push(meta)
			L.Push(v)
			L.Call(1, 3)
			return 3
		}
		t := table(L, 1)
		L.Push(next)
		L.Push(t)
		L.Push(lua.LNil)
		return 3
	}
}

func baseNext(L *lua.LState) int {
	key, value := table(L, 1).Next(L.Get(2))
	L.Push(key)
	if key == lua.LNil {
		return 1
	}
	L.Push(value)
	return 2
}

func (s *State) basePrint(L *lua.LState) int {
	var parts []string
	for _, v := range Arguments(L, 1) {
		text := ToText(L, v)
		s.meter.reading(L, len(text))
		parts = append(parts, text)
	}
	if s.options.Print != nil {
		s.options.Print(strings.Join(parts, "\t"))
	}
	return 0
}

func baseRawequal(L *lua.LState) int {
	L.Push(lua.LBool(L.RawEqual(needsAny(L, 1), needsAny(L, 2))))
	return 1
}

func baseRawget(L *lua.LState) int {
	L.Push(table(L, 1).RawGet(needsAny(L, 2)))
	return 1
}

func (s *State) baseRawset(L *lua.LState) int {
	t, key, v := table(L, 1), needsAny(L, 2), needsAny(L, 3)
	if n, ok := key.(lua.LNumber); key == lua.LNil || ok && n != n {
		s.raiseText(L, "table index is "+key.String())
	}
	L.RawSet(t, key, v)
	L.SetTop(1)
	return 1
}

// baseSelect is select(n, ...): the arguments from number n on, counted from
// the end when negative, or their number for "#".
func baseSelect(L *lua.LState) int {
	count := L.GetTop() - 1
	if L.Get(1) == lua.LString("#") {
		L.Push(lua.LNumber(count))
		return 1
	}
	n := integer(L, 1)
	if n < 0 {
		n += count + 1
	}
	if n < 1 {
		L.ArgError(1, "index out of range")
	}
	return max(0, count-n+1)
}

// baseTonumber is tonumber(v, base). A text in another base than ten is a whole
// number; one that a number cannot hold is none.
func baseTonumber(L *lua.LState) int {
	f, ok := 0.0, false
	if base := optInteger(L, 2, 10); base == 10 {
		v := needsAny(L, 1)
		if whole, ok := wideInteger(L, v); ok {
			L.Push(whole)
			return 1
		}
		f, ok = numeral(L, v)
	} else {
		digits := text(L, 1)
		Spend(L, int64(len(digits)/readPerInstruction))
		if base < 2 || base > 36 {
			L.ArgError(2, "base out of range")
		}
		f, ok = value.ParseInteger(digits, base)
	}
	if !ok {
		L.Push(lua.LNil)
		return 1
	}
	return pushNumber(L, f)
}

// wideDigits is how many digits an integer has at least that a plain number
// cannot hold.
const wideDigits = len("9007199254740992")

// wideInteger is an integer that a plain number cannot hold: a value of that
// type, or the one that a string means.
func wideInteger(L *lua.LState, v lua.LValue) (lua.LValue, bool) {
	switch v := v.(type) {
	case value.Int64, value.Uint64:
		return v, true
	case lua.LString:
		if len(v) < wideDigits {
			return nil, false
		}
		Spend(L, int64(len(v)/readPerInstruction))
		if n, err := record.ParseInt(strings.Trim(string(v), value.Blanks)); err == nil && (n <= -value.ExactLimit || n >= value.ExactLimit) {
			return value.Int64(n), true
		}
	}
	return nil, false
}

// numeral is a number, or the number that a string means.
func numeral(L *lua.LState, v lua.LValue) (float64, bool) {
	switch v := v.(type) {
	case lua.LNumber:
		return float64(v), true
	case lua.LString:
		if len(v) >= longNumeral {
			Spend(L, int64(len(v)/readPerInstruction))
		}
		return value.ParseNumber(string(v))
	}
	return 0, false
}

// longNumeral is the length from which reading a text as a number counts.
const longNumeral = 256

func baseTostring(L *lua.LState) int {
	L.Push(lua.LString(ToText(L, needsAny(L, 1))))
	return 1
}

// ToText is tostring(v).
func ToText(L *lua.LState, v lua.LValue) string {
	if meta := L.GetMetaField(v, "__tostring"); meta != lua.LNil && v.Type() != lua.LTString {
		L.Push(meta)
		L.Push(v)
		L.Call(1, 1)
		v = L.Get(-1)
		L.Pop(1)
		if v.Type() != lua.LTString && v.Type() != lua.LTNumber {
			L.RaiseError("'tostring' must return a string")
		}
	}
	if n, ok := v.(lua.LNumber); ok {
		return value.FormatNumber(float64(n))
	}
	return v.String()
}

func baseType(L *lua.LState) int {
	L.Push(lua.LString(needsAny(L, 1).Type().String()))
	return 1
}

// maxUnpack is how many values unpack returns at most.
const maxUnpack = 8000

func (s *State) baseUnpack(L *lua.LState) int {
	t := table(L, 1)
	from := optInteger(L, 2, 1)
	to := optInteger(L, 3, t.Len())
	if from > to {
		return 0
	}
	if to-from >= maxUnpack {
		L.RaiseError("too many results to unpack")
	}
	s.meter.spend(L, int64(to-from))
	for i := from; i <= to; i++ {
		L.Push(t.RawGetInt(i))
	}
	return to - from + 1
}
