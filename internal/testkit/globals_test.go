package testkit_test

import (
	"cmp"
	"fmt"
	"go/ast"
	"go/importer"
	"go/parser"
	"go/token"
	"go/types"
	"io"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// A package variable must be a table: it has a shape without state of its own
// and nobody, tests included, writes to it. allowedGlobals are the exceptions,
// as "folder.name", each with its reason.
var allowedGlobals = map[string]string{}

// allowedCalls make values that nobody can change, although their types don't
// show it.
var allowedCalls = map[string]bool{
	"errors.New":                  true,
	"regexp.MustCompile":          true,
	"regexp.MustCompilePOSIX":     true,
	"strings.NewReplacer":         true,
	"reflect.TypeOf":              true,
	"reflect.TypeFor":             true,
	"hash/crc32.MakeTable":        true,
	"hash/crc64.MakeTable":        true,
	"html/template.Must":          true,
	"text/template.Must":          true,
	"sync.OnceValue":              true,
	"sync.OnceValues":             true,
	"unicode.In":                  true,
	"encoding/base64.NewEncoding": true,
}

func TestNoInitAndNoMutableGlobals(t *testing.T) {
	t.Parallel()
	imports := newImporter(exports(t, "./..."))
	used := map[string]bool{}
	for _, p := range goList(t, "1", "./...") {
		for _, problem := range checkGlobals(parsePackage(t, p), imports) {
			if allowedGlobals[problem.global] != "" {
				used[problem.global] = true
				continue
			}
			t.Error(problem)
		}
	}
	for name := range allowedGlobals {
		if !used[name] {
			t.Errorf("%s no longer needs to be in allowedGlobals", name)
		}
	}
}

func TestGlobalsRulesFindPlantedViolations(t *testing.T) {
	t.Parallel()
	compiled := exports(t, "bytes", "errors", "net/http", "os", "sync", "sync/atomic")
	tests := []struct{ name, source, test, want string }{
		{"init", `func init() {}`, "", "has an init function"},
		{"assigned", `var x = 1; func f() { x = 2 }`, "", "x is written"},
		{"assigned in a test", `var x = 1`, `func f() { x = 2 }`, "x is written"},
		{"incremented", `var x = 1; func f() { x++ }`, "", "x is written"},
		{"added to", `var x = 1; func f() { x += 2 }`, "", "x is written"},
		{"map entry", `var x = map[int]int{}; func f() { x[1] = 2 }`, "", "x is written"},
		{"field", `var x = struct{ a []int }{}; func f() { (x.a)[0] = 2 }`, "", "x is written"},
		{"through a pointer", `type T struct{ a int }; var x = &T{}; func f() { x.a = 2 }`, "", "x is written"},
		{"dereferenced", `type T struct{ a int }; var x = &T{}; func f() { *x = T{} }`, "", "x is written"},
		{"ranged into", `var x = 1; func f() { for x = range 3 {} }`, "", "x is written"},
		{"in a closure", `var x = 1; func f() func() { return func() { x = 2 } }`, "", "x is written"},
		{"address taken", `var x = 1; func f() *int { return &x }`, "", "address of x is taken"},
		{"element's address taken", `var x = [2]int{}; func f() *int { return &x[1] }`, "", "address of x is taken"},
		{"deleted from", `var x = map[int]int{1: 2}; func f() { delete(x, 1) }`, "", "x is written"},
		{"cleared", `var x = map[int]int{1: 2}; func f() { clear(x) }`, "", "x is written"},
		{"copied into", `var x = []int{1}; func f(y []int) { copy(x[:], y) }`, "", "x is written"},
		{"pointer method", `type T struct{}; func (t *T) M() {}; var x T; func f() { x.M() }`, "", "address of x is taken"},
		{"buffer", `import "bytes"; var x bytes.Buffer; func f() { x.WriteByte(1) }`, "", "address of x is taken"},
		{"writing method", `type T struct{ n int }; func (t *T) M() { t.n++ }; var x = &T{}; func f() { x.M() }`, "", "x is written by M"},
		{"mutex", `import "sync"; var x sync.Mutex`, "", "x keeps state"},
		{"atomic", `import "sync/atomic"; var x atomic.Int64`, "", "x keeps state"},
		{"pool", `import "sync"; var x = sync.Pool{}`, "", "x keeps state"},
		{"mutex inside", `import "sync"; type T struct{ a struct{ m sync.RWMutex } }; var x = map[string]*T{}`, "", "x keeps state"},
		{"channel", `var x = make(chan int)`, "", "x keeps state"},
		{"empty map", `var x = make(map[int]int)`, "", "x starts empty"},
		{"new", `var x = new(int)`, "", "x starts empty"},
		{"nil map", `var x map[int]int`, "", "x starts empty"},
		{"nil pointer", `var x *int`, "", "x starts empty"},
		{"registry", `type T struct{}; func NewT() *T { return nil }; var x = NewT()`, "", "x is made by a call"},
		{"interface", `import "os"; var x = os.DirFS(".")`, "", "x is made by a call"},
		{"foreign pointer", `import "net/http"; var x = &http.Client{}`, "", "x points to a type of net/http"},
		{"foreign variable", `import "os"; func f() { os.Args = nil }`, "", "os.Args is written"},
		{"foreign field", `import "net/http"; func f() { http.DefaultClient.Timeout = 1 }`, "", "net/http.DefaultClient is written"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := checkGlobals(plantSource(t, test.source, test.test), newImporter(compiled))
			if len(got) != 1 || !strings.Contains(got[0].String(), test.want) {
				t.Errorf("%s\nwant one problem with %q, got %q", test.source, test.want, got)
			}
		})
	}
}

func TestGlobalsRulesAllowTables(t *testing.T) {
	t.Parallel()
	compiled := exports(t, "embed", "errors", "fmt", "io", "os", "regexp", "strings", "sync", "time")
	tests := []struct{ name, source, test string }{
		{"sentinel", `import "errors"; var ErrX = errors.New("x")`, ""},
		{"wrapped sentinel", `import ("errors"; "fmt"); var ErrX = fmt.Errorf("x: %w", errors.ErrUnsupported)`, ""},
		{"guard", `import "io"; type T struct{}; func (T) Read([]byte) (int, error) { return 0, nil }; var _ io.Reader = (*T)(nil); var _ io.Reader = T{}`, ""},
		{"regexp", `import "regexp"; var x = regexp.MustCompile("a")`, ""},
		{"replacer", `import "strings"; var x = strings.NewReplacer("a", "b")`, ""},
		{"table", `var x = [...]string{1: "a"}; var y = map[string][]int{"a": {1}}; func f() string { z := x; z[0] = "b"; return x[1] }`, ""},
		{"computed table", `var x = table(); func table() (t [256]bool) { t['a'] = true; return t }`, ""},
		{"table from a literal function", `var x = func() map[int]bool { return nil }()`, ""},
		{"dispatch", `var x = map[string]func(int) int{"a": func(n int) int { n = 2; return n }}`, ""},
		{"conversion", `type T string; var x = T("a")`, ""},
		{"singleton type", `type T struct{ n int }; func (t *T) N() int { return t.n }; var x = &T{}; func f() int { return x.N() }`, ""},
		{"shadowed", `var x = 1; func f(x int) { x = 2; { x := 3; x++ } }`, ""},
		{"field of the same name", `var x = 1; type T struct{ x int }; func f(t *T) { t.x = 2 }`, ""},
		{"zero value", `type T struct{}; func (T) M() {}; var x T; func f() { x.M() }`, ""},
		{"function value", `import "time"; var x = time.Now`, ""},
		{"computed once", `import "sync"; var x = sync.OnceValue(func() map[int]int { return nil })`, ""},
		{"embedded", "import _ \"embed\"\n//go:embed a.txt\nvar x []byte\n//go:embed b.txt\nvar (\ny string\n)", ""},
		{"a test's own", ``, `var x = 1; func init() { x = 2 }`},
		{"method called init", `type T struct{}; func (T) init() {}`, ""},
		{"value method changes a copy", `type T struct{ n int }; func (t T) With() T { t.n++; return t }; var x = &T{}; func f() T { return x.With() }`, ""},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			if got := checkGlobals(plantSource(t, test.source, test.test), newImporter(compiled)); len(got) != 0 {
				t.Errorf("%s\ngot %q", test.source, got)
			}
		})
	}
	generated := plantSource(t, `var x = 1; func init() { x = 2 }`, "")
	generated.generated[generated.files[0]] = true
	if got := checkGlobals(generated, newImporter(compiled)); len(got) != 0 {
		t.Errorf("generated files may: got %q", got)
	}
}

// problem is a broken rule; global is "folder.name" of a variable, else empty.
type problem struct {
	pos    token.Position
	global string
	text   string
}

func (p problem) String() string { return fmt.Sprintf("%s: %s", p.pos, p.text) }

// source is a parsed package, with the test files that are part of it.
type source struct {
	fset      *token.FileSet
	path      string
	files     []*ast.File
	tests     map[*ast.File]bool
	generated map[*ast.File]bool
	external  []*ast.File // of the package's _test package
}

func parsePackage(t *testing.T, p listed) source {
	t.Helper()
	s := newSource(p.ImportPath)
	for _, name := range slices.Concat(p.GoFiles, p.CgoFiles) {
		s.add(t, filepath.Join(p.Dir, name), nil)
	}
	for _, name := range p.TestGoFiles {
		s.tests[s.add(t, filepath.Join(p.Dir, name), nil)] = true
	}
	for _, name := range p.XTestGoFiles {
		file, err := parser.ParseFile(s.fset, filepath.Join(p.Dir, name), nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		s.external = append(s.external, file)
	}
	return s
}

func plantSource(t *testing.T, code, test string) source {
	t.Helper()
	s := newSource(module + "/engine/planted")
	s.add(t, "planted.go", "package planted\n"+code)
	if test != "" {
		s.tests[s.add(t, "planted_test.go", "package planted\n"+test)] = true
	}
	return s
}

func newSource(path string) source {
	return source{
		fset: token.NewFileSet(), path: path,
		tests: map[*ast.File]bool{}, generated: map[*ast.File]bool{},
	}
}

func (s *source) add(t *testing.T, name string, code any) *ast.File {
	t.Helper()
	file, err := parser.ParseFile(s.fset, name, code, parser.ParseComments|parser.SkipObjectResolution)
	if err != nil {
		t.Fatal(err)
	}
	s.files = append(s.files, file)
	s.generated[file] = ast.IsGenerated(file)
	return file
}

// checkGlobals returns the package's init functions, the package variables
// that aren't tables, and whatever writes to a package variable.
func checkGlobals(s source, imports types.Importer) []problem {
	c := checker{source: s, writers: map[*types.Func]bool{}}
	c.check(s.path, s.files, imports)
	var own []*ast.File
	for _, file := range s.files {
		if !s.tests[file] && !s.generated[file] {
			own = append(own, file)
		}
	}
	for _, file := range own {
		c.declarations(file)
	}
	for _, file := range s.files {
		c.findWriters(file)
	}
	for _, file := range s.files {
		c.writes(file, s.tests[file])
	}
	if len(s.external) > 0 {
		c.check(s.path+"_test", s.external, imports)
		for _, file := range s.external {
			c.writes(file, true)
		}
	}
	slices.SortStableFunc(c.problems, func(a, b problem) int { return cmp.Compare(a.pos.String(), b.pos.String()) })
	return c.problems
}

type checker struct {
	source
	pkg      *types.Package
	info     *types.Info
	writers  map[*types.Func]bool // methods that write through their receiver
	problems []problem
}

// check types the files as far as it goes: a package that doesn't compile is
// another tool's finding.
func (c *checker) check(path string, files []*ast.File, imports types.Importer) {
	c.info = &types.Info{
		Types: map[ast.Expr]types.TypeAndValue{}, Defs: map[*ast.Ident]types.Object{},
		Uses: map[*ast.Ident]types.Object{}, Selections: map[*ast.SelectorExpr]*types.Selection{},
	}
	conf := types.Config{Importer: imports, FakeImportC: true, Error: func(error) {}}
	c.pkg, _ = conf.Check(path, c.fset, files, c.info)
}

func (c *checker) report(node ast.Node, global, format string, args ...any) {
	if global != "" {
		folder, _ := ours(strings.TrimSuffix(c.path, "_test"))
		global = folder + "." + global
	}
	c.problems = append(c.problems, problem{c.fset.Position(node.Pos()), global, fmt.Sprintf(format, args...)})
}

// declarations checks the shapes of a file's package variables.
func (c *checker) declarations(file *ast.File) {
	for _, decl := range file.Decls {
		if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
			c.report(f, "", "the package has an init function")
		}
		group, ok := decl.(*ast.GenDecl)
		if !ok || group.Tok != token.VAR {
			continue
		}
		for _, spec := range group.Specs {
			spec := spec.(*ast.ValueSpec)
			if embedded(group.Doc) || embedded(spec.Doc) {
				continue
			}
			for i, name := range spec.Names {
				if name.Name == "_" {
					continue
				}
				var value ast.Expr
				if len(spec.Values) > 0 {
					value = spec.Values[min(i, len(spec.Values)-1)]
				}
				if why := c.shape(c.info.Defs[name].Type(), value); why != "" {
					c.report(name, name.Name, "%s %s", name.Name, why)
				}
			}
		}
	}
}

func embedded(doc *ast.CommentGroup) bool {
	return doc != nil && slices.ContainsFunc(doc.List, func(line *ast.Comment) bool {
		return strings.HasPrefix(line.Text, "//go:embed ")
	})
}

// shape says why a variable isn't a table, or nothing.
func (c *checker) shape(typ types.Type, value ast.Expr) string {
	value = unparen(value)
	call, _ := value.(*ast.CallExpr)
	if call != nil && allowedCalls[c.callee(call)] {
		return ""
	}
	if stateful(typ, map[types.Type]bool{}) {
		return "keeps state: its type holds a lock, an atomic or a channel"
	}
	switch value := value.(type) {
	case nil:
		switch typ.Underlying().(type) {
		case *types.Map, *types.Pointer, *types.Slice, *types.Interface, *types.Signature:
			return "starts empty: it's of no use until something writes it"
		}
	case *ast.UnaryExpr:
		literal, ok := unparen(value.X).(*ast.CompositeLit)
		if value.Op != token.AND || !ok {
			break
		}
		named, ok := types.Unalias(c.info.TypeOf(literal)).(*types.Named)
		if ok && named.Obj().Pkg() != nil && !below(named.Obj().Pkg().Path(), module) {
			return "points to a type of " + named.Obj().Pkg().Path() + ", which may change it"
		}
	case *ast.CallExpr:
		switch fun := c.info.Types[value.Fun]; {
		case fun.IsType():
		case fun.IsBuiltin():
			if name := unparen(value.Fun).(*ast.Ident).Name; name == "make" || name == "new" {
				return "starts empty: it's of no use until something writes it"
			}
		case !plain(typ):
			return "is made by a call and isn't plain data: it may keep state"
		}
	}
	return ""
}

// callee names a function of another package, such as errors.New.
func (c *checker) callee(call *ast.CallExpr) string {
	fun := unparen(call.Fun)
	if index, ok := fun.(*ast.IndexExpr); ok {
		fun = index.X
	}
	selector, ok := fun.(*ast.SelectorExpr)
	if !ok {
		return ""
	}
	f, ok := c.info.Uses[selector.Sel].(*types.Func)
	if !ok || f.Pkg() == nil {
		return ""
	}
	return f.Pkg().Path() + "." + f.Name()
}

// plain types are data through and through, or errors.
func plain(typ types.Type) bool {
	if types.Identical(typ, types.Universe.Lookup("error").Type()) {
		return true
	}
	switch typ.Underlying().(type) {
	case *types.Basic, *types.Array, *types.Slice, *types.Map, *types.Struct:
		return true
	}
	return false
}

// stateful types hold a lock, an atomic or a channel somewhere.
func stateful(typ types.Type, seen map[types.Type]bool) bool {
	typ = types.Unalias(typ)
	if seen[typ] {
		return false
	}
	seen[typ] = true
	if named, ok := typ.(*types.Named); ok && named.Obj().Pkg() != nil {
		switch named.Obj().Pkg().Path() {
		case "sync", "sync/atomic":
			return true
		case "reflect", "regexp", "time", "math/big", "unicode":
			return false
		}
	}
	switch typ := typ.Underlying().(type) {
	case *types.Chan:
		return true
	case *types.Pointer:
		return stateful(typ.Elem(), seen)
	case *types.Slice:
		return stateful(typ.Elem(), seen)
	case *types.Array:
		return stateful(typ.Elem(), seen)
	case *types.Map:
		return stateful(typ.Elem(), seen)
	case *types.Struct:
		for field := range typ.Fields() {
			if stateful(field.Type(), seen) {
				return true
			}
		}
	}
	return false
}

// findWriters collects the methods that write through their receiver.
func (c *checker) findWriters(file *ast.File) {
	for _, decl := range file.Decls {
		f, ok := decl.(*ast.FuncDecl)
		if !ok || f.Recv == nil || f.Body == nil || len(f.Recv.List[0].Names) == 0 {
			continue
		}
		method, ok := c.info.Defs[f.Name].(*types.Func)
		receiver := c.info.Defs[f.Recv.List[0].Names[0]]
		if !ok || receiver == nil {
			continue
		}
		if _, pointer := receiver.Type().Underlying().(*types.Pointer); !pointer {
			continue
		}
		ast.Inspect(f.Body, func(node ast.Node) bool {
			for _, target := range c.targets(node) {
				if _, plain := unparen(target).(*ast.Ident); !plain && c.root(target) == receiver {
					c.writers[method] = true
				}
			}
			return true
		})
	}
}

// writes reports what a file does to package variables. A test may change the
// variables of packages that aren't ours; nobody else may.
func (c *checker) writes(file *ast.File, test bool) {
	ast.Inspect(file, func(node ast.Node) bool {
		for _, target := range c.targets(node) {
			switch v := c.root(target); {
			case c.ownGlobal(v):
				c.report(target, v.Name(), "package variable %s is written", v.Name())
			case foreignGlobal(v, c.pkg) && (!test || below(v.Pkg().Path(), module)):
				c.report(target, "", "package variable %s.%s is written", v.Pkg().Path(), v.Name())
			}
		}
		switch node := node.(type) {
		case *ast.UnaryExpr:
			if v := c.root(node.X); node.Op == token.AND && c.ownGlobal(v) {
				c.report(node, v.Name(), "the address of %s is taken", v.Name())
			}
		case *ast.SelectorExpr:
			c.methodValue(node)
		}
		return true
	})
}

// methodValue reports a method of a package variable that can change it.
func (c *checker) methodValue(selector *ast.SelectorExpr) {
	selection := c.info.Selections[selector]
	if selection == nil || selection.Kind() != types.MethodVal {
		return
	}
	v := c.root(selector.X)
	method, ok := selection.Obj().(*types.Func)
	if !ok || !c.ownGlobal(v) {
		return
	}
	receiver := method.Signature().Recv().Type()
	_, wantsPointer := receiver.(*types.Pointer)
	_, hasPointer := c.info.TypeOf(selector.X).Underlying().(*types.Pointer)
	switch {
	case c.writers[method]:
		c.report(selector, v.Name(), "package variable %s is written by %s", v.Name(), method.Name())
	case wantsPointer && !hasPointer && !selection.Indirect():
		c.report(selector, v.Name(), "the address of %s is taken by %s", v.Name(), method.Name())
	}
}

// targets returns the expressions that a node writes to.
func (c *checker) targets(node ast.Node) []ast.Expr {
	switch node := node.(type) {
	case *ast.AssignStmt:
		if node.Tok != token.DEFINE {
			return node.Lhs
		}
	case *ast.IncDecStmt:
		return []ast.Expr{node.X}
	case *ast.RangeStmt:
		if node.Tok == token.ASSIGN {
			return []ast.Expr{node.Key, node.Value}
		}
	case *ast.CallExpr:
		if name, ok := unparen(node.Fun).(*ast.Ident); ok && c.info.Types[node.Fun].IsBuiltin() {
			switch name.Name {
			case "clear", "copy", "delete":
				return node.Args[:1]
			}
		}
	}
	return nil
}

// root returns the variable in which an expression's place lies, or nil.
func (c *checker) root(expr ast.Expr) types.Object {
	for {
		switch e := unparen(expr).(type) {
		case *ast.Ident:
			if v, ok := c.info.Uses[e].(*types.Var); ok {
				return v
			}
			return nil
		case *ast.SelectorExpr:
			if name, ok := e.X.(*ast.Ident); ok {
				if _, ok := c.info.Uses[name].(*types.PkgName); ok {
					expr = e.Sel
					continue
				}
			}
			expr = e.X
		case *ast.IndexExpr:
			expr = e.X
		case *ast.SliceExpr:
			expr = e.X
		case *ast.StarExpr:
			expr = e.X
		default:
			return nil
		}
	}
}

// ownGlobal tells whether v is a variable of the package, outside its tests.
func (c *checker) ownGlobal(v types.Object) bool {
	if v == nil || v.Pkg() != c.pkg || v.Parent() != c.pkg.Scope() {
		return false
	}
	for file := range c.generated {
		if file.FileStart <= v.Pos() && v.Pos() < file.FileEnd {
			return !c.tests[file] && !c.generated[file]
		}
	}
	return false
}

func foreignGlobal(v types.Object, pkg *types.Package) bool {
	return v != nil && v.Pkg() != nil && v.Pkg() != pkg && v.Parent() == v.Pkg().Scope()
}

func unparen(expr ast.Expr) ast.Expr {
	if expr == nil {
		return nil
	}
	return ast.Unparen(expr)
}

// exports compiles packages with all that they import and returns where the
// compiler left their types. The gate's go vet needs the same, so it's cached.
func exports(t *testing.T, patterns ...string) map[string]string {
	t.Helper()
	found := map[string]string{}
	for _, p := range goList(t, "1", append([]string{"-export", "-deps"}, patterns...)...) {
		if p.Export != "" {
			found[p.ImportPath] = p.Export
		}
	}
	return found
}

// typeImporter reads the types that the compiler left; a package without any,
// such as one that only tests use, is an empty one.
type typeImporter struct {
	compiled types.Importer
	exports  map[string]string
}

// newImporter makes an importer for one goroutine at a time.
func newImporter(exports map[string]string) types.Importer {
	open := func(path string) (io.ReadCloser, error) { return os.Open(exports[path]) }
	return typeImporter{importer.ForCompiler(token.NewFileSet(), "gc", open), exports}
}

func (i typeImporter) Import(importPath string) (*types.Package, error) {
	if importPath == "unsafe" {
		return types.Unsafe, nil
	}
	if i.exports[importPath] != "" {
		return i.compiled.Import(importPath)
	}
	name := path.Base(versionSuffix.ReplaceAllString(importPath, ""))
	return types.NewPackage(importPath, strings.TrimPrefix(name, "go-")), nil
}

var versionSuffix = regexp.MustCompile(`[/.]v[0-9]+$`)
