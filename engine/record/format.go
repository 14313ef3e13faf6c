package record

import (
	"math"
	"strconv"
)

// AppendFloat appends the shortest text that reads back as f: plain digits for
// 1e-6 <= |f| < 1e21, else with an exponent as in 1e+21 and 5e-7; integral
// floats have no point; NaN, Inf and -Inf. Lua's tostring, CSV and JSON all
// print floats so.
func AppendFloat(dst []byte, f float64) []byte {
	const exact = 1 << 53
	switch abs := math.Abs(f); {
	case f != f:
		return append(dst, "NaN"...)
	case math.IsInf(f, 1):
		return append(dst, "Inf"...)
	case math.IsInf(f, -1):
		return append(dst, "-Inf"...)
	case f != 0 && abs < exact && f == math.Trunc(f):
		return strconv.AppendInt(dst, int64(f), 10)
	case f == 0 || 1e-6 <= abs && abs < 1e21:
		return strconv.AppendFloat(dst, f, 'f', -1, 64)
	}
	dst = strconv.AppendFloat(dst, f, 'e', -1, 64)
	if n := len(dst); dst[n-4] == 'e' && dst[n-2] == '0' { // e-07 becomes e-7
		dst[n-2] = dst[n-1]
		dst = dst[:n-1]
	}
	return dst
}

// AppendValue appends the canonical text of a value: what text sinks write for
// a value without source text. It appends nothing for NULL.
//
// Dates and times are ISO 8601: 2013-01-31, 05:06:07 with six digits of a
// second where it is not whole, 2013-01-31T05:06:07, the same with Z for
// timestamps, and PT1H2M3S for intervals. Years before 0 and after 9999 carry a
// sign. Decimals are plain digits. Lists, structs and maps are JSON. Strings,
// bytes and JSON texts stay as they are.
func AppendValue(dst []byte, v Value) []byte {
	switch v.kind {
	case String, Bytes, JSON:
		return append(dst, v.str...)
	case Uint:
		return strconv.AppendUint(dst, v.num, 10)
	case Float:
		return AppendFloat(dst, v.Float())
	case Bool:
		return strconv.AppendBool(dst, v.num != 0)
	case DecimalOf:
		return AppendDecimal(dst, v.Decimal(), 0)
	case ListOf, Struct, MapOf:
		return appendJSON(dst, v)
	case Null:
		return dst
	}
	return appendInts(dst, v.kind, int64(v.num))
}

// FormatValue is the canonical text of a value as a string.
func FormatValue(v Value) string {
	if v.str != "" {
		return v.str
	}
	var room [32]byte
	return string(AppendValue(room[:0], v))
}

// AppendAs appends the canonical text of a value in a column of type t: as
// AppendValue, but decimals have as many digits behind the point as the type.
func AppendAs(dst []byte, v Value, t *Type) []byte {
	if t.Kind == DecimalOf && v.kind == DecimalOf {
		return AppendDecimal(dst, v.Decimal(), t.Scale)
	}
	return AppendValue(dst, v)
}

// AppendCanonical appends the canonical text of row i of a vector of the given
// type, as AppendAs does, and nothing for NULL.
func (v *Vector) AppendCanonical(dst []byte, t *Type, i int) []byte {
	if v.Nulls.Get(i) {
		return dst
	}
	switch k := t.Kind; k {
	case String, Bytes, JSON:
		return append(dst, v.Strings[i]...)
	case Int, Date, Time, Datetime, Timestamp, Interval:
		return appendInts(dst, k, v.Ints[i])
	case Uint:
		return strconv.AppendUint(dst, v.Uints[i], 10)
	case Float:
		return AppendFloat(dst, v.Floats[i])
	case Bool:
		return strconv.AppendBool(dst, v.Bools[i])
	case DecimalOf:
		return AppendDecimal(dst, v.Decimals[i], t.Scale)
	}
	return AppendValue(dst, v.Values[i])
}

// appendInts appends a value of the kinds that are stored as an int64.
func appendInts(dst []byte, k Kind, n int64) []byte {
	switch k {
	case Date:
		return appendDate(dst, n)
	case Time:
		return appendClock(dst, n)
	case Datetime:
		return appendDatetime(dst, n)
	case Timestamp:
		return append(appendDatetime(dst, n), 'Z')
	case Interval:
		return appendInterval(dst, n)
	}
	return strconv.AppendInt(dst, n, 10)
}

func appendDatetime(dst []byte, micros int64) []byte {
	days, clock := splitMicros(micros)
	return appendClock(append(appendDate(dst, days), 'T'), clock)
}

func appendDate(dst []byte, days int64) []byte {
	year, month, day := civil(days)
	dst = appendYear(dst, year)
	dst = appendTwo(append(dst, '-'), month)
	return appendTwo(append(dst, '-'), day)
}

func appendYear(dst []byte, year int64) []byte {
	switch {
	case year < 0:
		dst, year = append(dst, '-'), -year
	case year > 9999:
		return strconv.AppendInt(append(dst, '+'), year, 10)
	}
	if year > 9999 {
		return strconv.AppendInt(dst, year, 10)
	}
	return appendTwo(appendTwo(dst, int(year/100)), int(year%100))
}

func appendClock(dst []byte, micros int64) []byte {
	dst = appendTwo(dst, int(micros/microsPerHour))
	dst = appendTwo(append(dst, ':'), int(micros/microsPerMinute%60))
	dst = appendTwo(append(dst, ':'), int(micros/microsPerSecond%60))
	return appendFraction(dst, int(micros%microsPerSecond))
}

// appendFraction appends the six digits behind a whole second, if not all 0.
func appendFraction(dst []byte, micros int) []byte {
	if micros == 0 {
		return dst
	}
	dst = appendTwo(append(dst, '.'), micros/10000)
	dst = appendTwo(dst, micros/100%100)
	return appendTwo(dst, micros%100)
}

func appendTwo(dst []byte, n int) []byte { return append(dst, byte('0'+n/10), byte('0'+n%10)) }

// appendInterval appends hours, minutes and seconds; there are no days, since
// not every day has 24 hours.
func appendInterval(dst []byte, n int64) []byte {
	micros := uint64(n)
	if n < 0 {
		dst, micros = append(dst, '-'), -micros
	}
	dst = append(dst, "PT"...)
	if micros == 0 {
		return append(dst, "0S"...)
	}
	if h := micros / uint64(microsPerHour); h > 0 {
		dst = append(strconv.AppendUint(dst, h, 10), 'H')
	}
	if m := micros / uint64(microsPerMinute) % 60; m > 0 {
		dst = append(strconv.AppendUint(dst, m, 10), 'M')
	}
	if rest := micros % uint64(microsPerMinute); rest > 0 {
		dst = strconv.AppendUint(dst, rest/uint64(microsPerSecond), 10)
		dst = append(appendFraction(dst, int(rest%uint64(microsPerSecond))), 'S')
	}
	return dst
}
