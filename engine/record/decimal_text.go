package record

import (
	"strconv"
	"strings"
)

// ParseDecimal reads a decimal: digits with an optional sign, point and
// exponent. It never loses a digit: a number that a Decimal does not hold is
// ErrDecimalRange.
func ParseDecimal(s string) (Decimal, error) {
	unsigned := s
	if s != "" && (s[0] == '-' || s[0] == '+') {
		unsigned = s[1:]
	}
	digits, exponent, err := cutExponent(unsigned)
	if err != nil {
		return Decimal{}, err
	}
	whole, fraction, _ := strings.Cut(digits, ".")
	if whole == "" && fraction == "" {
		return Decimal{}, numberReason(s)
	}
	c := digitCollector{}
	if err := c.take(whole); err != nil {
		return Decimal{}, err
	}
	if err := c.take(fraction); err != nil {
		return Decimal{}, err
	}
	return c.decimal(s[0] == '-', exponent-len(fraction))
}

func numberReason(s string) error {
	if s == "" {
		return errEmpty
	}
	return errNumber
}

// cutExponent takes the exponent off a number. One that no Decimal can have is
// cut to about the greatest int, which no count of zeros makes up for.
func cutExponent(s string) (digits string, exponent int, err error) {
	at := strings.IndexAny(s, "eE")
	if at < 0 {
		return s, 0, nil
	}
	const most = 1 << 30
	n, err := strconv.ParseInt(s[at+1:], 10, 64)
	if err != nil && n == 0 {
		return "", 0, errNumber
	}
	return s[:at], int(min(most, max(-most, n))), nil
}

// digitCollector reads the digits of a number. Zeros wait until another digit
// follows, so that those at the end cost nothing.
type digitCollector struct {
	size  uint128
	zeros int
	over  bool // there are too many digits
}

func (c *digitCollector) take(digits string) error {
	for i := range len(digits) {
		digit := digits[i] - '0'
		switch {
		case digit > 9:
			return errNumber
		case digit == 0:
			c.zeros++
		default:
			c.push(uint64(digit))
		}
	}
	return nil
}

func (c *digitCollector) push(digit uint64) {
	places := c.zeros + 1
	c.zeros = 0
	if c.size == (uint128{}) {
		places = 0
	}
	if c.size.hi == 0 && c.size.lo < tens/10 && places <= 1 {
		c.size.lo = c.size.lo*10 + digit
		return
	}
	if places > MaxDigits {
		c.over = true
		return
	}
	shifted, ok := c.size.mul(pow10(places))
	c.size, _ = shifted.add(uint128{lo: digit})
	c.over = c.over || !ok || !c.size.less(pow10(MaxDigits))
}

// decimal is the number whose last digit stands at 10^exponent.
func (c *digitCollector) decimal(negative bool, exponent int) (Decimal, error) {
	if c.over {
		return Decimal{}, ErrDecimalRange
	}
	if c.size == (uint128{}) {
		return Decimal{}, nil
	}
	exponent += c.zeros
	if exponent <= 0 {
		return newDecimal(negative, c.size, -exponent)
	}
	if exponent > MaxDigits {
		return Decimal{}, ErrDecimalRange
	}
	size, ok := c.size.mul(pow10(exponent))
	if !ok {
		return Decimal{}, ErrDecimalRange
	}
	return newDecimal(negative, size, 0)
}

// String is the number in plain digits, never with an exponent.
func (d Decimal) String() string {
	var room [MaxDigits + 3]byte
	return string(AppendDecimal(room[:0], d, 0))
}

// AppendDecimal appends the number in plain digits, with zeros at the end up to
// scale digits behind the point.
func AppendDecimal(dst []byte, d Decimal, scale int) []byte {
	if d.negative {
		dst = append(dst, '-')
	}
	var room [MaxDigits + 1]byte
	digits := d.size.append(room[:0])
	whole := len(digits) - int(d.scale)
	if whole > 0 {
		dst = append(dst, digits[:whole]...)
		digits = digits[whole:]
	} else {
		dst = append(dst, '0')
	}
	if d.scale == 0 && scale <= 0 {
		return dst
	}
	dst = appendZeros(append(dst, '.'), -whole)
	if d.scale > 0 {
		dst = append(dst, digits...)
	}
	return appendZeros(dst, scale-int(d.scale))
}

func appendZeros(dst []byte, n int) []byte {
	for range n {
		dst = append(dst, '0')
	}
	return dst
}

// Float64 is the float nearest to d.
func (d Decimal) Float64() float64 {
	var room [MaxDigits + 3]byte
	f, _ := strconv.ParseFloat(string(AppendDecimal(room[:0], d, 0)), 64) // plain digits below 1e38
	return f
}
