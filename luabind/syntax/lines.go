package syntax

import (
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"
)

// placeLines mends the lines of calls and fields. The parser gives every call
// of a method chain and every field of a path the line on which the chain
// begins; errors and bindings want the line of the name itself.
func placeLines(tokens []Token, stmts []ast.Stmt) {
	p := &linePlacer{}
	for _, s := range stmts {
		p.node(s)
	}
	names := methodNames(tokens)
	if len(names) != len(p.methods) {
		return
	}
	for i, call := range p.methods {
		if call.Method != names[i].Str {
			return
		}
	}
	for i, call := range p.methods {
		call.SetLine(names[i].line)
	}
}

// linePlacer sets the lines of fields and plain calls, and collects the method
// calls in source order.
type linePlacer struct {
	methods []*ast.FuncCallExpr
}

func (p *linePlacer) node(n ast.PositionHolder) {
	call, ok := n.(*ast.FuncCallExpr)
	if ok && call.Method != "" {
		p.node(call.Receiver)
		p.methods = append(p.methods, call)
		for _, arg := range call.Args {
			p.node(arg)
		}
		return
	}
	eachChild(n, func(e *ast.Expr) { p.node(*e) }, func(s ast.Stmt) { p.node(s) })
	switch n := n.(type) {
	case *ast.AttrGetExpr:
		n.SetLine(n.Key.Line())
	case *ast.FuncCallExpr:
		n.SetLine(n.Func.Line())
	}
}

// methodNames are the tokens of the names in method calls, in source order.
func methodNames(tokens []Token) []Token {
	var names []Token
	for i := 0; i+1 < len(tokens); i++ {
		switch {
		case tokens[i].Typ == parse.TFunction:
			i = skipFunctionName(tokens, i)
		case tokens[i].Typ == ':' && tokens[i+1].Typ == parse.TIdent:
			names = append(names, tokens[i+1])
		}
	}
	return names
}

// skipFunctionName is the index of the last token of the name behind the word
// function at i, or i where it has none.
func skipFunctionName(tokens []Token, i int) int {
	for i+1 < len(tokens) && (tokens[i+1].Typ == parse.TIdent || tokens[i+1].Typ == '.' || tokens[i+1].Typ == ':') {
		i++
	}
	return i
}
