package rowfunc

import (
	"fmt"
	"math"
	"strings"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

// eval gives the kinds of an expression's value.
func (fr *frame) eval(e ast.Expr, at env) kinds {
	if !fr.inf.step() {
		return kAny
	}
	switch e := e.(type) {
	case *ast.NilExpr:
		return kNil
	case *ast.TrueExpr:
		return kTrue
	case *ast.FalseExpr:
		return kFalse
	case *ast.StringExpr:
		return kString
	case *ast.NumberExpr:
		if f, ok := syntax.LiteralNumber(e); ok {
			return valueKinds(lua.LNumber(f))
		}
		return kNumber
	case *ast.TableExpr:
		fr.operands(e, at)
		return kTable
	case *ast.FunctionExpr:
		return kFunction
	case *ast.IdentExpr:
		return fr.ident(e, at)
	case *ast.AttrGetExpr:
		return fr.index(e, at)
	case *ast.FuncCallExpr:
		return fr.call(e, at)
	}
	return fr.operation(e, at)
}

func (fr *frame) operands(e ast.Expr, at env) {
	syntax.EachInExpr(e, func(x *ast.Expr) { fr.eval(*x, at) }, nil)
}

func (fr *frame) operation(e ast.Expr, at env) kinds {
	switch e := e.(type) {
	case *ast.ArithmeticOpExpr:
		a, b := fr.eval(e.Lhs, at), fr.eval(e.Rhs, at)
		fr.mixing(e, a, b)
		return arithmeticKinds(e.Operator, a, b)
	case *ast.UnaryMinusOpExpr:
		return negativeKinds(fr.eval(e.Expr, at))
	case *ast.UnaryLenOpExpr:
		fr.eval(e.Expr, at)
		return kInt
	case *ast.RelationalOpExpr:
		fr.comparison(e, fr.eval(e.Lhs, at), fr.eval(e.Rhs, at))
		return kBool
	case *ast.UnaryNotOpExpr:
		fr.operands(e, at)
		return kBool
	case *ast.LogicalOpExpr:
		a, b := fr.eval(e.Lhs, at), fr.eval(e.Rhs, at)
		if e.Operator == "and" {
			return a.falsy() | b
		}
		return a.truthy() | b
	}
	fr.operands(e, at)
	return kAny
}

func (fr *frame) ident(e *ast.IdentExpr, at env) kinds {
	v := fr.scope.Uses[e]
	if v.Class != syntax.LocalVar {
		if k, written := fr.inf.cells[keyOf(fr.fn, v)]; written {
			return k
		}
		return fr.constant(e)
	}
	k, known := at.vars[v]
	if !known || fr.jumps || v.Nested {
		return kAny
	}
	return k
}

// constant gives the kinds of a captured variable, global or constant field of
// one, if no function of the script changes it.
func (fr *frame) constant(e ast.Expr) kinds {
	if v := fr.fixed(e); v != nil {
		return valueKinds(v)
	}
	return kAny
}

// fixed is the value that an expression has for the whole run, nil if it may
// change or is not known.
func (fr *frame) fixed(e ast.Expr) lua.LValue {
	if !fr.unchanging(e) {
		return nil
	}
	return constantOf(fr.scope, fr.inf.f.env.valueIn(fr.fn), e)
}

func (fr *frame) unchanging(e ast.Expr) bool {
	switch e := e.(type) {
	case *ast.IdentExpr:
		v := fr.scope.Uses[e]
		return v.Class != syntax.LocalVar && !fr.inf.f.mutable[keyOf(fr.fn, v)]
	case *ast.AttrGetExpr:
		t, ok := fr.fixed(e.Object).(*lua.LTable)
		return ok && !fr.inf.f.mutable[t] && t.Metatable == lua.LNil
	}
	return false
}

func valueKinds(v lua.LValue) kinds {
	switch x := v.(type) {
	case *lua.LNilType:
		return kNil
	case lua.LBool:
		if x {
			return kTrue
		}
		return kFalse
	case lua.LString:
		return kString
	case lua.LNumber:
		if f := float64(x); f == math.Trunc(f) && math.Abs(f) < value.ExactLimit {
			return kInt
		}
		return kFloat
	case *lua.LTable:
		return kTable
	case *lua.LFunction:
		return kFunction
	}
	if d, ok := v.(value.Decimal); ok {
		_, scale := record.Decimal(d).Digits()
		return scaled(scale)
	}
	if own, ok := value.Record(v); ok {
		return kindsOf(record.Of(own.Kind())) &^ kNil
	}
	return kAny
}

func (fr *frame) index(e *ast.AttrGetExpr, at env) kinds {
	if name, ok := fr.field(e); ok {
		if fr.jumps {
			return kAny
		}
		return at.fields[name]
	}
	object := fr.eval(e.Object, at)
	fr.eval(e.Key, at)
	if k := fr.constant(e); k.known() {
		return k
	}
	if t, ok := fr.fixed(e.Object).(*lua.LTable); ok && !fr.inf.f.mutable[t] && t.Metatable == lua.LNil {
		return elementKinds(t)
	}
	switch key, _ := e.Key.(*ast.StringExpr); {
	case fr.name(e) == "etl.null":
		return kNil // a column takes it for NULL
	case object.only(kInterval) && key != nil && key.Value != "microseconds":
		return kFloat
	case object.only(kTemporal | kDecimals):
		return kInt
	}
	return kAny
}

// elementKinds are the kinds that a lookup in a table may give.
func elementKinds(t *lua.LTable) kinds {
	out := kNil
	for k, v := t.Next(lua.LNil); k != lua.LNil && out.known(); k, v = t.Next(k) {
		out |= valueKinds(v)
	}
	return out
}

// name is the library function that an expression means, "" if none.
func (fr *frame) name(e ast.Expr) string {
	f := fr.inf.f
	return f.lib.namer(fr.scope, f.env.valueIn(fr.fn))(e)
}

func (fr *frame) call(e *ast.FuncCallExpr, at env) kinds {
	args := make([]kinds, len(e.Args))
	for i, a := range e.Args {
		args[i] = fr.eval(a, at)
	}
	if e.Func == nil {
		if receiver := fr.eval(e.Receiver, at); receiver&^kNil == kString {
			return libraryKinds("string."+e.Method, append([]kinds{receiver}, args...))
		}
		return methodKinds(fr.fixed(e.Receiver), e.Method)
	}
	if name := fr.name(e.Func); strings.HasPrefix(name, "etl.") {
		return moduleKinds(name, e.Args, args)
	} else if name != "" {
		return libraryKinds(name, args)
	}
	if fn, ok := fr.fixed(e.Func).(*lua.LFunction); ok {
		return fr.helper(fn, args)
	}
	return kAny
}

// helper follows a Lua function that the function calls.
func (fr *frame) helper(fn *lua.LFunction, args []kinds) kinds {
	if fn.IsG || fr.inf.blind || fr.depth >= maxInferDepth {
		return kAny
	}
	call := helperCall{fn: fn, depth: fr.depth, args: fmt.Sprint(args)}
	if k, known := fr.inf.called[call]; known {
		return k
	}
	c := fr.inf.f.env.chunkOf(fn)
	if c == nil {
		return kAny
	}
	inner := &frame{inf: fr.inf, scope: scopeOf(fn, c), fn: fn, depth: fr.depth + 1}
	if !inner.run(args) {
		inner.result |= kNil
	}
	fr.inf.called[call] = inner.result
	return inner.result
}

// libraryKinds are the kinds of the first result of a library function.
func libraryKinds(name string, args []kinds) kinds {
	first := kAny
	if len(args) > 0 {
		first = args[0]
	}
	switch name {
	case syntax.ConcatName, "tostring", "type", "table.concat", "os.date", "string.char", "string.format", "string.gsub",
		"string.lower", "string.rep", "string.reverse", "string.sub", "string.upper":
		return kString
	case "string.match":
		return kString | kInt | kNil
	case "string.len", "math.ceil", "math.floor", "os.time":
		return kInt
	case "string.byte", "string.find":
		return kInt | kNil
	case "rawequal":
		return kBool
	case "tonumber":
		return toNumberKinds(first)
	case "assert":
		return first.truthy()
	case "math.abs":
		return arithmeticKinds("+", first, kInt)
	case "math.max", "math.min":
		return extremeKinds(args)
	case "math.fmod":
		return kNumber
	case "math.random":
		if len(args) > 0 {
			return kInt
		}
		return kFloat
	case "os.clock", "os.difftime":
		return kFloat
	}
	if strings.HasPrefix(name, "math.") {
		return kFloat
	}
	return kAny
}

func toNumberKinds(k kinds) kinds {
	if k&^(kNumbers|kNil) == 0 {
		return k
	}
	return kNumber | kNil
}

// extremeKinds is the largest or smallest of numbers.
func extremeKinds(args []kinds) kinds {
	out := kinds(0)
	for _, k := range args {
		if !k.known() || k.has(kString) {
			out |= kNumber
		}
		out |= k & kNumbers
	}
	return out
}
