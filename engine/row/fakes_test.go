package row

import (
	"context"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// source is a text source: lines of fields, "" is NULL.
type source struct {
	name   string
	schema *record.Schema
	lines  []string
	// failAt and rejectAt are rows from 1; 0: none.
	failAt   int
	rejectAt map[int]bool
	skip     int // a faulty reader: it counts this row, but does not hand it on
}

// text makes a source with the columns of "a:int,b:string"; a decimal's scale
// follows a blank, as in "a:decimal(12 2)".
func text(name, header string, lines ...string) *source {
	var fields []record.Field
	for _, h := range strings.Split(header, ",") {
		name, kind, _ := strings.Cut(h, ":")
		t, err := record.ParseType(strings.ReplaceAll(kind, " ", ","))
		if err != nil {
			panic(err)
		}
		fields = append(fields, record.Field{Name: name, Type: t})
	}
	return &source{name: name, schema: record.NewSchema(fields...), lines: lines}
}

func (s *source) Static() *record.Schema { return s.schema }
func (s *source) Paths() []op.Name       { return []op.Name{{Text: s.name}} }
func (s *source) Schema() *record.Schema { return s.schema }
func (s *source) Close() error           { return nil }

func (s *source) Resolve(context.Context, op.Env) (op.Table, error) { return s, nil }

func (s *source) Open(_ context.Context, o op.ReadOptions) (op.Reader, error) {
	r := &reader{source: s, options: o, origin: &record.Source{Name: s.name}}
	for _, f := range s.schema.Fields() {
		r.decoders = append(r.decoders, &decoder{f.Type})
	}
	return r, nil
}

type reader struct {
	source   *source
	options  op.ReadOptions
	origin   *record.Source
	decoders []record.Decoder
	read     int
}

func (r *reader) RowsRead() int64 { return int64(r.read) }
func (r *reader) Close() error    { return nil }

func (r *reader) Read(context.Context) (*record.Batch, error) {
	first := r.read
	var lines []string
	var origins []record.Origin
	for r.read < len(r.source.lines) && r.read < first+r.options.BatchRows {
		if r.source.failAt == r.read+1 {
			break
		}
		r.read++
		origin := record.Origin{Source: r.origin, Row: int64(r.read)}
		if r.source.rejectAt[r.read] {
			err := r.options.Reject(op.Rejected{Code: "test.reject", Message: "refused", Origin: origin, Raw: r.source.lines[r.read-1]})
			if err != nil {
				return nil, err
			}
			continue
		}
		if r.source.skip == r.read {
			continue
		}
		lines, origins = append(lines, r.source.lines[r.read-1]), append(origins, origin)
	}
	switch {
	case len(lines) > 0:
		return r.batch(lines, origins), nil
	case r.read < len(r.source.lines) && r.source.failAt == r.read+1:
		return nil, diag.Errorf("test.read", diag.Pos{}, "row %d of %s is broken", r.read+1, r.source.name)
	case r.read < len(r.source.lines):
		return r.Read(context.Background())
	}
	return nil, io.EOF
}

func (r *reader) batch(lines []string, origins []record.Origin) *record.Batch {
	s := r.source.schema
	block := &record.Block{Columns: s.Len()}
	for _, l := range lines {
		for _, field := range strings.Split(l, ",") {
			start := uint32(len(block.Data))
			block.Data = append(block.Data, field...)
			block.Spans = append(block.Spans, record.Span{Start: start, End: uint32(len(block.Data))})
		}
	}
	columns := make([]*record.Column, s.Len())
	for i := range columns {
		columns[i] = record.NewRawColumn(s.Field(i).Type, record.NewRaw(block, i, 0, len(lines), r.decoders[i]))
	}
	return record.NewBatch(s, len(lines), columns, record.FromOrigins(origins))
}

// decoder reads values as a pinned column does.
type decoder struct{ typ record.Type }

func (*decoder) IsNull(f record.RawField) bool {
	return f.Flags&record.Missing != 0 || len(f.Bytes) == 0
}
func (*decoder) Text(f record.RawField) string { return string(f.Bytes) }

func (d *decoder) Decode(raw *record.Raw, v *record.Vector) error {
	for i := range raw.Len() {
		if raw.IsNull(i) {
			v.SetNull(i, raw.Len())
			continue
		}
		x, err := record.Parse(d.typ, raw.Text(i))
		if err != nil {
			return &record.ValueError{Row: i, Value: raw.Text(i), Want: d.typ}
		}
		v.Set(d.typ.Kind, i, raw.Len(), x)
	}
	return nil
}

// sink collects lines; NULL is "~".
type sink struct {
	target   string
	lines    []string // committed
	origins  []string // of the lines of the last writer
	state    string   // of the last writer
	failAt   int      // row from 1 that cannot be written; 0: none
	rejectAt int
	double   bool // a faulty writer: it counts a row twice
	lose     bool // or not at all
}

func (s *sink) Target() op.Name                { return op.Name{Text: s.target} }
func (s *sink) Check(*record.Schema) diag.List { return nil }

func (s *sink) Open(_ context.Context, _ op.Env, _ *record.Schema, o op.WriteOptions) (op.Writer, error) {
	s.state, s.origins = "open", nil
	return &writer{sink: s, options: o}, nil
}

type writer struct {
	sink    *sink
	options op.WriteOptions
	lines   []string
	seen    int
}

func (w *writer) Write(_ context.Context, b *record.Batch) (int, error) {
	rows := 0
	for i := range b.Len() {
		w.seen++
		switch w.seen {
		case w.sink.failAt:
			return rows, errors.New("the disk is full")
		case w.sink.rejectAt:
			if err := w.options.Reject(op.Rejected{Batch: b, Row: i, Code: "test.write", Message: "cannot be written", Origin: b.Lineage.At(i)}); err != nil {
				return rows, err
			}
			continue
		}
		w.lines = append(w.lines, line(b, i))
		o := b.Lineage.At(i)
		source, _ := o.Place()
		w.sink.origins = append(w.sink.origins, fmt.Sprint(source, " ", o.Row, " ", o.Part))
		rows++
		switch {
		case w.sink.double && w.seen == 2:
			rows++
		case w.sink.lose && w.seen == 2:
			rows--
		}
	}
	return rows, nil
}

func line(b *record.Batch, row int) string {
	var fields []string
	for _, c := range b.Columns {
		if c.IsNull(row) {
			fields = append(fields, "~")
		} else {
			fields = append(fields, string(c.AppendText(nil, row)))
		}
	}
	return strings.Join(fields, ",")
}

func (w *writer) Flush(context.Context) error { w.sink.state = "flushed"; return nil }
func (w *writer) Abort() error                { w.sink.state = "aborted"; return nil }

func (w *writer) Commit() error {
	w.sink.state, w.sink.lines = "committed", w.lines
	return nil
}

// fields gives the values of a row by name.
type fields func(name string) record.Value

// fn is a function over rows written in Go.
type fn struct {
	info   expr.Info
	adds   []record.Field
	filter func(row fields) (bool, error)
	change func(row fields) ([]record.Value, error) // values of adds
	value  func(row fields) (record.Value, error)
	out    record.Type                   // of value
	many   func(row fields) (int, error) // copies of the row that a flat map gives; with adds, their number counts them
}

func (f *fn) Info() expr.Info { return f.info }

func (f *fn) Resolve(use expr.Use) (*record.Schema, diag.List) {
	switch use.Role {
	case expr.Filter:
		return use.In, nil
	case expr.Map, expr.FlatMap:
		return use.In.With(f.adds...), nil
	}
	return record.NewSchema(record.Field{Name: "value", Type: f.out}), nil
}

func (f *fn) Open(use expr.Use) (expr.Runner, error) { return &runner{f, use}, nil }

type runner struct {
	fn  *fn
	use expr.Use
}

func (*runner) Close() {}

func (r *runner) Run(ctx context.Context, in *record.Batch) (expr.Result, error) {
	var res expr.Result
	made := record.NewBuilder(r.use.Out, in.Len())
	for i := range in.Len() {
		if r.use.Role == expr.FlatMap && made.Len() >= r.use.Enough {
			break
		}
		err := r.row(in, i, &res, made)
		if err != nil {
			res.Failed = append(res.Failed, expr.Failure{Row: i, Err: err})
			if r.use.StopAtFailure {
				break
			}
		}
	}
	switch r.use.Role {
	case expr.Map, expr.FlatMap:
		res.Batch = made.Build()
	case expr.Value:
		res.Value = made.Build().Columns[0]
	}
	return res, ctx.Err()
}

func (r *runner) row(in *record.Batch, i int, res *expr.Result, made *record.Builder) error {
	get := func(name string) record.Value {
		v, err := in.Column(name).Value(i)
		if err != nil {
			panic(err)
		}
		return v
	}
	switch r.use.Role {
	case expr.Filter:
		keep, err := r.fn.filter(get)
		switch {
		case err != nil:
			return err
		case keep:
			res.Keep = append(res.Keep, int32(i))
		default:
			res.Dropped++
		}
		return nil
	case expr.Map:
		values, err := r.fn.change(get)
		if err != nil {
			return err
		}
		for j, f := range r.use.Out.Fields() {
			if k := slices.IndexFunc(r.fn.adds, func(a record.Field) bool { return a.Name == f.Name }); k >= 0 {
				made.Column(j).Append(values[k])
			} else if err := made.Column(j).AppendFrom(in.Column(f.Name), i); err != nil {
				return err
			}
		}
		made.AppendOrigin(in.Lineage.At(i))
		return nil
	}
	if r.use.Role == expr.FlatMap {
		return r.copies(in, i, res, made)
	}
	v, err := r.fn.value(get)
	if err != nil {
		made.Column(0).AppendNull()
		return err
	}
	made.Column(0).Append(v)
	return nil
}

// copies is row for a flat map.
func (r *runner) copies(in *record.Batch, i int, res *expr.Result, made *record.Builder) error {
	n, err := r.fn.many(func(name string) record.Value {
		v, err := in.Column(name).Value(i)
		if err != nil {
			panic(err)
		}
		return v
	})
	if err != nil {
		if !r.use.StopAtFailure {
			res.Counts = append(res.Counts, 0)
		}
		return err
	}
	res.Counts = append(res.Counts, int32(n))
	for nth := range n {
		for j, f := range r.use.Out.Fields() {
			if c := in.Column(f.Name); c == nil {
				made.Column(j).Append(record.IntValue(int64(nth + 1)))
			} else if err := made.Column(j).AppendFrom(c, i); err != nil {
				return err
			}
		}
	}
	return nil
}

// graph builds a definition.
type graph struct {
	def   *job.Definition
	sinks map[string]*sink
}

func newGraph() *graph {
	return &graph{def: &job.Definition{Name: "test"}, sinks: map[string]*sink{}}
}

func (g *graph) add(name string, o op.Operator, inputs ...*job.Node) *job.Node {
	edges := make([]job.Edge, len(inputs))
	for i, n := range inputs {
		edges[i] = job.Edge{From: n, Port: job.PortOut}
	}
	return g.addEdges(name, o, edges...)
}

func (g *graph) addEdges(name string, o op.Operator, edges ...job.Edge) *job.Node {
	n := &job.Node{Name: name, Op: o, Inputs: edges, Pos: diag.Pos{File: "job.lua", Line: len(g.def.Nodes) + 1}}
	g.def.Nodes = append(g.def.Nodes, n)
	return n
}

// port adds a node that takes the rows of a port.
func (g *graph) port(name string, o op.Operator, from *job.Node, port string) *job.Node {
	return g.addEdges(name, o, job.Edge{From: from, Port: port})
}

func (g *graph) scan(s *source) *job.Node {
	return g.add(s.name, &op.Scan{Source: s, OnError: op.Reject})
}

func (g *graph) write(from *job.Node, target string) *sink {
	s := &sink{target: target}
	g.sinks[target] = s
	g.add(target, &op.Write{Sink: s}, from)
	return s
}

// keep filters by an int column.
func keep(column string, ok func(n int64) (bool, error)) *op.Filter {
	return &op.Filter{OnError: op.Fail, Func: &fn{
		info:   expr.Info{Reads: []string{column}, Rung: "go"},
		filter: func(row fields) (bool, error) { return ok(row(column).Int()) },
	}}
}

func even(column string) *op.Filter {
	return keep(column, func(n int64) (bool, error) { return n%2 == 0, nil })
}

// compute adds an int column made of another one.
func compute(to, from string, f func(n int64) (int64, error)) *op.Map {
	return &op.Map{OnError: op.Fail, Func: &fn{
		info: expr.Info{Reads: []string{from}, Writes: []string{to}, Rung: "go"},
		adds: []record.Field{{Name: to, Type: record.Of(record.Int)}},
		change: func(row fields) ([]record.Value, error) {
			n, err := f(row(from).Int())
			return []record.Value{record.IntValue(n)}, err
		},
	}}
}

// repeat gives each row as often as its int column says, with a number if a name
// for it is given.
func repeat(column string, often func(n int64) (int, error), number ...string) *op.FlatMap {
	f := &fn{
		info: expr.Info{Reads: []string{column}, Rung: "go"},
		many: func(row fields) (int, error) { return often(row(column).Int()) },
	}
	for _, name := range number {
		f.adds = append(f.adds, record.Field{Name: name, Type: record.Of(record.Int)})
	}
	return &op.FlatMap{OnError: op.Fail, Func: f}
}

// splitBy gives each row to the port that a column names.
func splitBy(column string, ports ...string) *op.Split {
	return &op.Split{OnError: op.Fail, Ports: names(ports...), Func: &fn{
		info:  expr.Info{Reads: []string{column}, Rung: "go"},
		value: func(row fields) (record.Value, error) { return row(column), nil },
		out:   record.Of(record.String),
	}}
}

func names(columns ...string) []op.Name {
	out := make([]op.Name, len(columns))
	for i, c := range columns {
		out[i] = op.Name{Text: c}
	}
	return out
}

func joinOn(how op.JoinKind, columns ...string) *op.Join {
	return &op.Join{Left: names(columns...), Right: names(columns...), How: how, Suffix: "_right"}
}

// countBy counts rows by columns.
func countBy(columns ...string) *op.Aggregate {
	return &op.Aggregate{By: names(columns...), OnError: op.Fail, Columns: []op.AggregateColumn{{Name: op.Name{Text: "n"}, Kind: op.Count}}}
}

func sortBy(columns ...string) *op.Sort {
	s := &op.Sort{}
	for _, c := range columns {
		name, desc := strings.CutPrefix(c, "-")
		s.Keys = append(s.Keys, op.SortKey{Column: op.Name{Text: name}, Desc: desc})
	}
	return s
}

// outcome is what a run did.
type outcome struct {
	plan    *plan.Plan
	lines   map[string][]string
	origins map[string][]string
	rejects []string
	err     error
	ledger  *ledger.Ledger
}

func (o outcome) counts(t testing.TB, node string) map[string]int64 {
	t.Helper()
	for _, n := range o.ledger.Nodes {
		if n.Name == node {
			return n.Counts()
		}
	}
	t.Fatalf("no node %q", node)
	return nil
}

// rejectLog is a plan.Rejects.
type rejectLog struct {
	mu    sync.Mutex
	lines []string
	most  int // rejects before it fails; 0: any number
}

func (l *rejectLog) Reject(node string, x op.Rejected) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	own := x.Raw
	if x.Batch != nil {
		own = line(x.Batch, x.Row)
	}
	l.lines = append(l.lines, fmt.Sprintf("%s: %s: %s (row %d)", node, x.Message, own, x.Origin.Row))
	if l.most > 0 && len(l.lines) > l.most {
		return errors.New("too many rejects")
	}
	return nil
}

// plan plans the graph with its sources open.
func (g *graph) plan(t testing.TB, o plan.Options) *plan.Plan {
	t.Helper()
	tables, schemas := map[*job.Node]op.Table{}, map[*job.Node]*record.Schema{}
	for _, n := range g.def.Nodes {
		if s, ok := n.Op.(*op.Scan); ok {
			tables[n], schemas[n] = s.Source.(*source), s.Source.(*source).schema
		}
	}
	resolved, problems := g.def.Resolve(schemas)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	p, problems := plan.Build(g.def, resolved, tables, o)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	return p
}

// execute runs the graph; it does not look at the ledger.
func (g *graph) execute(t testing.TB, o plan.Options, x *Executor, rejects *rejectLog) outcome {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	p := g.plan(t, o)
	out := outcome{plan: p, lines: map[string][]string{}, origins: map[string][]string{}, ledger: p.NewLedger()}
	var outputs []plan.Output
	outputs, out.err = x.Execute(ctx, p, plan.Attempt{Ledger: out.ledger, Rejects: rejects, Number: 1, Env: op.Env{Temp: in(t.TempDir())}})
	for _, w := range outputs {
		if err := w.Writer.Commit(); err != nil {
			t.Fatal(err)
		}
		out.lines[w.Node], out.origins[w.Node] = g.sinks[w.Node].lines, g.sinks[w.Node].origins
	}
	out.rejects = rejects.lines
	return out
}

// options are those that every job must give the same result with.
func options() []plan.Options {
	return []plan.Options{
		{Workers: 1, QueueBatches: 1, BatchRows: 3},
		{Workers: 4, QueueBatches: 1, BatchRows: 3},
		{Workers: 4, QueueBatches: 2, BatchRows: 1},
		{Workers: 2},
	}
}

// runAll runs the graph that build makes with different options, and checks that
// the results are the same and that the ledgers balance.
func runAll(t *testing.T, build func(g *graph)) outcome {
	t.Helper()
	var first outcome
	for i, o := range options() {
		g := newGraph()
		build(g)
		got := g.execute(t, o, &Executor{}, &rejectLog{})
		if got.err == nil {
			for _, v := range got.ledger.Check() {
				t.Errorf("options %+v: %v", o, v)
			}
		}
		for name, s := range g.sinks {
			want := "committed"
			if got.err != nil {
				want = "aborted"
			}
			if s.state != want {
				t.Errorf("options %+v: sink %s is %s, want %s", o, name, s.state, want)
			}
		}
		if i == 0 {
			first = got
			continue
		}
		compareOutcomes(t, o, first, got)
	}
	return first
}

func compareOutcomes(t *testing.T, o plan.Options, want, got outcome) {
	t.Helper()
	if w, g := fmt.Sprint(want.err), fmt.Sprint(got.err); w != g {
		t.Errorf("options %+v: error %s, want %s", o, g, w)
	}
	for _, name := range slices.Sorted(maps.Keys(want.lines)) {
		if !slices.Equal(want.lines[name], got.lines[name]) {
			t.Errorf("options %+v: %s holds\n%s\nwant\n%s", o, name, strings.Join(got.lines[name], "\n"), strings.Join(want.lines[name], "\n"))
		}
	}
	if want.err == nil && !slices.Equal(want.rejects, got.rejects) {
		t.Errorf("options %+v: rejects %q, want %q", o, got.rejects, want.rejects)
	}
}
