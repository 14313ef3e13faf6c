package csv

import (
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

// isPlainNumber reports whether a number is digits with at most a minus and a
// point: no plus, exponent, leading zero or -0.
func isPlainNumber(s string) bool {
	whole, _, point := strings.Cut(s, ".")
	if point {
		whole = strings.TrimPrefix(whole, "-")
		if whole == "" || whole == "0" {
			return !strings.ContainsAny(s, "eE")
		}
	}
	return isPlainInt(whole) && !strings.ContainsAny(s, "eE")
}

const (
	// safeDigits is the number of significant digits that every float keeps,
	// mostDigits the number beyond which digits are noise.
	safeDigits, mostDigits = 15, 17
	// safeLength bounds the zeros of a number that is safe by its digits.
	safeLength = 40
)

// keepsDigits reports whether f, read from s, still has all digits of s: s is
// a plain number, and printing f with as many digits as s has gives s.
func keepsDigits(s string, f float64) bool {
	if !isPlainNumber(s) {
		return false
	}
	digits, decimals := countDigits(s)
	if digits <= safeDigits && len(s) <= safeLength {
		return true
	}
	if decimals < 0 {
		_, err := record.ParseInt(s)
		return err == nil && strconv.FormatFloat(f, 'f', 0, 64) == s
	}
	if digits > mostDigits {
		return false
	}
	printed := strconv.FormatFloat(f, 'f', decimals, 64)
	return printed == s || printed == strings.Replace(s, ".", "0.", 1) || printed+"." == s
}

// countDigits counts the digits of a plain number from its first digit that is
// not zero, and those behind its point; -1 decimals without a point.
func countDigits(s string) (digits, decimals int) {
	decimals = -1
	for i := range len(s) {
		switch c := s[i]; {
		case c == '.':
			decimals = 0
		case c >= '0' && c <= '9':
			if decimals >= 0 {
				decimals++
			}
			if digits > 0 || c != '0' {
				digits++
			}
		}
	}
	return digits, decimals
}
