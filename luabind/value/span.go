package value

import (
	"math"
	"math/big"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
)

// The days from -999999999-01-01 to 999999999-12-31, which have an ISO text.
const (
	firstDay = -365243219162
	lastDay  = 365241780471
)

// temporalArith is the arithmetic of dates, times and intervals.
func temporalArith(sign string, a, b lua.LValue) (lua.LValue, *diag.Diagnostic) {
	x, isTime := a.(Temporal)
	y, isTime2 := b.(Temporal)
	switch {
	case isTime && isTime2:
		return between(sign, x, y)
	case sign == "*" && isTime && x.Kind == record.Interval:
		return x.scaled(sign, b)
	case sign == "*" && isTime2 && y.Kind == record.Interval:
		return y.scaled(sign, a)
	case sign == "/" && isTime && x.Kind == record.Interval:
		return x.scaled(sign, b)
	}
	return nil, noSuch(sign, a, b)
}

func noSuch(sign string, a, b lua.LValue) *diag.Diagnostic {
	d := problem("value.arithmetic", "there is no %s between %s and %s", sign, WithArticle(KindName(a)), WithArticle(KindName(b)))
	if sign == "+" || sign == "-" {
		d.Hint = `dates and times are moved by intervals, as in row.day + etl.interval("P1D")`
	}
	return d
}

// between is the arithmetic of two dates, times or intervals.
func between(sign string, a, b Temporal) (lua.LValue, *diag.Diagnostic) {
	switch {
	case sign == "-" && a.Kind == b.Kind:
		return difference(a, b)
	case sign == "+" && b.Kind == record.Interval:
		return a.moved(sign, b, b.N)
	case sign == "+" && a.Kind == record.Interval:
		return b.moved(sign, a, a.N)
	case sign == "-" && b.Kind == record.Interval && b.N != math.MinInt64:
		return a.moved(sign, b, -b.N)
	case sign == "/" && a.Kind == record.Interval && b.Kind == record.Interval && b.N != 0:
		return lua.LNumber(ratio(a.N, b.N)), nil
	}
	return nil, noSuch(sign, a, b)
}

// difference is the interval from b to a, which are of one kind.
func difference(a, b Temporal) (lua.LValue, *diag.Diagnostic) {
	n, ok := MakeWide(a.N).Sub(MakeWide(b.N))
	if a.Kind == record.Date && ok {
		n, ok = n.Mul(MakeWide(microsPerDay))
	}
	micros, fits := n.Int64()
	if !ok || !fits {
		return nil, spanRange("-", a, b)
	}
	return Temporal{Kind: record.Interval, N: micros}, nil
}

func spanRange(sign string, a, b lua.LValue) *diag.Diagnostic {
	return problem("temporal.range", "%s %s %s is out of range", PlainText(a), sign, PlainText(b))
}

// moved is a date, time or interval so many microseconds later. by is the
// interval that they come from.
func (v Temporal) moved(sign string, by Temporal, micros int64) (lua.LValue, *diag.Diagnostic) {
	if v.Kind == record.Date {
		if micros%microsPerDay != 0 {
			return nil, problem("temporal.days", "%s %s %s: a date is moved by whole days only", v, sign, by).
				WithHint("make it a datetime: etl.datetime(day)")
		}
		micros /= microsPerDay
	}
	sum := v.N + micros
	overflow := (sum > v.N) != (micros > 0) && micros != 0
	if overflow || !(Temporal{v.Kind, sum}).inRange() {
		return nil, spanRange(sign, v, by)
	}
	return Temporal{v.Kind, sum}, nil
}

// inRange reports whether a value of the kind has a text.
func (v Temporal) inRange() bool {
	switch v.Kind {
	case record.Date:
		return firstDay <= v.N && v.N <= lastDay
	case record.Time:
		return 0 <= v.N && v.N < microsPerDay
	}
	return true
}

func (v Temporal) negated() (lua.LValue, *diag.Diagnostic) {
	if v.Kind != record.Interval {
		return nil, problem("value.arithmetic", "there is no - of %s", WithArticle(v.Kind.String()))
	}
	if v.N == math.MinInt64 {
		return nil, problem("temporal.range", "-(%s) is out of range", v)
	}
	return Temporal{record.Interval, -v.N}, nil
}

// scaled is an interval times a number, or divided by one, to the nearest
// microsecond; half of one goes to the even neighbour.
func (v Temporal) scaled(sign string, by lua.LValue) (lua.LValue, *diag.Diagnostic) {
	factor, ok := rational(by)
	if !ok {
		return nil, noSuch(sign, v, by)
	}
	if sign == "/" {
		if factor.Sign() == 0 {
			return nil, zeroDivisor(sign, v)
		}
		factor.Inv(factor)
	}
	n := rounded(factor.Mul(factor, new(big.Rat).SetInt64(v.N)))
	if !n.IsInt64() {
		return nil, spanRange(sign, v, by)
	}
	return Temporal{record.Interval, n.Int64()}, nil
}

// rational is a finite number of any type.
func rational(v lua.LValue) (*big.Rat, bool) {
	if n, ok := v.(lua.LNumber); ok {
		r := new(big.Rat).SetFloat64(float64(n))
		return r, r != nil
	}
	if d, ok := exactDecimal(v); ok {
		return new(big.Rat).SetString(d.String())
	}
	return nil, false
}

// rounded is the nearest integer, of two the even one.
func rounded(r *big.Rat) *big.Int {
	twice := new(big.Int).Lsh(r.Num(), 1)
	quotient, rest := new(big.Int).DivMod(twice.Add(twice, r.Denom()), new(big.Int).Lsh(r.Denom(), 1), new(big.Int))
	if rest.Sign() == 0 && quotient.Bit(0) == 1 {
		quotient.Sub(quotient, big.NewInt(1))
	}
	return quotient
}
