package vm

import (
	"math"

	lua "github.com/yuin/gopher-lua"
)

// openMath adds the library math.
func (s *State) openMath() {
	one := map[string]func(float64) float64{
		"abs": math.Abs, "acos": math.Acos, "asin": math.Asin, "atan": math.Atan, "ceil": math.Ceil, "cos": math.Cos,
		"cosh": math.Cosh, "exp": math.Exp, "floor": math.Floor, "log": math.Log, "log10": math.Log10, "sin": math.Sin,
		"sinh": math.Sinh, "sqrt": math.Sqrt, "tan": math.Tan, "tanh": math.Tanh,
		"deg": func(x float64) float64 { return x * 180 / math.Pi },
		"rad": func(x float64) float64 { return x * math.Pi / 180 },
	}
	two := map[string]func(a, b float64) float64{
		"atan2": math.Atan2, "fmod": math.Mod, "pow": math.Pow,
		"ldexp": func(a, b float64) float64 { return math.Ldexp(a, truncated(b)) },
	}
	functions := map[string]lua.LGFunction{
		"frexp": mathFrexp, "max": mathBest(func(a, b float64) bool { return a > b }),
		"min": mathBest(func(a, b float64) bool { return a < b }), "modf": mathModf,
		"random": s.mathRandom, "randomseed": s.mathRandomseed,
	}
	for name, f := range one {
		functions[name] = func(L *lua.LState) int { return pushNumber(L, f(number(L, 1))) }
	}
	for name, f := range two {
		functions[name] = func(L *lua.LState) int {
			b := number(L, 2) // looked at first, as PUC Lua does
			return pushNumber(L, f(number(L, 1), b))
		}
	}
	library := s.setLibrary("math", functions)
	library.RawSetString("pi", lua.LNumber(math.Pi))
	library.RawSetString("huge", lua.LNumber(math.Inf(1)))
}

func pushNumber(L *lua.LState, f float64) int {
	L.Push(lua.LNumber(f))
	return 1
}

func mathFrexp(L *lua.LState) int {
	fraction, exponent := math.Frexp(number(L, 1))
	L.Push(lua.LNumber(fraction))
	L.Push(lua.LNumber(exponent))
	return 2
}

// mathModf is the integral part and the fraction; that of an infinity is zero.
func mathModf(L *lua.LState) int {
	x := number(L, 1)
	whole, fraction := math.Modf(x)
	if math.IsInf(x, 0) {
		whole, fraction = x, math.Copysign(0, x)
	}
	L.Push(lua.LNumber(whole))
	L.Push(lua.LNumber(fraction))
	return 2
}

// mathBest is max or min.
func mathBest(better func(a, b float64) bool) lua.LGFunction {
	return func(L *lua.LState) int {
		spendArguments(L)
		best := number(L, 1)
		for i := 2; i <= L.GetTop(); i++ {
			if x := number(L, i); better(x, best) {
				best = x
			}
		}
		return pushNumber(L, best)
	}
}

// mathRandom is random(), random(n) or random(m, n).
func (s *State) mathRandom(L *lua.LState) int {
	low, high := 1, 0
	switch L.GetTop() {
	case 0:
		return pushNumber(L, s.random.source().Float64())
	case 1:
		high = integer(L, 1)
	case 2:
		low, high = integer(L, 1), integer(L, 2)
	default:
		L.RaiseError("wrong number of arguments")
	}
	if low > high {
		L.ArgError(L.GetTop(), "interval is empty")
	}
	return pushNumber(L, float64(low+s.random.source().IntN(high-low+1)))
}

func (s *State) mathRandomseed(L *lua.LState) int {
	s.random.begin(math.Float64bits(number(L, 1)), 0)
	return 0
}
