package rowfunc

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/etllib"
)

// userdata notes a captured container; other values of the host cannot be taken
// to a worker.
func (w *reachWalk) userdata(ud *lua.LUserData, name string) {
	c, ok := etllib.ContainerOf(ud)
	if !ok {
		w.refuse(ud, name)
		return
	}
	if _, seen := w.out.keys[ud]; !seen {
		w.out.keys[ud] = name
	}
	w.out.exact = w.out.exact || c.HoldsOwn()
}

// concludeBoxes notes which captured containers a function changes. Where the
// text does not tell, the copy of a container refuses to change.
func (w *reachWalk) concludeBoxes(fn *lua.LFunction, h *helper) {
	held := w.f.env.valueIn(fn)
	for v, line := range h.boxes.changed {
		w.changeBoxes(held(v), h.cause(line, "changes the captured %s %q", boxWord(held(v)), v.Name), map[*lua.LTable]bool{})
	}
	for v, line := range h.passed {
		if w.boxesGiven {
			at := h.cause(line, "passes the captured %s %q to a function that may change it", boxWord(held(v)), v.Name)
			w.changeBoxes(held(v), at, map[*lua.LTable]bool{})
		}
	}
	if h.boxes.unknown == 0 {
		return
	}
	for key := range w.out.keys {
		if ud, ok := key.(*lua.LUserData); ok {
			w.write(ud, h.cause(h.boxes.unknown, "changes a container that may be a captured one"))
		}
	}
}

// boxWord is the kind of a container, or of the table that has one inside.
func boxWord(v lua.LValue) string {
	if c, ok := etllib.ContainerOf(v); ok {
		return c.Kind()
	}
	return v.Type().String()
}

// changeBoxes notes that a container changes, or those in a table.
func (w *reachWalk) changeBoxes(v lua.LValue, c cause, seen map[*lua.LTable]bool) {
	switch v := v.(type) {
	case *lua.LUserData:
		if _, mine := w.out.keys[v]; mine {
			w.write(v, c)
		}
	case *lua.LTable:
		if seen[v] {
			return
		}
		seen[v] = true
		for k, inner := v.Next(lua.LNil); k != lua.LNil; k, inner = v.Next(k) {
			w.changeBoxes(inner, c, seen)
		}
	}
}

// box copies a container. Those that no function of the script changes are
// fixed in the copy.
func (t *transplanter) box(from *lua.LUserData) (lua.LValue, bool) {
	c, ok := etllib.ContainerOf(from)
	if !ok {
		return nil, false
	}
	if made, ok := t.boxes[from]; ok {
		return made, true
	}
	t.boxes[from] = c.CopyTo(t.to, t.mutable[from])
	return t.boxes[from], true
}

// hostKinds are the kinds of the first result of a function of the host.
func hostKinds(name string) kinds {
	e, _ := etllib.Lookup(name)
	return resultKinds(e.Kind, e.OrNil)
}

// methodKinds are the kinds of the first result of a method of a container.
func methodKinds(receiver lua.LValue, name string) kinds {
	c, ok := etllib.ContainerOf(receiver)
	if !ok {
		return kAny
	}
	m, _ := etllib.LookupMethod(c.Kind(), name)
	return resultKinds(m.Kind, false)
}

// resultKinds are the kinds of a result that is declared; Null is any.
func resultKinds(k record.Kind, orNil bool) kinds {
	out := kAny
	switch k {
	case record.Null:
	case record.DecimalOf:
		out = kDecimal
	default:
		out = kindsOf(record.Of(k)) &^ kNil
	}
	if orNil {
		out |= kNil
	}
	return out
}
