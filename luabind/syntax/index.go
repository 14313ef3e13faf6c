package syntax

import (
	"cmp"
	"fmt"
	"regexp"

	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// blamedName is the name that a message of ours blames.
var blamedName = regexp.MustCompile(`\((?:local|upvalue|global|field|method) '(\w+)'\)`)

// Picker tells which part of an expression would be to blame, if the
// expression is of the kind that failed.
type Picker func(e ast.Expr) (blamed ast.Expr, ok bool)

// LeftOf is the left operand.
func LeftOf(e *ast.ArithmeticOpExpr) ast.Expr { return e.Lhs }

// RightOf is the right operand.
func RightOf(e *ast.ArithmeticOpExpr) ast.Expr { return e.Rhs }

// ArithmeticIn blames one side of an arithmetic operation.
func ArithmeticIn(operator string, side func(*ast.ArithmeticOpExpr) ast.Expr) Picker {
	return func(e ast.Expr) (ast.Expr, bool) {
		a, ok := e.(*ast.ArithmeticOpExpr)
		if !ok || a.Operator != operator {
			return nil, false
		}
		return side(a), true
	}
}

// NegatedIn blames the operand of a minus.
func NegatedIn(e ast.Expr) (ast.Expr, bool) {
	if u, ok := e.(*ast.UnaryMinusOpExpr); ok {
		return u.Expr, true
	}
	return nil, false
}

// MeasuredIn blames the operand of #.
func MeasuredIn(e ast.Expr) (ast.Expr, bool) {
	if u, ok := e.(*ast.UnaryLenOpExpr); ok {
		return u.Expr, true
	}
	return nil, false
}

// CalledIn blames the call itself, whose name is that of what is called.
func CalledIn(e ast.Expr) (ast.Expr, bool) {
	call, ok := e.(*ast.FuncCallExpr)
	return e, ok && LastName(call.Func) != ConcatName
}

// ConcatenatedIn blames operand i (from 1) of a `..` of n operands.
func ConcatenatedIn(i, n int) Picker {
	return func(e ast.Expr) (ast.Expr, bool) {
		call, ok := e.(*ast.FuncCallExpr)
		if !ok || len(call.Args) != n || LastName(call.Func) != ConcatName {
			return nil, false
		}
		return call.Args[i-1], true
	}
}

// IndexedIn blames what was indexed.
func IndexedIn(e ast.Expr) (ast.Expr, bool) {
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		return e.Object, true
	case *ast.FuncCallExpr:
		return e.Receiver, e.Method != ""
	}
	return nil, false
}

// ComparedIn blames one side of a comparison. The virtual machine carries out
// a > b as b < a; left counts in its order.
func ComparedIn(left bool) Picker {
	return func(e ast.Expr) (ast.Expr, bool) {
		r, ok := e.(*ast.RelationalOpExpr)
		if !ok || r.Operator == "==" || r.Operator == "~=" {
			return nil, false
		}
		if swapped := r.Operator == ">" || r.Operator == ">="; left != swapped {
			return r.Lhs, true
		}
		return r.Rhs, true
	}
}

// ArgumentIn blames argument n of a call, counted from 1; 0 is the receiver of
// a method.
func ArgumentIn(n int) Picker {
	return func(e ast.Expr) (ast.Expr, bool) {
		call, ok := e.(*ast.FuncCallExpr)
		switch {
		case !ok:
			return nil, false
		case n == 0:
			return call.Receiver, call.Method != ""
		case n > len(call.Args):
			return nil, false
		}
		return call.Args[n-1], true
	}
}

// KeyIn blames the computed key of an assignment or of a table with one such.
func KeyIn(e ast.Expr) (key ast.Expr, ok bool) {
	switch e := e.(type) {
	case *ast.AttrGetExpr:
		return e.Key, true
	case *ast.TableExpr:
		for _, f := range e.Fields {
			if f.Key == nil || isLiteral(f.Key) {
				continue
			}
			if ok {
				return nil, false
			}
			key, ok = f.Key, true
		}
	}
	return key, ok
}

// Blamed is the part of an expression that is to blame. The zero value stands
// for none that is known.
type Blamed struct {
	Name string   // as in "field 'x'"; "" if it has none
	Text string   // as it is written; "" if that is long
	Pos  diag.Pos // its name or operator
}

// String is the name in parentheses behind a blank, as messages end.
func (b Blamed) String() string {
	if b.Name == "" {
		return ""
	}
	return " (" + b.Name + ")"
}

// Blame is what the picker picks of the expression that a line of the virtual
// machine stands for. Literals are not to blame.
func (c *Chunk) Blame(line int, pick Picker) Blamed {
	var found, at ast.Expr
	for _, e := range c.exprs(line) {
		blamed, ok := pick(e)
		if !ok || isLiteral(blamed) {
			continue
		}
		if found != nil {
			return Blamed{} // a long chain of .. is several calls
		}
		found, at = blamed, e
	}
	b := c.blamed(found)
	if call, ok := found.(*ast.FuncCallExpr); ok && found == at {
		b.Name = c.nodes().callee(call) // it is called, and not what it returns
	}
	return b
}

// blamed describes an expression, which may be nil.
func (c *Chunk) blamed(e ast.Expr) Blamed {
	if e == nil {
		return Blamed{}
	}
	b := Blamed{Name: c.nodes().name(e)}
	if m, ok := c.nodes().marks[e]; ok {
		b.Pos, b.Text = c.placeOfSpan(m.span), c.quote(m.span)
	}
	return b
}

// Place is where messages point for an expression of the tree: its name, or the
// whole of it; its line where no more is known.
func (c *Chunk) Place(e ast.Expr) diag.Pos {
	if m, ok := c.nodes().marks[e]; ok {
		return c.placeOfSpan(m.span)
	}
	return diag.Pos{File: c.Name, Line: e.Line()}
}

// PlaceOf is where the first word of a function stands.
func (c *Chunk) PlaceOf(fn *ast.FunctionExpr) diag.Pos {
	if m, ok := c.nodes().marks[fn]; ok {
		return c.PosOf(m.span.at, m.span.at)
	}
	return diag.Pos{File: c.Name, Line: fn.Line()}
}

// BlameBound is bound i (from 0) of the numeric for, or expression i behind the
// word in of the other for, that a line of the virtual machine stands for.
func (c *Chunk) BlameBound(line, i int) Blamed {
	m := c.marked(line)
	if m == nil {
		return Blamed{}
	}
	for _, n := range m.nodes {
		var list []ast.Expr
		switch n := n.(type) {
		case *ast.NumberForStmt:
			list = numberForBounds(n)
		case *ast.GenericForStmt:
			list = n.Exprs
		}
		if i < len(list) {
			return c.blamed(list[i])
		}
	}
	return Blamed{}
}

// Quote is the text of the expression that a line of the virtual machine stands
// for; "" if it is long or not known.
func (c *Chunk) Quote(line int) string {
	if m := c.marked(line); m != nil {
		return c.quote(m.span)
	}
	return ""
}

// WithColon is the text of a call of x.name as a call of the method x:name; ""
// if it is long or not known.
func (c *Chunk) WithColon(line int) string { return c.withSeparator(line, '.', ":") }

// withSeparator is the text of a call with another token before its name.
func (c *Chunk) withSeparator(line, old int, separator string) string {
	m := c.marked(line)
	if m == nil || m.span.at < 1 || c.Tokens[m.span.at-1].Typ != old {
		return ""
	}
	at := c.Tokens[m.span.at-1].Col - c.Tokens[m.span.first].Col
	if text := c.quote(m.span); at > 0 && at < len(text) {
		return text[:at] + separator + text[at+1:]
	}
	return ""
}

// WithDot is the text of a call of x:name as a call of the function x.name; ""
// if it is long or not known.
func (c *Chunk) WithDot(line int) string { return c.withSeparator(line, ':', ".") }

// exprs are the expressions that a line of the virtual machine stands for.
func (c *Chunk) exprs(line int) []ast.Expr {
	m := c.marked(line)
	if m == nil {
		return nil
	}
	var out []ast.Expr
	for _, n := range m.nodes {
		if e, ok := n.(ast.Expr); ok {
			out = append(out, e)
		}
	}
	return out
}

// Call is the call that a line of the virtual machine stands for, nil if it is
// something else.
func (c *Chunk) Call(line int) *ast.FuncCallExpr {
	for _, e := range c.exprs(line) {
		if call, ok := e.(*ast.FuncCallExpr); ok {
			return call
		}
	}
	return nil
}

// isLiteral reports whether an operand is plainly not at fault.
func isLiteral(e ast.Expr) bool {
	switch e.(type) {
	case *ast.NumberExpr, *ast.StringExpr:
		return true
	}
	return false
}

// nodeIndex tells what surrounds the nodes of a chunk.
type nodeIndex struct {
	marks  map[ast.PositionHolder]*mark
	inside map[ast.PositionHolder]*ast.FunctionExpr // the innermost function around it
	names  map[*ast.FunctionExpr]string
	scope  *Scope
}

// nodes is the index of the chunk, made at its first use.
func (c *Chunk) nodes() *nodeIndex {
	c.once.Do(func() {
		main := c.Funcs[c.Proto]
		c.index = &nodeIndex{
			marks: map[ast.PositionHolder]*mark{}, inside: map[ast.PositionHolder]*ast.FunctionExpr{},
			names: map[*ast.FunctionExpr]string{main: "the main part of " + c.Name},
			scope: Resolve(main, false, func(string) bool { return false }),
		}
		c.index.add(main, main)
		for i := range c.marks {
			for _, n := range c.marks[i].nodes {
				c.index.marks[n] = &c.marks[i]
			}
		}
	})
	return c.index
}

// add enters everything below n, which stands in the function fn.
func (x *nodeIndex) add(n ast.PositionHolder, fn *ast.FunctionExpr) {
	x.inside[n] = fn
	switch n := n.(type) {
	case *ast.FunctionExpr:
		fn = n
	case *ast.LocalAssignStmt:
		for i := 0; i < min(len(n.Names), len(n.Exprs)); i++ {
			x.nameFunction(n.Exprs[i], n.Names[i])
		}
	case *ast.AssignStmt:
		for i := 0; i < min(len(n.Lhs), len(n.Rhs)); i++ {
			x.nameFunction(n.Rhs[i], LastName(n.Lhs[i]))
		}
	case *ast.FuncDefStmt:
		x.nameFunction(n.Func, cmp.Or(n.Name.Method, LastName(n.Name.Func)))
	case *ast.TableExpr:
		for _, f := range n.Fields {
			if key, ok := f.Key.(*ast.StringExpr); ok {
				x.nameFunction(f.Value, key.Value)
			}
		}
	}
	eachChild(n, func(e *ast.Expr) { x.add(*e, fn) }, func(s ast.Stmt) { x.add(s, fn) })
}

func (x *nodeIndex) nameFunction(e ast.Expr, name string) {
	if fn, ok := e.(*ast.FunctionExpr); ok && name != "" {
		x.names[fn] = "function '" + name + "'"
	}
}

// FunctionAt is how messages call the function that a line of the virtual
// machine stands in: by its name, its line, or as the main part of the file; ""
// where it is not known.
func (c *Chunk) FunctionAt(line int) string {
	m := c.marked(line)
	if m == nil || len(m.nodes) == 0 {
		return ""
	}
	fn := c.nodes().inside[m.nodes[0]]
	if name, ok := c.nodes().names[fn]; ok {
		return name
	}
	return fmt.Sprintf("the function of line %d", fn.Line())
}

// name is how messages call an expression, "" if it has no name.
func (x *nodeIndex) name(e ast.Expr) string {
	switch e := e.(type) {
	case *ast.IdentExpr:
		if e.Value[0] == '(' {
			return "" // a rewrite made it
		}
		return x.class(e) + " '" + e.Value + "'"
	case *ast.AttrGetExpr:
		if key, ok := e.Key.(*ast.StringExpr); ok {
			return "field '" + key.Value + "'"
		}
	case *ast.FuncCallExpr:
		if name := cmp.Or(e.Method, LastName(e.Func)); name != "" && name[0] != '(' {
			return "result of '" + name + "'"
		}
	}
	return ""
}

// callee is how messages call what is called.
func (x *nodeIndex) callee(e *ast.FuncCallExpr) string {
	if e.Method != "" {
		return "method '" + e.Method + "'"
	}
	return x.name(e.Func)
}

func (x *nodeIndex) class(e *ast.IdentExpr) string {
	v, ok := x.scope.Uses[e]
	switch {
	case !ok || v.Class == GlobalVar:
		return "global"
	case v.owner != x.inside[e]:
		return "upvalue"
	}
	return "local"
}

// Pinpoint is the place of the name that a message blames, if that stands once
// in the expression that the line of the virtual machine stands for; else the
// place of the expression.
func (c *Chunk) Pinpoint(line int, message string) diag.Pos {
	pos := c.At(line)
	mark, m := c.marked(line), blamedName.FindStringSubmatch(message)
	if mark == nil || m == nil {
		return pos
	}
	found := -1
	for i := mark.span.first; i <= mark.span.last; i++ {
		if t := c.Tokens[i]; t.Typ == parse.TIdent && t.Str == m[1] {
			if found >= 0 {
				return pos
			}
			found = i
		}
	}
	if found < 0 {
		return pos
	}
	return c.PosOf(found, found)
}

// LastName is the name by which an expression calls what it means: x, or y in
// x.y; "" if it has none.
func LastName(e ast.Expr) string {
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
