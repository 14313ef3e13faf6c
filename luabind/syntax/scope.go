package syntax

import (
	"slices"
	"strings"

	"github.com/yuin/gopher-lua/ast"
)

// Variable is what an identifier of a function means.
type Variable struct {
	Name  string            // as it is written
	Class VariableClass     // where it lives
	owner *ast.FunctionExpr // declares a local
	// nested is set when a function inside the owner assigns the local, so
	// that its value may change at any call.
	Nested bool
}

// VariableClass tells where a variable lives.
type VariableClass uint8

// The classes of variables.
const (
	LocalVar   VariableClass = iota // of the function or of one inside it
	UpvalueVar                      // a local of a function around it
	GlobalVar                       // what no function declares
)

// Scope tells for every identifier inside a function which variable it means.
type Scope struct {
	Fn       *ast.FunctionExpr            // the function
	Params   []*Variable                  // its parameters
	Uses     map[*ast.IdentExpr]*Variable // by the identifier
	Declared map[any][]*Variable          // by the statement or function that declares them
	Size     int                          // how many statements and expressions it has

	outer   map[string]*Variable // captured variables and globals
	upvalue func(name string) bool
	blocks  [][]*Variable // of the walk, innermost last
	inside  []*ast.FunctionExpr
}

// Resolve resolves the names of a function. upvalue reports whether it
// captures a variable of that name; method says that it has an implicit first
// parameter "self".
func Resolve(fn *ast.FunctionExpr, method bool, upvalue func(string) bool) *Scope {
	s := &Scope{
		Fn: fn, Uses: map[*ast.IdentExpr]*Variable{}, Declared: map[any][]*Variable{},
		outer: map[string]*Variable{}, upvalue: upvalue,
	}
	names := fn.ParList.Names
	if method {
		names = append([]string{"self"}, names...)
	}
	s.function(fn, names)
	s.Params = s.Declared[fn]
	return s
}

// Outsiders are the captured variables or globals that the function uses,
// sorted by name.
func (s *Scope) Outsiders(class VariableClass) []*Variable {
	var out []*Variable
	for _, v := range s.outer {
		if v.Class == class {
			out = append(out, v)
		}
	}
	slices.SortFunc(out, func(a, b *Variable) int { return strings.Compare(a.Name, b.Name) })
	return out
}

func (s *Scope) function(fn *ast.FunctionExpr, params []string) {
	s.inside = append(s.inside, fn)
	s.open()
	if fn.ParList.HasVargs {
		s.declare(nil, "arg") // gopher-lua keeps the table of Lua 5.0
	}
	s.declare(fn, params...)
	s.block(fn.Stmts)
	s.close()
	s.inside = s.inside[:len(s.inside)-1]
}

func (s *Scope) open() { s.blocks = append(s.blocks, nil) }

func (s *Scope) close() { s.blocks = s.blocks[:len(s.blocks)-1] }

func (s *Scope) declare(by any, names ...string) {
	owner, top := s.inside[len(s.inside)-1], len(s.blocks)-1
	for _, name := range names {
		v := &Variable{Name: name, owner: owner}
		s.blocks[top] = append(s.blocks[top], v)
		s.Declared[by] = append(s.Declared[by], v)
	}
}

func (s *Scope) lookup(name string) *Variable {
	for _, block := range slices.Backward(s.blocks) {
		for _, v := range slices.Backward(block) {
			if v.Name == name {
				return v
			}
		}
	}
	v, ok := s.outer[name]
	if !ok {
		v = &Variable{Name: name, Class: GlobalVar}
		if s.upvalue(name) {
			v.Class = UpvalueVar
		}
		s.outer[name] = v
	}
	return v
}

func (s *Scope) nestedBlock(stmts []ast.Stmt) {
	s.open()
	s.block(stmts)
	s.close()
}

func (s *Scope) block(stmts []ast.Stmt) {
	for _, st := range stmts {
		s.stmt(st)
	}
}

func (s *Scope) stmt(st ast.Stmt) {
	s.Size++
	switch st := st.(type) {
	case *ast.LocalAssignStmt:
		s.localAssign(st)
	case *ast.AssignStmt:
		s.exprs(st.Rhs)
		s.exprs(st.Lhs)
		for _, l := range st.Lhs {
			s.assigned(l)
		}
	case *ast.FuncDefStmt:
		s.funcDef(st)
	case *ast.DoBlockStmt:
		s.nestedBlock(st.Stmts)
	case *ast.WhileStmt:
		s.expr(st.Condition)
		s.nestedBlock(st.Stmts)
	case *ast.RepeatStmt: // the condition sees the block's locals
		s.open()
		s.block(st.Stmts)
		s.expr(st.Condition)
		s.close()
	case *ast.IfStmt:
		s.expr(st.Condition)
		s.nestedBlock(st.Then)
		s.nestedBlock(st.Else)
	case *ast.NumberForStmt:
		s.exprs([]ast.Expr{st.Init, st.Limit, st.Step})
		s.loop(st, []string{st.Name}, st.Stmts)
	case *ast.GenericForStmt:
		s.exprs(st.Exprs)
		s.loop(st, st.Names, st.Stmts)
	case *ast.FuncCallStmt:
		s.expr(st.Expr)
	case *ast.ReturnStmt:
		s.exprs(st.Exprs)
	}
}

// localAssign resolves a local statement. A local function sees its own name.
func (s *Scope) localAssign(st *ast.LocalAssignStmt) {
	if isLocalFunction(st) {
		s.declare(st, st.Names...)
		s.exprs(st.Exprs)
		return
	}
	s.exprs(st.Exprs)
	s.declare(st, st.Names...)
}

// isLocalFunction reports whether a statement declares a local function. The
// compiler takes "local f = function" for one as well.
func isLocalFunction(st *ast.LocalAssignStmt) bool {
	if len(st.Names) != 1 || len(st.Exprs) != 1 {
		return false
	}
	_, ok := st.Exprs[0].(*ast.FunctionExpr)
	return ok
}

func (s *Scope) loop(by any, names []string, body []ast.Stmt) {
	s.open()
	s.declare(by, names...)
	s.block(body)
	s.close()
}

func (s *Scope) funcDef(st *ast.FuncDefStmt) {
	if st.Name.Func == nil {
		s.expr(st.Name.Receiver)
		s.function(st.Func, append([]string{"self"}, st.Func.ParList.Names...))
		return
	}
	s.function(st.Func, st.Func.ParList.Names)
	s.expr(st.Name.Func)
	s.assigned(st.Name.Func)
}

// assigned notes an assignment to a local of a function further out.
func (s *Scope) assigned(target ast.Expr) {
	id, ok := target.(*ast.IdentExpr)
	if !ok {
		return
	}
	if v := s.Uses[id]; v.Class == LocalVar && v.owner != s.inside[len(s.inside)-1] {
		v.Nested = true
	}
}

func (s *Scope) exprs(list []ast.Expr) {
	for _, e := range list {
		s.expr(e)
	}
}

func (s *Scope) expr(e ast.Expr) {
	s.Size++
	switch e := e.(type) {
	case *ast.IdentExpr:
		s.Uses[e] = s.lookup(e.Value)
	case *ast.FunctionExpr:
		s.function(e, e.ParList.Names)
	default:
		EachInExpr(e, func(x *ast.Expr) { s.expr(*x) }, nil)
	}
}
