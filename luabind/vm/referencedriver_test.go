package vm

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/syntax"
)

// referenceBudget is many times what a generated program takes.
const referenceBudget = 20_000_000

// runReference runs a program in a state of ours, with the functions that
// package lua51 gives it in PUC Lua, and answers as that does.
func runReference(o Options, text string) string {
	c, d := syntax.Compile("p", text)
	if d != nil {
		return "syntax: " + d.Error()
	}
	s := New(o)
	defer s.Close()
	var out strings.Builder
	s.SetGlobal("emit", s.Bind("emit", func(L *lua.LState) int {
		emitValues(&out, Arguments(L, 1))
		return 0
	}))
	s.SetGlobal("r", s.Bind("r", cutNumber))
	_, err := s.Call(context.Background(), referenceBudget, s.Load(c), 0)
	var raised *Error
	switch {
	case err == nil:
		return out.String() + "ok"
	case errors.As(err, &raised) && raised.cause == nil:
		return out.String() + "error " + shown(raised.value, 0)
	}
	return out.String() + "failed: " + err.Error()
}

func emitValues(out *strings.Builder, values []lua.LValue) {
	for i, v := range values {
		if i > 0 {
			out.WriteByte(' ')
		}
		out.WriteString(shown(v, 0))
	}
	out.WriteByte('\n')
}

// shown is a value as text: its type is plain, tables are sorted.
func shown(v lua.LValue, depth int) string {
	switch v := v.(type) {
	case lua.LNumber:
		return shownNumber(float64(v))
	case lua.LString:
		return shownText(string(v))
	case *lua.LTable:
		if depth >= 4 {
			return "{...}"
		}
		return shownTable(v, depth)
	case *lua.LNilType, lua.LBool:
		return v.String()
	}
	return v.Type().String()
}

func shownNumber(f float64) string {
	switch {
	case f == 0:
		return "0" // the virtual machine knows no negative zero
	case f != f:
		return "nan"
	case math.IsInf(f, 0):
		return strings.TrimPrefix(strings.ToLower(fmt.Sprint(f)), "+")
	}
	return fmt.Sprintf("%.17g", f)
}

func shownText(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '\n':
			b.WriteString(`\n`)
		case c == '\r':
			b.WriteString(`\r`)
		case c == '"' || c == '\\':
			b.WriteByte('\\')
			b.WriteByte(c)
		case c < ' ' || c > '~':
			fmt.Fprintf(&b, `\%03d`, c)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}

func shownTable(t *lua.LTable, depth int) string {
	var keys []lua.LValue
	for k, _ := t.Next(lua.LNil); k != lua.LNil; k, _ = t.Next(k) {
		keys = append(keys, k)
	}
	slices.SortStableFunc(keys, compareKeys)
	parts := make([]string, len(keys))
	for i, k := range keys {
		parts[i] = shown(k, depth+1) + "=" + shown(t.RawGet(k), depth+1)
	}
	return "{" + strings.Join(parts, ",") + "}"
}

// compareKeys sorts keys by type and value.
func compareKeys(a, b lua.LValue) int {
	if d := cmp.Compare(keyRank(a), keyRank(b)); d != 0 {
		return d
	}
	switch a := a.(type) {
	case lua.LNumber:
		return cmp.Compare(a, b.(lua.LNumber))
	case lua.LString:
		return cmp.Compare(a, b.(lua.LString))
	case lua.LBool:
		return cmp.Compare(a.String(), b.String())
	}
	return 0
}

func keyRank(v lua.LValue) int {
	switch v.(type) {
	case lua.LNumber:
		return 1
	case lua.LString:
		return 2
	case lua.LBool:
		return 3
	}
	return 4
}

// cutNumber is r(x) of package lua51.
func cutNumber(L *lua.LState) int {
	n, ok := L.Get(1).(lua.LNumber)
	f := float64(n)
	switch size := math.Abs(f); {
	case !ok:
		L.Push(L.Get(1))
		return 1
	case f != f || size >= 9e13:
		f = 1.25
	case size < 1e-3:
		f = 0
	default:
		// The text is a number, since this wrote it.
		f, _ = strconv.ParseFloat(strconv.FormatFloat(f, 'g', 10, 64), 64)
	}
	L.Push(lua.LNumber(f))
	return 1
}
