package vm

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// The messages of gopher-lua that have parts.
var (
	indexFault    = regexp.MustCompile(`^attempt to index a non-table object\((\w+)\) with key '(?s:(.*))'$`)
	arithFault    = regexp.MustCompile(`^cannot perform (\w+) operation between (\w+) and (\w+)$`)
	compareFault  = regexp.MustCompile(`^attempt to compare (\w+) with (\w+)$`)
	argumentFault = regexp.MustCompile(`^bad argument #(\d+) to ([^ ']+) \((?s:(.*))\)$`)
)

// fault is an error of Lua in its own words, with what is to blame for it.
type fault struct {
	at   spot
	text string
	what syntax.Blamed // the zero value where nothing is
	kind string        // of what is to blame for a comparison
}

// place is where the diagnostic of the fault points.
func (f fault) place() diag.Pos {
	switch {
	case f.what.Pos.IsValid():
		return f.what.Pos
	case f.at.chunk != nil:
		return f.at.chunk.Pinpoint(f.at.line, f.text)
	}
	return f.at.pos()
}

// blaming is the fault with the name of what is to blame behind its text.
func (f fault) blaming(what syntax.Blamed) fault {
	f.what = what
	f.text += what.String()
	return f
}

// clarify says a message of gopher-lua in the words of Lua, and names the
// variable or field to blame.
func clarify(at spot, message string) fault {
	f := fault{at: at, text: message}
	if at.chunk == nil {
		return f
	}
	if m := indexFault.FindStringSubmatch(message); m != nil {
		return f.index(m[1], m[2])
	}
	if m := arithFault.FindStringSubmatch(message); m != nil {
		return f.arith(m[1], m[2], m[3])
	}
	if m := compareFault.FindStringSubmatch(message); m != nil {
		return f.compare(m[1], m[2])
	}
	if m := argumentFault.FindStringSubmatch(message); m != nil {
		return f.argument(m[1], m[2], m[3])
	}
	return f.plain()
}

// plain is the fault of a message without parts.
func (f fault) plain() fault {
	c, line, message := f.at.chunk, f.at.line, f.text
	switch message {
	case "attempt to call a non-function object":
		f.text = "attempt to call a value that is no function"
		if f.what = c.BlameBound(line, 0); f.what.Text != "" {
			return f
		}
		return f.blaming(c.Blame(line, syntax.CalledIn))
	case "attempt to call a nil value", "attempt to call a table value", "attempt to call a number value":
		f.what = c.BlameBound(line, 0)
	case "__unm undefined":
		f.text = "attempt to perform arithmetic on a table value"
		return f.blaming(c.Blame(line, syntax.NegatedIn))
	case "__len undefined":
		f.text = "attempt to get length of a userdata value"
		return f.blaming(c.Blame(line, syntax.MeasuredIn))
	case "for statement init must be a number":
		f.text = "'for' initial value must be a number"
		return f.blaming(c.BlameBound(line, 0))
	case "for statement limit must be a number":
		f.text = "'for' limit must be a number"
		return f.blaming(c.BlameBound(line, 1))
	case "for statement step must be a number":
		f.text = "'for' step must be a number"
		return f.blaming(c.BlameBound(line, 2))
	case "stack overflow":
		f.text = fmt.Sprintf("stack overflow (more than %d nested calls)", maxCalls)
	case "registry overflow":
		f.text = fmt.Sprintf("stack overflow (more than %d values)", maxValues)
	case "too many recursions in gettable", "too many recursions in settable":
		f.text = "loop in __index or __newindex"
	case "table index is nil", "table index is NaN":
		return f.blaming(c.Blame(line, syntax.KeyIn))
	}
	return f
}

func (f fault) index(kind, key string) fault {
	f.text = "attempt to index a " + kind + " value"
	what := f.at.chunk.Blame(f.at.line, syntax.IndexedIn)
	if what.Name == "" {
		f.text += fmt.Sprintf(" with key '%s'", syntax.Abridged(key))
	}
	return f.blaming(what)
}

func (f fault) arith(event, left, right string) fault {
	kind, side := left, syntax.LeftOf
	if left == "number" || left == "string" {
		kind, side = right, syntax.RightOf
	}
	f.text = fmt.Sprintf("attempt to perform arithmetic on a %s value", kind)
	return f.blaming(f.at.chunk.Blame(f.at.line, syntax.ArithmeticIn(operators()[event], side)))
}

// operators are the arithmetic operators by the name of their metamethod.
func operators() map[string]string {
	return map[string]string{"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "pow": "^"}
}

// compare names the operand that is nil or, beside a literal, the other one.
func (f fault) compare(left, right string) fault {
	if left == right {
		f.text = fmt.Sprintf("attempt to compare two %s values", left)
		return f
	}
	a, b := f.at.chunk.Blame(f.at.line, syntax.ComparedIn(true)), f.at.chunk.Blame(f.at.line, syntax.ComparedIn(false))
	unknown := syntax.Blamed{}
	switch {
	case left == "nil", right != "nil" && b == unknown:
		f.kind = left
		return f.blaming(a)
	case right == "nil", a == unknown:
		f.kind = right
		return f.blaming(b)
	}
	return f
}

// argument quotes the name and leaves the receiver of a method out of the
// count.
func (f fault) argument(number, name, problem string) fault {
	n, err := strconv.Atoi(number)
	if call := f.at.chunk.Call(f.at.line); call != nil && call.Method != "" && err == nil {
		n--
	}
	if f.text = fmt.Sprintf("bad argument #%d to '%s' (%s)", n, name, problem); n == 0 {
		f.text = fmt.Sprintf("calling '%s' on a bad self (%s)", name, problem)
	}
	f.what = f.at.chunk.Blame(f.at.line, syntax.ArgumentIn(n))
	return f
}
