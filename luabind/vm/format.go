package vm

import (
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

// stringFormat is string.format. What C leaves open raises: missing arguments,
// arguments of the wrong type, unknown conversions.
func (s *State) stringFormat(L *lua.LState) int {
	f := &formatter{L: L, rest: text(L, 1), arg: 1}
	for f.rest != "" {
		f.step()
		s.checkSize(L, f.out.Len())
	}
	L.Push(lua.LString(f.out.String()))
	return 1
}

type formatter struct {
	L    *lua.LState
	out  strings.Builder
	rest string
	arg  int // the argument taken last
}

// step writes the text up to the next conversion, and the conversion.
func (f *formatter) step() {
	plain, rest, found := strings.Cut(f.rest, "%")
	f.out.WriteString(plain)
	f.rest = rest
	if !found {
		return
	}
	n := strings.IndexFunc(rest, func(r rune) bool { return !strings.ContainsRune("-+ #0123456789.", r) })
	if n < 0 {
		f.L.RaiseError("invalid conversion '%%%s' to 'format'", syntax.Abridged(rest))
	}
	flags, verb := rest[:n], rest[n]
	f.rest = rest[n+1:]
	if verb == '%' && flags == "" {
		f.out.WriteByte('%')
		return
	}
	f.checkFlags(flags, verb)
	f.arg++
	f.out.WriteString(f.convert(flags, verb))
}

// checkFlags bounds width and precision to two digits, as C Lua does.
func (f *formatter) checkFlags(flags string, verb byte) {
	width, precision, _ := strings.Cut(strings.TrimLeft(flags, "-+ #0"), ".")
	if len(width) > 2 || len(precision) > 2 || strings.Trim(width+precision, "0123456789") != "" {
		f.L.RaiseError("invalid conversion '%%%s%c' to 'format' (width or precision too long)", flags, verb)
	}
}

func (f *formatter) convert(flags string, verb byte) string {
	switch verb {
	case 'd', 'i', 'u':
		return fmt.Sprintf("%"+flags+"d", f.integer())
	case 'c':
		return fmt.Sprintf("%"+strings.ReplaceAll(flags, "0", "")+"s", string([]byte{byte(f.integer())}))
	case 'o', 'x', 'X':
		return fmt.Sprintf("%"+flags+string(verb), uint64(f.integer()))
	case 'e', 'E', 'f', 'F', 'g', 'G':
		return f.float(flags, verb)
	case 'q':
		return quoted(text(f.L, f.arg))
	case 's':
		return fmt.Sprintf("%"+strings.ReplaceAll(flags, "#", "")+"s", f.text())
	}
	f.L.RaiseError("invalid conversion '%%%s%c' to 'format'", flags, verb)
	return ""
}

// number is the next argument as a number.
func (f *formatter) number() float64 {
	n, ok := toNumber(f.value())
	if !ok {
		f.L.TypeError(f.arg, lua.LTNumber)
	}
	return n
}

func (f *formatter) value() lua.LValue {
	if f.arg > f.L.GetTop() {
		f.L.ArgError(f.arg, "no value")
	}
	return f.L.Get(f.arg)
}

// integer is the next argument without its fraction.
func (f *formatter) integer() int64 {
	n := math.Trunc(f.number())
	if !(n >= -(1<<63) && n < 1<<63) {
		f.L.ArgError(f.arg, value.FormatNumber(n)+" is no integer")
	}
	return int64(n)
}

func (f *formatter) float(flags string, verb byte) string {
	n := f.number()
	if math.IsInf(n, 0) || math.IsNaN(n) {
		width, _, _ := strings.Cut(strings.ReplaceAll(flags, "0", ""), ".")
		return fmt.Sprintf("%"+strings.Trim(width, "+#")+"s", value.FormatNumber(n))
	}
	if verb|0x20 == 'g' && !strings.Contains(flags, ".") {
		flags += ".6"
	}
	return fmt.Sprintf("%"+flags+string(verb), n)
}

// text is the next argument as %s takes it: a string, a number, or a value
// that knows its own text.
func (f *formatter) text() string {
	v := f.value()
	if t, ok := concatText(v); ok {
		return t
	}
	if f.L.GetMetaField(v, "__tostring") == lua.LNil {
		f.L.TypeError(f.arg, lua.LTString)
	}
	return ToText(f.L, v)
}

// quoted is a text as a Lua string literal.
func quoted(s string) string {
	var b strings.Builder
	b.WriteByte('"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\', '\n':
			b.WriteByte('\\')
			b.WriteByte(c)
		case '\r':
			b.WriteString(`\r`)
		case 0:
			b.WriteString(`\000`)
		default:
			b.WriteByte(c)
		}
	}
	b.WriteByte('"')
	return b.String()
}
