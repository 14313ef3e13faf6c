package luabind

import (
	"crypto/sha256"
	"fmt"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// chunk is one compiled script file. It never changes and is shared by states.
type chunk struct {
	name   string // as diagnostics name the file
	text   string // without the byte order mark
	tokens []token
	stmts  []ast.Stmt // after the rewrites
	proto  *lua.FunctionProto
	funcs  map[*lua.FunctionProto]*ast.FunctionExpr // pairs every proto with its AST

	once  sync.Once
	index *nodeIndex // what stands on which line, for messages; see nodes
}

// compile makes a chunk of a script's text, or says what is wrong with it.
func compile(name, text string) (*chunk, *diag.Diagnostic) {
	if d := guardSize(name, text); d != nil {
		return nil, d
	}
	c := &chunk{name: name, text: strings.TrimPrefix(text, "\ufeff")}
	source := c.source()
	var err error
	if c.tokens, err = scan(name, source); err != nil {
		return nil, syntaxProblem(c, err)
	}
	if d := guardTokens(c); d != nil {
		return nil, d
	}
	if c.stmts, err = parseText(name, source); err != nil {
		return nil, syntaxProblem(c, err)
	}
	if d := guardTree(name, c.stmts); d != nil {
		return nil, d
	}
	if d := c.build(); d != nil {
		return nil, d
	}
	return c, nil
}

// source is the text with a #! line made a comment, which keeps all places.
func (c *chunk) source() string {
	if strings.HasPrefix(c.text, "#") {
		line, rest, _ := strings.Cut(c.text, "\n")
		return strings.Repeat("-", max(2, len(line))) + "\n" + rest
	}
	return c.text
}

// parseText parses under a recover, since the parser panics on its own faults.
func parseText(name, text string) (stmts []ast.Stmt, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	stmts, err = parse.Parse(strings.NewReader(text), name)
	if stmts == nil && err == nil {
		err = fmt.Errorf("the parser gave up")
	}
	return stmts, err
}

// build compiles the statements.
func (c *chunk) build() *diag.Diagnostic {
	placeLines(c.tokens, c.stmts)
	rewrite(c.stmts)
	proto, err := compileStmts(c.stmts, c.name)
	if err != nil {
		return compileProblem(c, err)
	}
	c.proto = proto
	c.funcs = map[*lua.FunctionProto]*ast.FunctionExpr{}
	main := &ast.FunctionExpr{ParList: &ast.ParList{HasVargs: true}, Stmts: c.stmts}
	if !c.pair(proto, main) {
		return diag.Errorf("internal.error", diag.Pos{File: c.name}, "the functions of the script cannot be told apart")
	}
	return nil
}

// compileStmts compiles under a recover, since Compile panics again what it
// does not know.
func compileStmts(stmts []ast.Stmt, name string) (proto *lua.FunctionProto, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("%v", r)
		}
	}()
	return lua.Compile(stmts, name)
}

// pair notes which function of the AST became which proto. The compiler makes
// protos in the order of the source, innermost functions with their outer one.
func (c *chunk) pair(proto *lua.FunctionProto, fn *ast.FunctionExpr) bool {
	c.funcs[proto] = fn
	inner := innerFunctions(fn)
	if len(inner) != len(proto.FunctionPrototypes) {
		return false
	}
	for i, p := range proto.FunctionPrototypes {
		if p.LineDefined != inner[i].Line() || !c.pair(p, inner[i]) {
			return false
		}
	}
	return true
}

// innerFunctions are the functions written directly in fn, in source order.
func innerFunctions(fn *ast.FunctionExpr) []*ast.FunctionExpr {
	var found []*ast.FunctionExpr
	var visit func(n ast.PositionHolder)
	visit = func(n ast.PositionHolder) {
		if inner, ok := n.(*ast.FunctionExpr); ok && inner != fn {
			found = append(found, inner)
			return
		}
		eachChild(n, func(e *ast.Expr) { visit(*e) }, func(s ast.Stmt) { visit(s) })
	}
	visit(fn)
	return found
}

// compiler keeps compiled chunks by name and content. It is safe for
// concurrent use.
type compiler struct {
	chunks *lru.Cache[chunkKey, *chunk]
}

type chunkKey struct {
	name string
	sum  [sha256.Size]byte
}

// compilerSize is how many chunks a compiler keeps.
const compilerSize = 256

func newCompiler() *compiler {
	chunks, err := lru.New[chunkKey, *chunk](compilerSize)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return &compiler{chunks: chunks}
}

// compile is the function compile, once for each name and text.
func (c *compiler) compile(name, text string) (*chunk, *diag.Diagnostic) {
	key := chunkKey{name: name, sum: sha256.Sum256([]byte(text))}
	if made, ok := c.chunks.Get(key); ok {
		return made, nil
	}
	made, d := compile(name, text)
	if d == nil {
		c.chunks.Add(key, made)
	}
	return made, d
}
