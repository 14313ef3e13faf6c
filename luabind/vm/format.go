package vm

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/value"
)

// stringFormat is string.format. What C leaves open raises: arguments that are
// missing or of the wrong type, numbers that are no integers, unknown
// conversions.
func (s *State) stringFormat(L *lua.LState) int {
	f := &formatter{L: L, meter: s.meter, rest: text(L, 1), arg: 1, out: s.scratch.take()}
	for f.rest != "" {
		f.step()
		if len(f.out) > maxText {
			break
		}
	}
	s.checkSize(L, len(f.out))
	return s.scratch.push(L, f.out)
}

type formatter struct {
	L     *lua.LState
	meter *meter
	out   []byte
	rest  string // of the layout
	arg   int    // the argument taken last
}

// add writes a text.
func (f *formatter) add(s string) {
	f.meter.copying(f.L, len(s))
	f.out = append(f.out, s...)
}

// step writes the text up to the next conversion, and the conversion.
func (f *formatter) step() {
	i := strings.IndexByte(f.rest, '%')
	if i < 0 {
		f.add(f.rest)
		f.rest = ""
		return
	}
	f.add(f.rest[:i])
	f.rest = f.rest[i+1:]
	if strings.HasPrefix(f.rest, "%") {
		f.out = append(f.out, '%')
		f.rest = f.rest[1:]
		return
	}
	if f.arg++; f.arg > f.L.GetTop() {
		f.L.ArgError(f.arg, "no value")
	}
	f.convert(f.conversion())
}

// conversion is what stands behind a % sign.
type conversion struct {
	minus, plus, space, alternate, zero bool

	width     int
	precision int    // -1: none
	verb      string // "" at the end of the layout
}

// conversion reads a conversion off the layout.
func (f *formatter) conversion() conversion {
	c := conversion{precision: -1}
	for n := 0; f.flag(&c); n++ {
		if n == 5 {
			f.L.RaiseError("invalid format (repeated flags)")
		}
	}
	c.width = f.twoDigits()
	if strings.HasPrefix(f.rest, ".") {
		f.rest = f.rest[1:]
		c.precision = f.twoDigits()
	}
	if f.rest != "" && f.rest[0]-'0' <= 9 {
		f.L.RaiseError("invalid format (width or precision too long)")
	}
	_, size := utf8.DecodeRuneInString(f.rest)
	c.verb, f.rest = f.rest[:size], f.rest[size:]
	return c
}

// flag reads a flag, if one comes next.
func (f *formatter) flag(c *conversion) bool {
	if f.rest == "" {
		return false
	}
	switch f.rest[0] {
	case '-':
		c.minus = true
	case '+':
		c.plus = true
	case ' ':
		c.space = true
	case '#':
		c.alternate = true
	case '0':
		c.zero = true
	default:
		return false
	}
	f.rest = f.rest[1:]
	return true
}

// twoDigits reads a number of up to two digits.
func (f *formatter) twoDigits() int {
	n := 0
	for range 2 {
		if f.rest == "" || f.rest[0]-'0' > 9 {
			break
		}
		n = n*10 + int(f.rest[0]-'0')
		f.rest = f.rest[1:]
	}
	return n
}

// convert writes the next argument.
func (f *formatter) convert(c conversion) {
	switch c.verb {
	case "d", "i":
		f.integer(c)
	case "u", "o", "x", "X":
		f.unsigned(c)
	case "c":
		f.padded(c, string([]byte{byte(f.whole())}))
	case "f":
		f.fixed(c)
	case "e", "E", "g", "G":
		f.float(c, number(f.L, f.arg))
	case "q":
		f.quoted(text(f.L, f.arg))
	case "s":
		f.padded(c, cut(f.text(), c.precision))
	default:
		f.L.RaiseError("invalid option '%%%s' to 'format'", c.verb)
	}
}

// whole is the next argument as an integer, without its fraction.
func (f *formatter) whole() int64 {
	if v, ok := f.L.Get(f.arg).(value.Int64); ok {
		return int64(v)
	}
	n := math.Trunc(number(f.L, f.arg))
	if !(n >= -(1<<63) && n < 1<<63) {
		f.L.ArgError(f.arg, value.FormatNumber(n)+" is no integer")
	}
	return int64(n)
}

func (f *formatter) integer(c conversion) {
	if v := f.L.Get(f.arg); value.IsWhole(v) {
		negative, digits, _ := value.Digits(v, 0)
		f.digits(c, c.sign(negative), digits)
		return
	}
	n := f.whole()
	size := uint64(n)
	if n < 0 {
		size = -size
	}
	f.digits(c, c.sign(n < 0), strconv.FormatUint(size, 10))
}

// sign is what stands before the digits of a signed number.
func (c conversion) sign(negative bool) string {
	switch {
	case negative:
		return "-"
	case c.plus:
		return "+"
	case c.space:
		return " "
	}
	return ""
}

func (f *formatter) unsigned(c conversion) {
	n, big := f.L.Get(f.arg).(value.Uint64)
	if !big {
		n = value.Uint64(f.whole())
	}
	digits := strconv.FormatUint(uint64(n), map[string]int{"u": 10, "o": 8, "x": 16, "X": 16}[c.verb])
	prefix := ""
	switch {
	case c.verb == "X":
		digits = strings.ToUpper(digits)
		fallthrough
	case c.verb == "x":
		if c.alternate && n != 0 {
			prefix = "0" + c.verb
		}
	case c.verb == "o" && c.alternate && n != 0 && c.precision <= len(digits):
		digits = "0" + digits
	case c.verb == "o" && c.alternate && c.precision == 0:
		c.precision = 1
	}
	f.digits(c, prefix, digits)
}

// digits writes an integer. Its precision is the least number of digits.
func (f *formatter) digits(c conversion, prefix, digits string) {
	if c.precision == 0 && digits == "0" {
		digits = ""
	}
	least := c.precision
	if c.precision < 0 && c.zero && !c.minus {
		least = c.width - len(prefix)
	}
	if n := least - len(digits); n > 0 {
		digits = strings.Repeat("0", n) + digits
	}
	f.padded(c, prefix+digits)
}

// padded writes a text in the width of the conversion, in characters.
func (f *formatter) padded(c conversion, s string) {
	blanks := 0
	if c.width > 0 {
		blanks = max(0, c.width-f.characters(s))
	}
	if !c.minus {
		f.out = appendBlanks(f.out, blanks)
	}
	f.add(s)
	if c.minus {
		f.out = appendBlanks(f.out, blanks)
	}
}

func appendBlanks(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, ' ')
	}
	return dst
}

// cut is the first n characters of a text; all when n is negative.
func cut(s string, n int) string {
	if n < 0 {
		return s
	}
	for i := range s {
		if n == 0 {
			return s[:i]
		}
		n--
	}
	return s
}

// fixed writes the next argument with a fixed number of digits behind the point:
// all digits of integers and decimals are exact.
func (f *formatter) fixed(c conversion) {
	places := c.precision
	if places < 0 {
		places = 6
	}
	negative, digits, ok := value.Digits(f.L.Get(f.arg), places)
	if !ok {
		f.float(c, number(f.L, f.arg))
		return
	}
	if places == 0 && c.alternate {
		digits += "."
	}
	f.filled(c, c.sign(negative), digits)
}

// A number in more digits than it has takes about so many instructions.
const (
	shortestDigits = 17
	manyDigits     = 500
)

func (f *formatter) float(c conversion, x float64) {
	if math.IsInf(x, 0) || math.IsNaN(x) {
		name := value.FormatNumber(math.Abs(x))
		f.padded(c, c.sign(x < 0)+name)
		return
	}
	if c.precision > shortestDigits {
		f.meter.spend(f.L, manyDigits)
	}
	sign := c.sign(math.Signbit(x))
	var room [64]byte
	digits := c.appendFloat(room[:0], math.Abs(x))
	f.filled(c, sign, string(digits))
}

// filled writes a number in the width of the conversion, with zeros behind the
// sign where the conversion wants them.
func (f *formatter) filled(c conversion, sign, digits string) {
	if c.zero && !c.minus && c.width > len(sign)+len(digits) {
		sign += strings.Repeat("0", c.width-len(sign)-len(digits))
	}
	f.padded(c, sign+digits)
}

// appendFloat appends a number that is not negative, as the verb writes it.
func (c conversion) appendFloat(dst []byte, x float64) []byte {
	precision := c.precision
	if precision < 0 {
		precision = 6
	}
	if c.alternate {
		return fmt.Appendf(dst, "%#."+strconv.Itoa(precision)+c.verb, x)
	}
	return strconv.AppendFloat(dst, x, c.verb[0], precision, 64)
}

// text is the next argument as %s takes it: a string, a number, or a value
// that knows its own text.
func (f *formatter) text() string {
	v := f.L.Get(f.arg)
	if t, ok := concatText(v); ok {
		return t
	}
	if f.L.GetMetaField(v, "__tostring") == lua.LNil {
		wrongType(f.L, f.arg, "string")
	}
	return ToText(f.L, v)
}

// characters is how many characters a text has.
func (f *formatter) characters(s string) int {
	f.meter.reading(f.L, len(s))
	return utf8.RuneCountInString(s)
}

// quoted writes a text as a Lua string literal.
func (f *formatter) quoted(s string) {
	f.meter.reading(f.L, len(s))
	f.out = append(f.out, '"')
	for i := range len(s) {
		switch c := s[i]; c {
		case '"', '\\', '\n':
			f.out = append(f.out, '\\', c)
		case '\r':
			f.out = append(f.out, `\r`...)
		case 0:
			f.out = append(f.out, `\000`...)
		default:
			f.out = append(f.out, c)
		}
	}
	f.out = append(f.out, '"')
}
