package rowfunc

import (
	"fmt"
	"slices"

	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// access is a use of a field of the row by a constant name.
type access struct {
	name  string
	line  int
	write bool
}

// written is what the text of a row function says about its row.
type written struct {
	row     *syntax.Variable // nil when the function takes none
	uses    []access         // in the order of the text; the right side of an assignment first
	escape  string           // what makes the row leave the function's sight; "" if nothing does
	line    int              // of the escape
	returns []*ast.ReturnStmt
}

// rowUses analyses what a function does with its row, which is a parameter.
func rowUses(sc *syntax.Scope, row *syntax.Variable) *written {
	w := &rowWalk{scope: sc, out: &written{row: row}}
	if sc.Fn.ParList.HasVargs {
		w.escape(sc.Fn.Line(), "the function takes any number of arguments")
	}
	w.block(sc.Fn.Stmts)
	return w.out
}

// names are the names of the fields that are read, or written, each once and
// in the order of first mention.
func (w *written) names(write bool) []string {
	var out []string
	for _, a := range w.uses {
		if a.write == write && !slices.Contains(out, a.name) {
			out = append(out, a.name)
		}
	}
	return out
}

// writtenBefore reports whether the field is assigned in one of the first n uses.
func (w *written) writtenBefore(n int, name string) bool {
	return slices.ContainsFunc(w.uses[:n], func(a access) bool { return a.write && a.name == name })
}

// wholeRow reports whether the function may look at every field.
func (w *written) wholeRow() bool { return w.escape != "" }

// returnsValue reports whether some return statement has a value.
func (w *written) returnsValue() bool {
	return slices.ContainsFunc(w.returns, func(r *ast.ReturnStmt) bool { return len(r.Exprs) > 0 })
}

// isRow reports whether an expression is the row itself.
func (w *written) isRow(sc *syntax.Scope, e ast.Expr) bool {
	id, ok := e.(*ast.IdentExpr)
	return ok && w.row != nil && sc.Uses[id] == w.row
}

// rowWalk walks a function in the order in which it is carried out.
type rowWalk struct {
	scope *syntax.Scope
	out   *written
	depth int // of functions inside the function
}

func (w *rowWalk) escape(line int, why string) {
	if w.out.escape == "" {
		w.out.escape, w.out.line = why, line
	}
}

func (w *rowWalk) use(name string, line int, write bool) {
	w.out.uses = append(w.out.uses, access{name: name, line: line, write: write})
}

func (w *rowWalk) block(stmts []ast.Stmt) {
	for _, st := range stmts {
		w.stmt(st)
	}
}

func (w *rowWalk) stmt(st ast.Stmt) {
	switch st := st.(type) {
	case *ast.AssignStmt:
		w.exprs(st.Rhs)
		for _, l := range st.Lhs {
			w.target(l)
		}
	case *ast.ReturnStmt:
		w.returned(st)
	case *ast.FuncDefStmt:
		if st.Name.Func == nil {
			w.expr(st.Name.Receiver)
		} else {
			w.target(st.Name.Func)
		}
		w.function(st.Func)
	default:
		syntax.EachInStmt(st, func(e *ast.Expr) { w.expr(*e) }, w.stmt)
	}
}

// returned looks at a return of the function itself, which may give the row.
func (w *rowWalk) returned(st *ast.ReturnStmt) {
	if w.depth > 0 {
		w.exprs(st.Exprs)
		return
	}
	w.out.returns = append(w.out.returns, st)
	if len(st.Exprs) == 1 && w.out.isRow(w.scope, st.Exprs[0]) {
		return
	}
	w.exprs(st.Exprs)
}

// target looks at the left side of an assignment.
func (w *rowWalk) target(e ast.Expr) {
	if w.out.isRow(w.scope, e) {
		w.escape(e.Line(), "the row's variable is assigned")
		return
	}
	get, ok := e.(*ast.AttrGetExpr)
	if !ok {
		return
	}
	if name, constant := w.field(get); constant {
		w.use(name, get.Key.Line(), true)
		return
	}
	w.expr(get)
}

// field is the constant name by which an expression takes a field of the row.
func (w *rowWalk) field(e *ast.AttrGetExpr) (string, bool) {
	key, ok := e.Key.(*ast.StringExpr)
	if !ok || w.depth > 0 || !w.out.isRow(w.scope, e.Object) {
		return "", false
	}
	return key.Value, true
}

func (w *rowWalk) exprs(list []ast.Expr) {
	for _, e := range list {
		w.expr(e)
	}
}

func (w *rowWalk) expr(e ast.Expr) {
	switch e := e.(type) {
	case *ast.IdentExpr:
		if w.out.isRow(w.scope, e) {
			w.rowItself(e)
		}
	case *ast.AttrGetExpr:
		w.index(e)
	case *ast.FunctionExpr:
		w.function(e)
	case *ast.FuncCallExpr:
		w.call(e)
	default:
		w.operands(e)
	}
}

func (w *rowWalk) operands(e ast.Expr) {
	syntax.EachInExpr(e, func(x *ast.Expr) { w.expr(*x) }, nil)
}

func (w *rowWalk) rowItself(e *ast.IdentExpr) {
	if w.depth > 0 {
		w.escape(e.Line(), "an inner function captures the row")
		return
	}
	w.escape(e.Line(), "the row escapes")
}

func (w *rowWalk) index(e *ast.AttrGetExpr) {
	if name, constant := w.field(e); constant {
		w.use(name, e.Key.Line(), false)
		return
	}
	if w.depth == 0 && w.out.isRow(w.scope, e.Object) {
		w.escape(e.Line(), "the row is indexed by a computed name")
		w.expr(e.Key)
		return
	}
	w.operands(e)
}

func (w *rowWalk) call(e *ast.FuncCallExpr) {
	isRow := func(x ast.Expr) bool { return w.out.isRow(w.scope, x) }
	if w.depth == 0 && (isRow(e.Receiver) || slices.ContainsFunc(e.Args, isRow)) {
		w.escape(e.Line(), "the row is passed to a function")
	}
	w.operands(e)
}

func (w *rowWalk) function(fn *ast.FunctionExpr) {
	w.depth++
	w.block(fn.Stmts)
	w.depth--
}

// place is where a field is used in the text; the line alone where the text
// does not show it.
func (f *Func) place(a access) diag.Pos {
	t := f.tokensAt(a.line)
	found := -1
	for i := 1; i < len(t); i++ {
		if t[i].Str != a.name || !t[i-1].Is(".") && !t[i-1].Is("[") || i > 1 && t[i-2].Str != f.row.row.Name {
			continue
		}
		target := i+1 < len(t) && (t[i+1].Is("=") || t[i+1].Is(",") && a.write)
		if found < 0 || target == a.write {
			found = i
		}
		if target == a.write {
			break
		}
	}
	if found < 0 {
		return diag.Pos{File: f.chunk.Name, Line: a.line}
	}
	return diag.Pos{File: f.chunk.Name, Line: a.line, Col: t[found].Col, End: t[found].End}
}

// wordPos is the place of the first such word on a line of the function.
func (f *Func) wordPos(word string, line int) diag.Pos {
	for _, t := range f.tokensAt(line) {
		if t.Is(word) {
			return diag.Pos{File: f.chunk.Name, Line: line, Col: t.Col, End: t.End}
		}
	}
	return diag.Pos{File: f.chunk.Name, Line: line}
}

// keyPos is the place of the first such key of a constructor on a line of the
// function.
func (f *Func) keyPos(key string, line int) diag.Pos {
	t := f.tokensAt(line)
	for i := range t {
		behind := i == 0 || t[i-1].Is("{") || t[i-1].Is(",") || t[i-1].Is(";")
		if behind && t[i].Str == key && i+1 < len(t) && t[i+1].Is("=") {
			return diag.Pos{File: f.chunk.Name, Line: line, Col: t[i].Col, End: t[i].End}
		}
	}
	return f.wordPos(key, line)
}

// tokensAt are the tokens of a line that do not stand before the function.
func (f *Func) tokensAt(line int) []syntax.Token {
	t := syntax.TokensAt(f.chunk.Tokens, line)
	for len(t) > 0 && line == f.pos.Line && t[0].Col < f.pos.Col {
		t = t[1:]
	}
	return t
}

// why is the line and reason of an escape, as explain shows it.
func (w *written) why() string {
	if w.escape == "" {
		return ""
	}
	return fmt.Sprintf("line %d: %s", w.line, w.escape)
}
