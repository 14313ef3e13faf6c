package syntax

import (
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"sync"

	lru "github.com/hashicorp/golang-lru/v2"
	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"
	"github.com/yuin/gopher-lua/parse"

	"github.com/etlscript/etlscript/engine/diag"
)

// Chunk is one compiled script file. It is shared by states; what
// it keeps beside what the compiler made it works out once.
type Chunk struct {
	Name   string                                   // as diagnostics name the file
	text   string                                   // without the byte order mark
	Tokens []Token                                  // of the text as it was written
	Stmts  []ast.Stmt                               // after the rewrites
	Proto  *lua.FunctionProto                       // the compiled main code
	Funcs  map[*lua.FunctionProto]*ast.FunctionExpr // pairs every proto, of both forms, with its AST

	exact map[*lua.FunctionProto]*lua.FunctionProto // the exact form of each plain proto
	plain map[*lua.FunctionProto]*lua.FunctionProto // and the reverse

	marks []mark // what the lines beyond markBase stand for

	once  sync.Once
	index *nodeIndex // what stands on which line, for messages; see nodes

	scopes sync.Map // by *lua.FunctionProto; see Scope
}

// Compile makes a chunk of a script's text, or says what is wrong with it.
func Compile(name, text string) (*Chunk, *diag.Diagnostic) {
	if d := guardSize(name, text); d != nil {
		return nil, d
	}
	c := &Chunk{Name: name, text: strings.TrimPrefix(text, "\ufeff")}
	source := c.source()
	var err error
	if c.Tokens, err = scan(name, source); err != nil {
		return nil, syntaxProblem(c, err)
	}
	if d := guardTokens(c); d != nil {
		return nil, d
	}
	if c.Stmts, err = parseText(name, source); err != nil {
		return nil, syntaxProblem(c, err)
	}
	if d := guardTree(name, c.Stmts); d != nil {
		return nil, d
	}
	if d := c.build(); d != nil {
		return nil, d
	}
	return c, nil
}

// source is the text with a #! line made a comment, which keeps all places.
func (c *Chunk) source() string {
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
func (c *Chunk) build() *diag.Diagnostic {
	c.setMarks(c.Stmts)
	relations := rewrite(c.Stmts, false)
	proto, err := compileStmts(c.Stmts, c.Name)
	if err != nil {
		return compileProblem(c, err)
	}
	c.unmark(c.Stmts)
	c.Proto = proto
	c.Funcs = map[*lua.FunctionProto]*ast.FunctionExpr{}
	main := &ast.FunctionExpr{ParList: &ast.ParList{HasVargs: true}, Stmts: c.Stmts}
	if !c.pair(proto, main) {
		return c.unpaired()
	}
	if relations == 0 {
		return nil
	}
	return c.buildExact()
}

func (c *Chunk) unpaired() *diag.Diagnostic {
	return diag.Errorf("internal.error", diag.Pos{File: c.Name}, "the functions of the script cannot be told apart")
}

// buildExact compiles the text a second time, in its exact form.
func (c *Chunk) buildExact() *diag.Diagnostic {
	stmts, err := parseText(c.Name, c.source())
	if err != nil {
		return syntaxProblem(c, err)
	}
	c.setMarks(stmts)
	rewrite(stmts, true)
	proto, err := compileStmts(stmts, c.Name)
	if err != nil {
		return compileProblem(c, err)
	}
	c.exact, c.plain = map[*lua.FunctionProto]*lua.FunctionProto{}, map[*lua.FunctionProto]*lua.FunctionProto{}
	if !c.twin(c.Proto, proto) {
		return c.unpaired()
	}
	return nil
}

// twin notes that two protos are the forms of one function.
func (c *Chunk) twin(plain, exact *lua.FunctionProto) bool {
	c.exact[plain], c.plain[exact] = exact, plain
	c.Funcs[exact] = c.Funcs[plain]
	same := len(plain.FunctionPrototypes) == len(exact.FunctionPrototypes) &&
		slices.Equal(plain.DbgUpvalues, exact.DbgUpvalues)
	for i := 0; same && i < len(plain.FunctionPrototypes); i++ {
		same = c.twin(plain.FunctionPrototypes[i], exact.FunctionPrototypes[i])
	}
	return same
}

// Form is one of the two forms of a function of the chunk, of which p is one.
// They differ in the relational operators: those of the plain form are the
// virtual machine's, which does not know how a number compares with an Int64 or
// a Decimal; those of the exact form call a function that does.
func (c *Chunk) Form(p *lua.FunctionProto, exact bool) *lua.FunctionProto {
	forms := c.plain
	if exact {
		forms = c.exact
	}
	if twin, ok := forms[p]; ok {
		return twin
	}
	return p
}

// Scope is what the names in a compiled function of the chunk mean. It is worked
// out once, and never changes.
func (c *Chunk) Scope(p *lua.FunctionProto) *Scope {
	if made, ok := c.scopes.Load(p); ok {
		return made.(*Scope)
	}
	tree := c.Funcs[p]
	method := int(p.NumParameters) > len(tree.ParList.Names)
	made := Resolve(tree, method, func(name string) bool { return slices.Contains(p.DbgUpvalues, name) })
	kept, _ := c.scopes.LoadOrStore(p, made)
	return kept.(*Scope)
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
func (c *Chunk) pair(proto *lua.FunctionProto, fn *ast.FunctionExpr) bool {
	c.Funcs[proto] = fn
	inner := InnerFunctions(fn)
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

// InnerFunctions are the functions written directly in fn, in source order.
func InnerFunctions(fn *ast.FunctionExpr) []*ast.FunctionExpr {
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

// Compiler keeps compiled chunks by name and content. It is safe for
// concurrent use.
type Compiler struct {
	chunks *lru.Cache[chunkKey, *Chunk]
}

type chunkKey struct {
	name string
	sum  [sha256.Size]byte
}

// compilerSize is how many chunks a compiler keeps.
const compilerSize = 256

// NewCompiler makes a compiler that keeps nothing yet.
func NewCompiler() *Compiler {
	chunks, err := lru.New[chunkKey, *Chunk](compilerSize)
	if err != nil {
		panic(err) // the size is a constant above zero
	}
	return &Compiler{chunks: chunks}
}

// Compile is the function compile, once for each name and text.
func (c *Compiler) Compile(name, text string) (*Chunk, *diag.Diagnostic) {
	key := chunkKey{name: name, sum: sha256.Sum256([]byte(text))}
	if made, ok := c.chunks.Get(key); ok {
		return made, nil
	}
	made, d := Compile(name, text)
	if d == nil {
		c.chunks.Add(key, made)
	}
	return made, d
}
