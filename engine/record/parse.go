package record

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// Parse reads the text of a value of type t, as a pinned column does:
// timestamps without a zone are UTC. Strings, bytes and Any take the text as it
// is. Lists, structs, maps and JSON texts are not read here, but by
// engine/jsonvalue. The error is a short reason, made for ValueError.
func Parse(t Type, s string) (Value, error) {
	switch t.Kind {
	case String, Any:
		return StringValue(s), nil
	case Bytes:
		return TextValue(Bytes, s), nil
	case Int:
		n, err := ParseInt(s)
		return valueOr(IntValue(n), err)
	case Uint:
		n, err := ParseUint(s)
		return valueOr(UintValue(n), err)
	case Float:
		f, err := ParseFloat(s)
		return valueOr(FloatValue(f), err)
	case Bool:
		b, err := ParseBool(s)
		return valueOr(BoolValue(b), err)
	case DecimalOf:
		return parseDecimalAs(t, s)
	}
	n, err := parseTemporal(t.Kind, s)
	return valueOr(TemporalValue(t.Kind, n), err)
}

// parseDecimalAs reads a decimal that must fit its type.
func parseDecimalAs(t Type, s string) (Value, error) {
	d, err := ParseDecimal(s)
	if err == nil {
		err = d.Fit(t.Precision, t.Scale)
	}
	return valueOr(DecimalValue(d), err)
}

func parseTemporal(k Kind, s string) (int64, error) {
	switch k {
	case Date:
		return ParseDate(s)
	case Time:
		return ParseTime(s)
	case Datetime:
		return ParseDatetime(s)
	case Timestamp:
		return ParseTimestamp(s, nil)
	case Interval:
		return ParseInterval(s)
	}
	return 0, errNotParsed
}

func valueOr(v Value, err error) (Value, error) {
	if err != nil {
		return Value{}, err
	}
	return v, nil
}

// ParseInt reads an int: an optional sign and digits, leading zeros allowed.
func ParseInt(s string) (int64, error) {
	digits, negative := s, false
	if s != "" && (s[0] == '-' || s[0] == '+') {
		digits, negative = s[1:], s[0] == '-'
	}
	n, err := parseDigits(digits)
	switch {
	case err != nil:
		return 0, err
	case negative && n <= 1<<63:
		return -int64(n), nil
	case n > math.MaxInt64:
		return 0, errRange
	}
	return int64(n), nil
}

// ParseUint reads a uint: an optional + and digits, leading zeros allowed.
func ParseUint(s string) (uint64, error) {
	if s != "" && s[0] == '+' {
		s = s[1:]
	} else if s != "" && s[0] == '-' {
		if _, err := parseDigits(s[1:]); err != nil {
			return 0, err
		}
		return 0, errRange
	}
	return parseDigits(s)
}

func parseDigits(s string) (uint64, error) {
	if s == "" {
		return 0, errNumber
	}
	var n uint64
	overflow := false
	for i := range len(s) {
		d := s[i] - '0'
		if d > 9 {
			return 0, notWhole(s[i:])
		}
		overflow = overflow || n > math.MaxUint64/10 || n == math.MaxUint64/10 && d > math.MaxUint64%10
		n = n*10 + uint64(d)
	}
	if overflow {
		return 0, errRange
	}
	return n, nil
}

// notWhole says why digits end at rest.
func notWhole(rest string) error {
	if strings.ContainsRune(".eE", rune(rest[0])) {
		return errWhole
	}
	return errNumber
}

// ParseFloat reads a float: decimal digits with an optional sign, point and
// exponent, or NaN, Inf and Infinity in any case. Hexadecimal forms and
// underscores are refused, as is a number beyond the largest float.
func ParseFloat(s string) (float64, error) {
	for i := range len(s) {
		if c := s[i]; c-'0' > 9 && c != '.' && c != '-' && c != '+' && c != 'e' && c != 'E' {
			return parseFloatWord(s)
		}
	}
	f, err := strconv.ParseFloat(s, 64)
	switch {
	case err == nil:
		return f, nil
	case s == "":
		return 0, errEmpty
	case math.IsInf(f, 0):
		return 0, errRange
	}
	return 0, errNumber
}

func parseFloatWord(s string) (float64, error) {
	word, sign := s, 1
	if s[0] == '-' || s[0] == '+' {
		word = s[1:]
	}
	if s[0] == '-' {
		sign = -1
	}
	switch {
	case strings.EqualFold(word, "inf"), strings.EqualFold(word, "infinity"):
		return math.Inf(sign), nil
	case strings.EqualFold(s, "nan"):
		return math.NaN(), nil
	}
	return 0, errNumber
}

// ParseBool reads a bool: true or false, in lower case, in capitals or with a
// capital initial.
func ParseBool(s string) (bool, error) {
	switch s {
	case "true", "TRUE", "True":
		return true, nil
	case "false", "FALSE", "False":
		return false, nil
	}
	return false, errBool
}

// ParseDate reads an ISO 8601 date, 2013-01-31, as days since 1970-01-01. Years
// before 0 and after 9999 carry a sign.
func ParseDate(s string) (int64, error) {
	days, rest, err := cutDate(s)
	if err == nil && rest != "" {
		err = errRest
	}
	return zeroOr(days, err)
}

// ParseTime reads an ISO 8601 time of day, 05:06:07.5 or 05:06, as
// microseconds since midnight.
func ParseTime(s string) (int64, error) {
	c, rest, err := cutClock(s)
	if err == nil && rest != "" {
		err = errRest
	}
	if err == nil && c.leap {
		err = errSecond
	}
	return zeroOr(c.micros, err)
}

// ParseDatetime reads an ISO 8601 date and time of day without a zone, with T
// or a blank between them, as microseconds since 1970-01-01T00:00:00. The 60th
// second of a minute 59, a leap second, is read as the second that follows.
func ParseDatetime(s string) (int64, error) {
	days, c, rest, err := cutDatetime(s)
	if err != nil {
		return 0, err
	}
	if rest == "" {
		return c.local(days)
	}
	if _, err := parseZone(rest); err == nil {
		return 0, errHasZone
	}
	return 0, errRest
}

// ParseTimestamp reads an ISO 8601 date and time of day with a zone (Z, +01:00,
// +0100 or +01) as microseconds since 1970-01-01T00:00:00Z. Without a zone it
// is what clocks in loc showed; a nil loc is UTC. Where clocks in loc showed it
// twice it is the first time; where they skipped it, an error. A leap second,
// 23:59:60 in UTC, is read as the second that follows.
func ParseTimestamp(s string, loc *time.Location) (int64, error) {
	days, c, rest, err := cutDatetime(s)
	if err != nil {
		return 0, err
	}
	if rest == "" {
		return c.shown(days, loc)
	}
	offset, err := parseZone(rest)
	if err != nil {
		return 0, err
	}
	return c.at(days, offset)
}

func zeroOr(n int64, err error) (int64, error) {
	if err != nil {
		return 0, err
	}
	return n, nil
}

// cutDatetime reads a date and a time of day from the start of s.
func cutDatetime(s string) (days int64, c clock, rest string, err error) {
	if days, rest, err = cutDate(s); err != nil {
		return 0, clock{}, "", err
	}
	if rest == "" || rest[0] != 'T' && rest[0] != ' ' && rest[0] != 't' {
		return 0, clock{}, "", errNoTime
	}
	c, rest, err = cutClock(rest[1:])
	return days, c, rest, err
}

func cutDate(s string) (days int64, rest string, err error) {
	year, rest, ok := cutYear(s)
	if !ok || len(rest) < 6 || rest[0] != '-' || rest[3] != '-' {
		return 0, "", errDate
	}
	month, day := twoDigits(rest[1:3]), twoDigits(rest[4:6])
	if month < 0 || day < 0 {
		return 0, "", errDate
	}
	days, err = dateOf(year, month, day)
	return days, rest[6:], err
}

// cutYear reads four digits, or a sign and four to nine.
func cutYear(s string) (year int64, rest string, ok bool) {
	digits, most := s, 4
	if s != "" && (s[0] == '-' || s[0] == '+') {
		digits, most = s[1:], 9
	}
	n := 0
	for n < len(digits) && n < most && digits[n]-'0' <= 9 {
		year = year*10 + int64(digits[n]-'0')
		n++
	}
	if s != "" && s[0] == '-' {
		year = -year
	}
	return year, digits[n:], n >= 4
}

func cutClock(s string) (c clock, rest string, err error) {
	if len(s) < 5 || s[2] != ':' {
		return clock{}, "", errTime
	}
	hour, minute, second := twoDigits(s[:2]), twoDigits(s[3:5]), 0
	rest = s[5:]
	seconds := len(rest) >= 3 && rest[0] == ':'
	if seconds {
		second, rest = twoDigits(rest[1:3]), rest[3:]
	}
	if c, err = clockOf(hour, minute, second); err != nil || !seconds || rest == "" || rest[0] != '.' {
		return c, rest, err
	}
	fraction, rest, err := cutFraction(rest[1:])
	c.micros += fraction
	return c, rest, err
}

// cutFraction reads the digits behind the point of a second. Digits behind the
// sixth must be zeros, since they would be lost.
func cutFraction(s string) (micros int64, rest string, err error) {
	n := 0
	for unit := microsPerSecond / 10; n < len(s) && s[n]-'0' <= 9; n++ {
		if unit == 0 && s[n] != '0' {
			return 0, "", errFraction
		}
		micros += int64(s[n]-'0') * unit
		unit /= 10
	}
	if n == 0 {
		return 0, "", errTime
	}
	return micros, s[n:], nil
}

// parseZone reads Z, +01:00, +0100 or +01 as microseconds ahead of UTC.
func parseZone(s string) (int64, error) {
	if s == "Z" || s == "z" {
		return 0, nil
	}
	if len(s) < 3 || s[0] != '+' && s[0] != '-' {
		return 0, errZone
	}
	hours, minutes, rest := twoDigits(s[1:3]), 0, s[3:]
	if rest != "" {
		if rest[0] == ':' {
			rest = rest[1:]
		}
		if len(rest) != 2 {
			return 0, errZone
		}
		minutes = twoDigits(rest)
	}
	if hours < 0 || hours > 23 || minutes < 0 || minutes > 59 {
		return 0, errZone
	}
	offset := int64(hours)*microsPerHour + int64(minutes)*microsPerMinute
	if s[0] == '-' {
		return -offset, nil
	}
	return offset, nil
}

// twoDigits is the number that two digits mean, -1 if s is anything else.
func twoDigits(s string) int {
	if len(s) != 2 || s[0]-'0' > 9 || s[1]-'0' > 9 {
		return -1
	}
	return int(s[0]-'0')*10 + int(s[1]-'0')
}
