package luabind

import (
	"context"
	"path/filepath"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/luabind/rowfunc"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

// Session is a script that grows statement by statement, for people who try
// things. The definition phase reads no data and is over in a moment, so each
// input runs the whole script anew: variables survive, functions capture them as
// in a file, and an input with an error leaves no trace. It is for one goroutine.
type Session struct {
	loader     *Loader
	name, dir  string
	label      string
	script     string // path of the script that was opened; "" for none
	body       string // the statements so far
	final      string // the statement that returns the jobs, "" for none
	printed    int    // how many lines the body prints
	sinks      int    // how many nodes of the body write
	statements []saved
}

// saved is what a session was before a statement.
type saved struct {
	body, final    string
	printed, sinks int
}

// sessionName stands for the session's script in diagnostics and node names.
const sessionName = "session"

// NewSession makes an empty session. Relative paths start in dir, where require
// looks as well.
func (l *Loader) NewSession(dir string) *Session {
	return &Session{loader: l, name: sessionName, dir: dir}
}

// Answer is what a session says to an input.
type Answer struct {
	// Sources are the texts of the session and of what it loaded, for printing
	// diagnostics. It is never nil.
	Sources diag.Texts
	// Printed are the lines that the input printed.
	Printed []string
	// Values are the values of an input that is an expression, as text.
	Values []string
	// Stream is the first value, when that is a stream.
	Stream *View
	// Sinks are the names of the nodes that write which the input added.
	Sinks []string
	// More says that the input ends inside of a statement.
	More bool
}

// View is a stream of a session, with the nodes that lead to it.
type View struct {
	Def  *job.Definition // its nodes are the ones that the stream needs, and has no sink
	Node *job.Node
	Port string
}

// Text is the script of the session as it stands, with its return statement.
func (s *Session) Text() string { return s.body + s.final }

// Name is how diagnostics name the session's script.
func (s *Session) Name() string { return s.name }

// Clone is a session of its own with the same script.
func (s *Session) Clone() *Session {
	clone := *s
	clone.statements = slices.Clone(s.statements)
	return &clone
}

// Undo forgets the last statement, and reports whether there was one.
func (s *Session) Undo() bool {
	n := len(s.statements)
	if n == 0 {
		return false
	}
	last := s.statements[n-1]
	s.statements = s.statements[:n-1]
	s.body, s.final, s.printed, s.sinks = last.body, last.final, last.printed, last.sinks
	return true
}

// Open replaces the session's script by the one at path, from whose folder it then
// works.
func (s *Session) Open(ctx context.Context, path, text string) (*Answer, error) {
	next := &Session{
		loader: s.loader, name: filepath.ToSlash(path), dir: filepath.Dir(path), label: filepath.ToSlash(filepath.Dir(path)),
		script: path,
	}
	c, d := syntax.Compile(next.name, text)
	if d != nil {
		return &Answer{Sources: diag.Texts{next.name: text}}, diag.List{d}
	}
	body, final := c.FinalReturn()
	out, err := next.accept(ctx, body, final)
	if err != nil {
		return out, err
	}
	next.statements = nil
	*s = *next
	return out, nil
}

// Eval takes an input: an expression, whose value it tells, or statements, which
// then belong to the script. A call is both. An error leaves the session as it was;
// it is a diag.List.
func (s *Session) Eval(ctx context.Context, input string) (*Answer, error) {
	if strings.TrimSpace(input) == "" {
		return &Answer{Sources: diag.Texts{}}, nil
	}
	_, asValue := syntax.Compile(s.name, "return\n"+input)
	_, asStatement := syntax.Compile(s.name, input)
	switch {
	case asValue == nil:
		return s.value(ctx, input, asStatement == nil)
	case asStatement == nil && startsWithReturn(input):
		return s.accept(ctx, s.body, input+"\n")
	case asStatement == nil:
		return s.accept(ctx, s.body+input+"\n", s.final)
	case syntax.Incomplete(asValue) || syntax.Incomplete(asStatement):
		return &Answer{Sources: diag.Texts{}, More: true}, nil
	}
	_, d := syntax.Compile(s.name, s.body+input)
	return &Answer{Sources: diag.Texts{s.name: s.body + input}}, diag.List{d}
}

func startsWithReturn(input string) bool {
	fields := strings.Fields(input)
	return len(fields) > 0 && (fields[0] == "return" || strings.HasPrefix(fields[0], "return{") || strings.HasPrefix(fields[0], "return("))
}

// accept makes a script the session's, if it has no error. Its return statement is
// looked at when the jobs are asked for.
func (s *Session) accept(ctx context.Context, body, final string) (*Answer, error) {
	run, out, err := s.run(ctx, body)
	if err != nil {
		return out, err
	}
	defer run.close()
	s.statements = append(s.statements, saved{s.body, s.final, s.printed, s.sinks})
	out.Printed = run.printedAfter(s.printed)
	s.body, s.final, s.printed = body, final, len(run.printed)
	out.Sinks = run.sinksAfter(s.sinks)
	s.sinks += len(out.Sinks)
	return out, nil
}

// value tells the values of an expression. A call that may do something belongs to
// the script from then on; one that only makes a stream does not.
func (s *Session) value(ctx context.Context, input string, call bool) (*Answer, error) {
	run, out, err := s.run(ctx, s.body+"return\n"+input)
	if err != nil {
		return out, err
	}
	defer run.close()
	out.Printed = run.printedAfter(s.printed)
	for i, v := range run.results {
		if st, ok := toStream(v); ok && i == 0 && st.port != portsOf {
			out.Stream = run.view(st)
		}
		out.Values = append(out.Values, vm.ToText(run.state.L, v))
	}
	writes := len(run.sinksAfter(s.sinks)) > 0
	if !call || out.Stream != nil && !writes {
		return out, nil
	}
	kept, err := s.accept(ctx, s.body+input+"\n", s.final)
	if !writes {
		kept.Values = out.Values
	}
	return kept, err
}

// Jobs are the jobs that the session returns. One that returns none is a job by
// itself, which is called like the session.
func (s *Session) Jobs(ctx context.Context) (*Script, error) {
	final := s.final
	if final == "" {
		final = "return require(\"etl\").job { name = \"session\" }\n"
	}
	run, end, err := s.loader.begin(ctx, s.name, s.dir, s.label)
	if err != nil {
		return run.out, err
	}
	defer end()
	run.scriptPath = s.script
	run.print = func(string) {} // it was shown when it was typed
	return run.out, run.run(s.body + final).Err()
}

// RowFunc makes a function of an expression over row, which may use the variables of
// the session. The error is a diag.List about the texts.
func (s *Session) RowFunc(ctx context.Context, expression string) (expr.Func, diag.Texts, error) {
	out, texts, err := s.Funcs(ctx, "function(row) return (\n"+expression+"\n) end")
	if err != nil {
		return nil, texts, err
	}
	return out[0], texts, nil
}

// Funcs makes functions over rows of expressions that give functions, which are
// separated by commas and may use the variables of the session. Several work on one
// state (expr.State). The error is a diag.List about the texts.
func (s *Session) Funcs(ctx context.Context, expressions string) ([]expr.Func, diag.Texts, error) {
	run, answer, err := s.run(ctx, s.body+"return "+expressions)
	if err != nil {
		return nil, answer.Sources, err
	}
	defer run.close()
	env := run.funcEnv()
	var made []*rowfunc.Func
	var out []expr.Func
	for _, v := range run.results {
		fn, ok := v.(*lua.LFunction)
		if !ok {
			return nil, answer.Sources, diag.List{diag.Errorf("repl.expression", diag.Pos{}, "this is no expression over row")}
		}
		f, d := rowfunc.New(fn, env)
		if d != nil {
			return nil, answer.Sources, diag.List{d}
		}
		made, out = append(made, f), append(out, f)
	}
	var together [][]*rowfunc.Func
	if len(made) > 1 {
		together = append(together, made)
	}
	return out, answer.Sources, rowfunc.Group(made, together...).Err()
}

// Names are the variables of the session's script that an input can use.
func (s *Session) Names() []string {
	c, d := syntax.Compile(s.name, s.body)
	if d != nil {
		return nil
	}
	return c.Locals()
}

// Members are the names in the module "etl".
func (s *Session) Members() []string {
	run, end, err := s.loader.begin(context.Background(), s.name, "", "")
	if err != nil {
		return nil
	}
	defer end()
	var out []string
	for name := range hostsOf(run.state) {
		if member, ok := strings.CutPrefix(name, "etl."); ok {
			out = append(out, member)
		}
	}
	slices.Sort(out)
	return out
}

// sessionRun is one run of a session's script.
type sessionRun struct {
	*loading
	results []lua.LValue
	printed []string
	nodes   []*job.Node
	close   func()
}

// run runs a script and checks all its nodes.
func (s *Session) run(ctx context.Context, text string) (*sessionRun, *Answer, error) {
	run := &sessionRun{}
	var err error
	if run.loading, run.close, err = s.loader.begin(ctx, s.name, s.dir, s.label); err != nil {
		return nil, &Answer{Sources: run.out.Sources}, err
	}
	run.scriptPath = s.script
	run.print = func(line string) { run.printed = append(run.printed, line) }
	out := &Answer{Sources: run.out.Sources}
	if err := run.evaluate(text); err != nil {
		run.close()
		return nil, out, err
	}
	return run, out, nil
}

func (r *sessionRun) evaluate(text string) error {
	c, err := r.compile(r.name, text)
	if err != nil {
		return diag.ListOf(err)
	}
	r.files.texts[filepath.Base(r.name)] = text
	if r.results, err = r.state.Call(r.ctx, 0, r.state.Load(c), lua.MultRet); err != nil {
		return r.failure(err)
	}
	ready := r.resolveFuncs()
	nodes, problems := r.graph.build(ready)
	r.nodes = nodes
	r.report(problems)
	return r.problems.Sorted().Err()
}

// printedAfter are the lines behind the first n.
func (r *sessionRun) printedAfter(n int) []string { return r.printed[min(n, len(r.printed)):] }

// sinksAfter are the names of the nodes that write, behind the first n.
func (r *sessionRun) sinksAfter(n int) []string {
	var names []string
	for _, node := range r.nodes {
		if node.IsSink() {
			names = append(names, node.Name)
		}
	}
	return names[min(n, len(names)):]
}

// view is a stream with the nodes that it needs.
func (r *sessionRun) view(s *stream) *View {
	def := &job.Definition{
		Name: sessionName, Pos: s.node.def.Pos, Dir: r.dir, Sources: r.out.Sources,
		Settings: job.Settings{Name: sessionName}.WithDefaults(),
		Script:   r.scriptPath, Hash: r.files.hash(), Params: r.paramsInEffect(),
	}
	needed := map[*job.Node]bool{}
	var need func(n *job.Node)
	need = func(n *job.Node) {
		if needed[n] {
			return
		}
		needed[n] = true
		for _, e := range n.Inputs {
			need(e.From)
		}
	}
	need(s.node.def)
	for n := range needed {
		if split, ok := n.Op.(*op.Split); ok {
			partial := *split
			partial.Partial = true
			n.Op = &partial
		}
	}
	for _, n := range r.nodes {
		if needed[n] {
			def.Nodes = append(def.Nodes, n)
		}
	}
	return &View{Def: def, Node: s.node.def, Port: s.port}
}
