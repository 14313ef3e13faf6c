package luabind

import (
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
	"github.com/etlscript/etlscript/retry"
)

// Backoff is what etl.backoff.exponential{...} and its like give: the delays
// between attempts.
type Backoff struct {
	retry.Backoff
	Kind string // "exponential", "linear" or "fixed"
}

// Describe names the value for messages.
func (b *Backoff) Describe() string { return "a back-off (etl.backoff." + b.Kind + ")" }

type exponentialOptions struct {
	Base   time.Duration `opt:"base" doc:"the first delay"`
	Max    time.Duration `opt:"max" doc:"the longest delay"`
	Factor float64       `opt:"factor" doc:"what each further delay is multiplied by"`
	Jitter bool          `opt:"jitter" doc:"spread delays at random"`
}

type linearOptions struct {
	Base   time.Duration `opt:"base" doc:"the first delay"`
	Step   time.Duration `opt:"step" doc:"what each further delay is longer"`
	Max    time.Duration `opt:"max" doc:"the longest delay"`
	Jitter bool          `opt:"jitter" doc:"spread delays at random"`
}

type fixedOptions struct {
	Delay  time.Duration `opt:"delay" required:"true" doc:"the delay"`
	Jitter bool          `opt:"jitter" doc:"spread delays at random"`
}

// backoffs are the members of etl.backoff.
func (l *loading) backoffs() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{
		"backoff.exponential": l.backoff("exponential", func(v component.Value, pos diag.Pos) (retry.Backoff, diag.List) {
			o := exponentialOptions{Base: time.Second, Factor: 2}
			problems := component.DecodeTable("etl.backoff.exponential", &o, v, pos)
			return retry.Exponential{Base: o.Base, Max: o.Max, Factor: o.Factor, Jitter: o.Jitter}, problems
		}),
		"backoff.linear": l.backoff("linear", func(v component.Value, pos diag.Pos) (retry.Backoff, diag.List) {
			o := linearOptions{Base: time.Second, Step: time.Second}
			problems := component.DecodeTable("etl.backoff.linear", &o, v, pos)
			return retry.Linear{Base: o.Base, Step: o.Step, Max: o.Max, Jitter: o.Jitter}, problems
		}),
		"backoff.fixed": l.backoff("fixed", func(v component.Value, pos diag.Pos) (retry.Backoff, diag.List) {
			var o fixedOptions
			problems := component.DecodeTable("etl.backoff.fixed", &o, v, pos)
			return retry.Fixed{Every: o.Delay, Jitter: o.Jitter}, problems
		}),
	}
}

// backoff is what one kind of back-off does.
func (l *loading) backoff(kind string, decode func(component.Value, diag.Pos) (retry.Backoff, diag.List)) lua.LGFunction {
	return func(L *lua.LState) int {
		at := callSite(L, kind)
		table, err := l.optionsOf(L, "backoff."+kind, at)
		if err != nil {
			vm.Raise(L, err)
		}
		b, problems := decode(table, at.Pos)
		l.report(problems)
		L.Push(l.userdata(&Backoff{Backoff: b, Kind: kind}))
		return 1
	}
}

// optionsOf is the one table that a function takes; an empty one where it got
// none.
func (l *loading) optionsOf(L *lua.LState, name string, at syntax.Site) (component.Value, error) {
	args, err := l.convert(L, name, at, 1, l.keepHook)
	switch {
	case err != nil:
		return component.Value{}, err
	case len(args) > 1:
		return component.Value{}, diag.Errorf("argument.surplus", args[1].Pos, "etl.%s takes one table, not %d arguments", name, len(args))
	case len(args) == 1 && args[0].X != nil:
		return args[0], nil
	}
	return component.Value{X: &component.Table{Pos: at.Pos}, Pos: at.Pos}, nil
}
