package rowfunc

import (
	"context"
	"errors"
	"math/rand/v2"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/vm"
)

// Solo is a function of a script that the engine calls by itself, on no row. Each call
// runs in a state of its own that starts from the values of the definition, so that calls
// may go on at once, and that no call sees what another one, or a function over rows, has
// written.
type Solo struct{ f *Func }

// Solos analyses functions of a script when it has run. It reports what they capture and
// no other state can have.
func Solos(fns []*lua.LFunction, env Env) ([]*Solo, diag.List) {
	if len(fns) == 0 {
		return nil, nil
	}
	lib, err := env.library()
	if err != nil {
		return nil, diag.ListOf(err)
	}
	var problems diag.List
	out := make([]*Solo, 0, len(fns))
	for _, fn := range fns {
		f, d := New(fn, env)
		if d != nil {
			problems = append(problems, d)
			continue
		}
		f.lib, f.alone, f.mutable = lib, true, map[any]bool{}
		for key := range f.reached().writes {
			f.mutable[key] = true
		}
		problems = append(problems, f.reached().refused...)
		out = append(out, &Solo{f})
	}
	return out, problems
}

// Pos is where the function is written.
func (s *Solo) Pos() diag.Pos { return s.f.pos }

// Call calls the function with one argument, which is made for its state, under the budget
// of a call (vm.Limits.Load), and hands its first result on while the state is still there.
// An error of the script is a diagnostic; one of ctx is its cause.
func (s *Solo) Call(ctx context.Context, argument func(*vm.State) lua.LValue, result func(lua.LValue) error) error {
	if err := context.Cause(ctx); err != nil {
		return err
	}
	w, err := s.f.env.newWorld()
	if err != nil {
		return err
	}
	defer w.state.Close()
	if err := w.add(s.f); err != nil {
		return err
	}
	w.makeExact()
	w.state.Randomize(rand.Uint64(), rand.Uint64())
	out, err := w.state.Call(ctx, 0, w.function(s.f), 1, argument(w.state))
	if err != nil {
		return scriptError(w.state, err)
	}
	return result(out[0])
}

// scriptError is the error of a call as a diagnostic, unless the script is not to blame.
func scriptError(s *vm.State, err error) error {
	var own *vm.Error
	if !errors.As(err, &own) {
		return err
	}
	return s.Diagnose(err)
}
