package csv

import (
	"math"
	"strconv"
	"strings"

	"github.com/etlscript/etlscript/engine/record"
)

// candidates are the types that all values seen so far could have.
type candidates uint8

const (
	mayInt candidates = 1 << iota
	mayFloat
	mayBool
	mayDate
	mayAll = mayInt | mayFloat | mayBool | mayDate
)

// evidence is what the values of a column tell about its type. An empty field
// tells nothing, with or without quotes: it is NULL in any type but string.
type evidence struct {
	not   candidates // the types that some value cannot have
	point bool       // a number had a decimal point
	seen  bool       // there was a value
}

// add takes the text of a value that is not NULL.
func (e *evidence) add(text string) {
	e.seen = true
	if e.not == mayAll {
		return
	}
	e.not |= notOf(text, mayAll&^e.not)
	e.point = e.point || strings.IndexByte(text, '.') >= 0
}

// merge takes what other values of the column tell.
func (e *evidence) merge(o evidence) {
	e.not |= o.not
	e.point = e.point || o.point
	e.seen = e.seen || o.seen
}

// kind is the type that loses nothing: string when in doubt.
func (e *evidence) kind() record.Kind {
	may := mayAll &^ e.not
	switch {
	case !e.seen:
		return record.String
	case may&mayInt != 0:
		return record.Int
	case may&mayFloat != 0 && e.point:
		return record.Float
	case may&mayBool != 0:
		return record.Bool
	case may&mayDate != 0:
		return record.Date
	}
	return record.String
}

// notOf is those of some types that a text has no value of, in canonical form.
func notOf(text string, may candidates) candidates {
	var not candidates
	refuse := func(c candidates, err error) {
		if err != nil {
			not |= c
		}
	}
	if may&mayInt != 0 {
		_, err := inferredInt(text)
		refuse(mayInt, err)
	}
	if may&mayFloat != 0 {
		_, err := inferredFloat(text)
		refuse(mayFloat, err)
	}
	if may&mayBool != 0 {
		_, err := inferredBool(text)
		refuse(mayBool, err)
	}
	if may&mayDate != 0 {
		_, err := inferredDate(text)
		refuse(mayDate, err)
	}
	return not
}

// isPlainInt reports whether a number without a point is written as int64 are
// printed: no plus, no leading zero, no -0.
func isPlainInt(s string) bool {
	if s != "" && s[0] == '-' {
		return len(s) > 1 && s[1] > '0' && s[1] <= '9'
	}
	return s == "0" || s != "" && s[0] > '0' && s[0] <= '9'
}

const (
	// safeDigits is the number of significant digits that every float keeps,
	// mostDigits the number beyond which digits are noise.
	safeDigits, mostDigits = 15, 17
	// safeLength bounds the zeros of a number that is safe by its digits.
	safeLength = 40
)

// shape is how a plain number is written: digits with at most a minus and a
// point, without a plus, exponent or leading zero; -0 only with a point.
type shape struct {
	mantissa uint64 // all digits, if they are safe
	digits   int    // from the first that is not zero
	decimals int    // digits behind the point; -1: there is no point
}

// shapeOf reads the shape of a number, and whether it is plain.
func shapeOf(s string) (shape, bool) {
	out := shape{decimals: -1}
	unsigned := strings.TrimPrefix(s, "-")
	whole := 0
	for i := range len(unsigned) {
		c := unsigned[i]
		switch {
		case c == '.' && out.decimals < 0:
			out.decimals = 0
			continue
		case c-'0' > 9:
			return out, false
		case out.decimals < 0:
			whole++
		default:
			out.decimals++
		}
		out.mantissa = out.mantissa*10 + uint64(c-'0')
		if out.digits > 0 || c != '0' {
			out.digits++
		}
	}
	switch {
	case whole+max(out.decimals, 0) == 0:
		return out, false
	case whole > 1 && unsigned[0] == '0':
		return out, false
	case out.decimals < 0 && unsigned == "0" && s != unsigned:
		return out, false
	}
	return out, true
}

// float is the number, if it is the quotient of two integers that floats hold:
// then one division gives what strconv gives, at a third of the cost.
func (n shape) float(negative bool) (float64, bool) {
	const exactPower = 22 // the greatest power of ten that is a float
	if n.digits > safeDigits || n.decimals > exactPower {
		return 0, false
	}
	f := float64(n.mantissa) / math.Pow10(max(n.decimals, 0))
	if negative {
		f = -f
	}
	return f, true
}

// keepsDigits reports whether f, read from s, still has all digits of s:
// printing f with as many digits as s has gives s, or printing it as short as
// it reads back the same does (which is not always the nearest number of its
// length).
func (n shape) keepsDigits(s string, f float64) bool {
	switch {
	case n.digits <= safeDigits && len(s) <= safeLength:
		return true
	case n.decimals < 0:
		_, err := record.ParseInt(s)
		return err == nil && strconv.FormatFloat(f, 'f', 0, 64) == s
	case n.digits > mostDigits:
		return false
	}
	full := s
	if s[0] == '.' || strings.HasPrefix(s, "-.") {
		full = strings.Replace(s, ".", "0.", 1)
	}
	full = strings.TrimSuffix(full, ".")
	return strconv.FormatFloat(f, 'f', n.decimals, 64) == full || strconv.FormatFloat(f, 'f', -1, 64) == full
}
