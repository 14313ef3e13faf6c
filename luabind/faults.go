package luabind

import (
	"fmt"
	"regexp"
	"strconv"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// The messages of gopher-lua that have parts.
var (
	indexFault    = regexp.MustCompile(`^attempt to index a non-table object\((\w+)\) with key '(?s:(.*))'$`)
	arithFault    = regexp.MustCompile(`^cannot perform (\w+) operation between (\w+) and (\w+)$`)
	compareFault  = regexp.MustCompile(`^attempt to compare (\w+) with (\w+)$`)
	argumentFault = regexp.MustCompile(`^bad argument #(\d+) to ([^ ']+) \((?s:(.*))\)$`)
)

// blamedName is the name in a message of ours.
var blamedName = regexp.MustCompile(`(?:\((?:local|upvalue|global|field|method) |argument #\d+ to |the variable |no variable )['"](\w+)['"]`)

// clarify says a message of gopher-lua in the words of Lua, and names the
// variable or field to blame where the line leaves no doubt.
func clarify(c *chunk, line int, message string) string {
	if m := indexFault.FindStringSubmatch(message); m != nil {
		return "attempt to index a " + m[1] + " value" + c.blameIndexed(line, m[2])
	}
	if m := arithFault.FindStringSubmatch(message); m != nil {
		return c.clarifyArith(line, m[1], m[2], m[3])
	}
	if m := compareFault.FindStringSubmatch(message); m != nil {
		return c.clarifyCompare(line, m[1], m[2])
	}
	if m := argumentFault.FindStringSubmatch(message); m != nil {
		return c.clarifyArgument(line, m[1], m[2], m[3])
	}
	switch message {
	case "attempt to call a non-function object":
		return "attempt to call a value that is no function" + c.blame(line, calledIn)
	case "__unm undefined":
		return "attempt to perform arithmetic on a table value" + c.blame(line, negatedIn)
	case "__len undefined":
		return "attempt to get length of a userdata value" + c.blame(line, measuredIn)
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

func (c *chunk) clarifyArith(line int, event, left, right string) string {
	op := operators()[event]
	kind, side := left, leftOf
	if left == "number" || left == "string" {
		kind, side = right, rightOf
	}
	return fmt.Sprintf("attempt to perform arithmetic on a %s value", kind) + c.blame(line, arithmeticIn(op, side))
}

// operators are the arithmetic operators by the name of their metamethod.
func operators() map[string]string {
	return map[string]string{"add": "+", "sub": "-", "mul": "*", "div": "/", "mod": "%", "pow": "^"}
}

// clarifyCompare names the operand that is nil, if only one is.
func (c *chunk) clarifyCompare(line int, left, right string) string {
	if left == right {
		return fmt.Sprintf("attempt to compare two %s values", left)
	}
	message := fmt.Sprintf("attempt to compare %s with %s", left, right)
	if left != "nil" && right != "nil" {
		return message
	}
	return message + c.blame(line, func(e ast.Expr) (ast.Expr, bool) {
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
func (c *chunk) clarifyArgument(line int, number, name, problem string) string {
	n, err := strconv.Atoi(number)
	methods, others := 0, 0
	for _, e := range c.nodes().lines[line] {
		call, ok := e.(*ast.FuncCallExpr)
		switch {
		case !ok:
		case call.Method == name:
			methods++
		case call.Method == "" && lastName(call.Func) == name:
			others++
		}
	}
	if err == nil && methods > 0 && others == 0 {
		if n--; n == 0 {
			return fmt.Sprintf("calling '%s' on a bad self (%s)", name, problem)
		}
	}
	return fmt.Sprintf("bad argument #%d to '%s' (%s)", n, name, problem)
}

func lastName(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.IdentExpr:
		return e.Value
	case *ast.AttrGetExpr:
		if key, ok := e.Key.(*ast.StringExpr); ok {
			return key.Value
		}
	}
	return ""
}

// picker tells which part of an expression would be to blame, if the
// expression is of the kind that failed.
type picker func(e ast.Expr) (blamed ast.Expr, ok bool)

func leftOf(e *ast.ArithmeticOpExpr) ast.Expr { return e.Lhs }

func rightOf(e *ast.ArithmeticOpExpr) ast.Expr { return e.Rhs }

func arithmeticIn(operator string, side func(*ast.ArithmeticOpExpr) ast.Expr) picker {
	return func(e ast.Expr) (ast.Expr, bool) {
		a, ok := e.(*ast.ArithmeticOpExpr)
		if !ok || a.Operator != operator {
			return nil, false
		}
		return side(a), true
	}
}

func negatedIn(e ast.Expr) (ast.Expr, bool) {
	if u, ok := e.(*ast.UnaryMinusOpExpr); ok {
		return u.Expr, true
	}
	return nil, false
}

func measuredIn(e ast.Expr) (ast.Expr, bool) {
	if u, ok := e.(*ast.UnaryLenOpExpr); ok {
		return u.Expr, true
	}
	return nil, false
}

// calledIn blames the call itself, whose name is that of what is called.
func calledIn(e ast.Expr) (ast.Expr, bool) {
	call, ok := e.(*ast.FuncCallExpr)
	return e, ok && lastName(call.Func) != concatName
}

// concatenatedIn blames operand i (from 1) of a `..` of n operands.
func concatenatedIn(i, n int) picker {
	return func(e ast.Expr) (ast.Expr, bool) {
		call, ok := e.(*ast.FuncCallExpr)
		if !ok || len(call.Args) != n || lastName(call.Func) != concatName {
			return nil, false
		}
		return call.Args[i-1], true
	}
}

// blameIndexed names what was indexed with the key.
func (c *chunk) blameIndexed(line int, key string) string {
	name := c.blame(line, func(e ast.Expr) (ast.Expr, bool) {
		switch e := e.(type) {
		case *ast.AttrGetExpr:
			constant, ok := e.Key.(*ast.StringExpr)
			return e.Object, !ok || constant.Value == key
		case *ast.FuncCallExpr:
			return e.Receiver, e.Method == key
		}
		return nil, false
	})
	if name == "" {
		return fmt.Sprintf(" with key '%s'", abridged(key))
	}
	return name
}

// blame is the name of what the picker picks on a line, as in " (field 'x')";
// "" when that has no name or several would fit.
func (c *chunk) blame(line int, pick picker) string {
	found := ""
	for _, e := range c.nodes().lines[line] {
		blamed, ok := pick(e)
		if !ok || isLiteral(blamed) {
			continue
		}
		name := c.nodes().name(blamed)
		if name == "" || found != "" && found != name {
			return ""
		}
		found = name
	}
	if found == "" {
		return ""
	}
	return " (" + found + ")"
}

// isLiteral reports whether an operand is plainly not at fault.
func isLiteral(e ast.Expr) bool {
	switch e.(type) {
	case *ast.NumberExpr, *ast.StringExpr:
		return true
	}
	return false
}

// nodeIndex tells what stands on which line of a chunk.
type nodeIndex struct {
	lines  map[int][]ast.Expr
	inside map[*ast.IdentExpr]*ast.FunctionExpr // the innermost function around it
	scope  *scope
}

// nodes is the index of the chunk, made at its first use.
func (c *chunk) nodes() *nodeIndex {
	c.once.Do(func() {
		main := c.funcs[c.proto]
		c.index = &nodeIndex{
			lines: map[int][]ast.Expr{}, inside: map[*ast.IdentExpr]*ast.FunctionExpr{},
			scope: resolveScope(main, false, func(string) bool { return false }),
		}
		c.index.add(main, main)
	})
	return c.index
}

// add enters everything below n, which stands in the function fn.
func (x *nodeIndex) add(n ast.PositionHolder, fn *ast.FunctionExpr) {
	switch e := n.(type) {
	case *ast.FunctionExpr:
		fn = e
	case *ast.IdentExpr:
		x.inside[e] = fn
	}
	if e, ok := n.(ast.Expr); ok {
		x.lines[e.Line()] = append(x.lines[e.Line()], e)
	}
	eachChild(n, func(e *ast.Expr) { x.add(*e, fn) }, func(s ast.Stmt) { x.add(s, fn) })
}

// name is how messages call an expression, "" if it has no name.
func (x *nodeIndex) name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.IdentExpr:
		return x.class(e) + " '" + e.Value + "'"
	case *ast.AttrGetExpr:
		if key, ok := e.Key.(*ast.StringExpr); ok {
			return "field '" + key.Value + "'"
		}
	case *ast.FuncCallExpr:
		if e.Method != "" {
			return "method '" + e.Method + "'"
		}
		return x.name(e.Func)
	}
	return ""
}

func (x *nodeIndex) class(e *ast.IdentExpr) string {
	v, ok := x.scope.uses[e]
	switch {
	case !ok || v.class == globalVar:
		return "global"
	case v.owner != x.inside[e]:
		return "upvalue"
	}
	return "local"
}

// blameHere is blame for the line that runs.
func (s *state) blameHere(L *lua.LState, pick picker) string {
	pos := where(L)
	if c := s.chunk(pos.File); c != nil {
		return c.blame(pos.Line, pick)
	}
	return ""
}

// pinpoint adds the column of the name that the message blames, if that stands
// once on the line.
func (c *chunk) pinpoint(pos diag.Pos, message string) diag.Pos {
	m := blamedName.FindStringSubmatch(message)
	if m == nil || pos.Col > 0 {
		return pos
	}
	if t, ok := c.onlyToken(pos.Line, m[1]); ok {
		pos.Col, pos.End = t.col, t.end
	}
	return pos
}

func (c *chunk) onlyToken(line int, name string) (found token, ok bool) {
	for _, t := range tokensAt(c.tokens, line) {
		if t.typ == parse.TIdent && t.str == name {
			if ok {
				return token{}, false
			}
			found, ok = t, true
		}
	}
	return found, ok
}
