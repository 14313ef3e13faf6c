package luabind

import (
	"math"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/fault"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
	"github.com/etlscript/etlscript/retry"
)

// newAttempt is what a back-off and a predicate get.
func newAttempt(s *vm.State, a retry.Attempt) lua.LValue {
	fields := []fact{
		{"number", integer(int64(a.Number))},
		{"class", lua.LString(a.Class)},
		{"error", lua.LNil},
		{"code", lua.LNil},
		{"component", lua.LNil},
		{"last", seconds(a.Last)},
		{"elapsed", seconds(a.Elapsed)},
	}
	if problems := diag.ListOf(a.Err); len(problems) > 0 {
		d := problems[0]
		fields[2].value, fields[3].value, fields[4].value = lua.LString(d.Error()), textOrNil(string(fault.Of(a.Err).Code)), textOrNil(d.Component)
	}
	return newFacts(s, "attempt", fields, nil)
}

// newRun is what a hook gets.
func newRun(s *vm.State, m job.Moment) lua.LValue {
	return newFacts(s, "run", []fact{
		{"id", lua.LString(m.Run)},
		{"job", lua.LString(m.Job)},
		{"state", lua.LString(m.State)},
		{"attempt", integer(int64(m.Attempt))},
		{"reason", textOrNil(m.Reason)},
		{"elapsed", seconds(m.Elapsed)},
		{"delay", seconds(m.Delay)},
		{"rows", newFacts(s, "run.rows", []fact{
			{"read", integer(m.RowsRead)}, {"written", integer(m.RowsWritten)}, {"rejected", integer(m.RowsRejected)},
		}, nil)},
		{"params", newParams(s, m.Params)},
		{"failure", newFailure(s, m.Failure)},
	}, effects{m}.methods())
}

func newFailure(s *vm.State, f *job.Failure) lua.LValue {
	if f == nil {
		return lua.LNil
	}
	return newFacts(s, "run.failure", []fact{
		{"message", lua.LString(f.Message)}, {"class", lua.LString(f.Class)}, {"code", textOrNil(f.Code)}, {"component", textOrNil(f.Component)},
	}, nil)
}

func newParams(s *vm.State, params map[string]string) lua.LValue {
	fields := make([]fact, 0, len(params))
	for _, name := range sortedNames(params) {
		fields = append(fields, fact{name, lua.LString(params[name])})
	}
	ud := newFacts(s, "run.params", fields, nil)
	ud.Value.(*facts).declare = "etl.param(%q)"
	return ud
}

// integer is a number with all its digits.
func integer(n int64) lua.LValue { return value.ToLua(record.IntValue(n)) }

func seconds(d time.Duration) lua.LValue { return lua.LNumber(d.Seconds()) }

// textOrNil is a text, nil where there is none.
func textOrNil(s string) lua.LValue {
	if s == "" {
		return lua.LNil
	}
	return lua.LString(s)
}

// delayHint says what a back-off gives.
const delayHint = `return a number of seconds such as 1.5, a duration such as "1m30s", or an interval`

// delayOf is the delay that a back-off gave. One that is longer than a time.Duration holds
// is the longest of them.
func delayOf(v lua.LValue) (time.Duration, error) {
	if text, ok := v.(lua.LString); ok {
		d, err := time.ParseDuration(string(text))
		if err != nil {
			return 0, diag.Errorf("hook.result", diag.Pos{}, "the function returned %q, which is no duration", string(text)).WithHint(delayHint)
		}
		return d, nil
	}
	amount, ok := secondsOf(v)
	if !ok || math.IsNaN(amount) || math.IsInf(amount, 0) {
		return 0, diag.Errorf("hook.result", diag.Pos{}, "the function returned %s, which is no delay", describe(v)).WithHint(delayHint)
	}
	return durationOf(amount), nil
}

// secondsOf is the seconds that a number or an interval means.
func secondsOf(v lua.LValue) (float64, bool) {
	if n, ok := v.(lua.LNumber); ok {
		return float64(n), true
	}
	x, ok := value.Record(v)
	switch x.Kind() {
	case record.Int:
		return float64(x.Int()), ok
	case record.Uint:
		return float64(x.Uint()), ok
	case record.Interval:
		return float64(x.Int()) / 1e6, ok
	case record.DecimalOf:
		f, err := record.Coerce(x, record.Of(record.Float))
		return f.Float(), ok && err == nil
	}
	return 0, false
}

func durationOf(seconds float64) time.Duration {
	ns := math.Round(seconds * 1e9)
	switch {
	case ns >= math.MaxInt64:
		return math.MaxInt64
	case ns <= math.MinInt64:
		return math.MinInt64
	case ns == 0 && seconds < 0:
		return -1
	}
	return time.Duration(ns)
}
