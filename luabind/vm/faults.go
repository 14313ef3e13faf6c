package vm

import (
	"fmt"
	"regexp"
	"strconv"

	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/luabind/syntax"
)

// The messages of gopher-lua that have parts.
var (
	indexFault    = regexp.MustCompile(`^attempt to index a non-table object\((\w+)\) with key '(?s:(.*))'$`)
	arithFault    = regexp.MustCompile(`^cannot perform (\w+) operation between (\w+) and (\w+)$`)
	compareFault  = regexp.MustCompile(`^attempt to compare (\w+) with (\w+)$`)
	argumentFault = regexp.MustCompile(`^bad argument #(\d+) to ([^ ']+) \((?s:(.*))\)$`)
)

// clarify says a message of gopher-lua in the words of Lua, and names the
// variable or field to blame where the line leaves no doubt.
func clarify(c *syntax.Chunk, line int, message string) string {
	if m := indexFault.FindStringSubmatch(message); m != nil {
		return "attempt to index a " + m[1] + " value" + c.BlameIndexed(line, m[2])
	}
	if m := arithFault.FindStringSubmatch(message); m != nil {
		return clarifyArith(c, line, m[1], m[2], m[3])
	}
	if m := compareFault.FindStringSubmatch(message); m != nil {
		return clarifyCompare(c, line, m[1], m[2])
	}
	if m := argumentFault.FindStringSubmatch(message); m != nil {
		return clarifyArgument(c, line, m[1], m[2], m[3])
	}
	switch message {
	case "attempt to call a non-function object":
		return "attempt to call a value that is no function" + c.Blame(line, syntax.CalledIn)
	case "__unm undefined":
		return "attempt to perform arithmetic on a table value" + c.Blame(line, syntax.NegatedIn)
	case "__len undefined":
		return "attempt to get length of a userdata value" + c.Blame(line, syntax.MeasuredIn)
	case "for statement init must be a number":
		return "'for' initial value must be a number"
	case "for statement limit must be a number":
		return "'for' limit must be a number"
	case "for statement step must be a number":
		return "'for' step must be a number"
	case "stack overflow":
		return fmt.Sprintf("stack overflow (more than %d nested calls)", maxCalls)
	case "registry overflow":
		return fmt.Sprintf("stack overflow (more than %d values)", maxValues)
	case "too many recursions in gettable", "too many recursions in settable":
		return "loop in __index or __newindex"
	}
	return message
}

func clarifyArith(c *syntax.Chunk, line int, event, left, right string) string {
	op := operators()[event]
	kind, side := left, syntax.LeftOf
	if left == "number" || left == "string" {
		kind, side = right, syntax.RightOf
	}
	return fmt.Sprintf("attempt to perform arithmetic on a %s value", kind) + c.Blame(line, syntax.ArithmeticIn(op, side))
}

// operators are the arithmetic operators by the name of their metamethod.
func operators() map[string]string {
	return map[string]string{"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "pow": "^"}
}

// clarifyCompare names the operand that is nil, if only one is.
func clarifyCompare(c *syntax.Chunk, line int, left, right string) string {
	if left == right {
		return fmt.Sprintf("attempt to compare two %s values", left)
	}
	message := fmt.Sprintf("attempt to compare %s with %s", left, right)
	if left != "nil" && right != "nil" {
		return message
	}
	return message + c.Blame(line, func(e ast.Expr) (ast.Expr, bool) {
		r, ok := e.(*ast.RelationalOpExpr)
		if !ok || r.Operator == "==" || r.Operator == "~=" {
			return nil, false
		}
		// a > b is carried out as b < a.
		swapped := r.Operator == ">" || r.Operator == ">="
		if (left == "nil") != swapped {
			return r.Lhs, true
		}
		return r.Rhs, true
	})
}

// clarifyArgument quotes the name and leaves the receiver of a method out of
// the count.
func clarifyArgument(c *syntax.Chunk, line int, number, name, problem string) string {
	n, err := strconv.Atoi(number)
	methods, others := c.Calls(line, name)
	if err == nil && methods > 0 && others == 0 {
		if n--; n == 0 {
			return fmt.Sprintf("calling '%s' on a bad self (%s)", name, problem)
		}
	}
	return fmt.Sprintf("bad argument #%d to '%s' (%s)", n, name, problem)
}
