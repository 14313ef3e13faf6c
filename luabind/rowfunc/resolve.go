package rowfunc

import (
	"slices"

	lua "github.com/yuin/gopher-lua"
	"github.com/yuin/gopher-lua/ast"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// valueColumn is the name of the column that a function gives in the role of a
// value.
const valueColumn = "value"

// Resolve implements expr.Func.
func (f *Func) Resolve(use expr.Use) (*record.Schema, diag.List) {
	r := newResolver(f.as(use.Role), use)
	r.partners()
	out := use.In
	switch use.Role {
	case expr.Filter:
		r.unchanged()
		r.filter()
	case expr.Value:
		r.unchanged()
		out = record.NewSchema(record.Field{Name: valueColumn, Type: r.value()})
	case expr.Map:
		out = r.mapped()
	case expr.FlatMap:
		r.unchanged()
		out = r.emitted()
	case expr.Produce:
		out = r.emitted()
	case expr.Consume:
		r.unchanged()
	}
	return out, r.problems
}

// newResolver checks what does not depend on the role.
func newResolver(f *Func, use expr.Use) *resolver {
	if use.In == nil {
		use.In = record.NewSchema()
	}
	rest := kNil
	if use.State != nil {
		rest = kAny
	}
	r := &resolver{f: f, use: use, inf: infer(f, use.In, rest)}
	r.globals()
	r.reads()
	r.mixes()
	return r
}

// resolver checks one use of a function.
type resolver struct {
	f        *Func
	use      expr.Use
	inf      *inference
	end      *resolver // of the function that emits behind the last row; nil: there is none
	problems diag.List
}

func (r *resolver) report(code diag.Code, pos diag.Pos, format string, args ...any) *diag.Diagnostic {
	d := diag.Errorf(code, pos, format, args...)
	return r.add(d)
}

func (r *resolver) add(d *diag.Diagnostic) *diag.Diagnostic {
	d.Component = r.use.Node
	r.problems = append(r.problems, d)
	return d
}

// globals reports globals that nobody declared.
func (r *resolver) globals() {
	home := r.f.env.Home
	for _, v := range r.f.scope.Outsiders(syntax.GlobalVar) {
		if home.L.G.Global.RawGetString(v.Name) != lua.LNil {
			continue
		}
		d := r.report("lua.global", r.firstUse(v), "there is no variable %q here", v.Name)
		d.Hint = home.GlobalHint(v.Name)
	}
}

// firstUse is where a variable stands first in the function.
func (r *resolver) firstUse(v *syntax.Variable) (first diag.Pos) {
	for id, use := range r.f.scope.Uses {
		at := r.f.chunk.Place(id)
		if use == v && (!first.IsValid() || at.Line < first.Line || at.Line == first.Line && at.Col < first.Col) {
			first = at
		}
	}
	return first
}

// reads reports fields that are read and are no columns. A field that the
// function itself adds may be read behind the place where it is assigned.
func (r *resolver) reads() {
	if r.use.In.Open() {
		return
	}
	var told []string
	for i, a := range r.f.row.uses {
		if a.write || r.use.In.Has(a.name) || r.declared(a.name) != nil || r.f.row.writtenBefore(i, a.name) || slices.Contains(told, a.name) {
			continue
		}
		told = append(told, a.name)
		r.add(op.UnknownColumn(r.use.In, op.Name{Text: a.name, Pos: r.f.place(a)}))
	}
}

// unchanged reports assignments where the row cannot be changed.
func (r *resolver) unchanged() {
	for _, a := range r.f.row.uses {
		if a.write {
			r.report("row.assigned", r.f.place(a), "this function cannot change the row").
				WithHint("use a local variable; a :map(...) before it can add the column %q", a.name)
			return
		}
	}
}

// mixes reports calculations with decimals and floats.
func (r *resolver) mixes() {
	for _, d := range r.inf.mixes() {
		r.add(d)
	}
}

func (r *resolver) filter() {
	if !r.f.row.returnsValue() {
		r.report("filter.no_return", r.f.pos, "the function of the filter returns nothing, so that no row would be kept").
			WithHint("return true for the rows to keep: return row.x ~= nil")
		return
	}
	for _, st := range r.f.row.returns {
		if k := r.inf.returned[st]; k.known() && !k.has(kBool) && k&^kNil != 0 {
			r.report("filter.result", r.returnPos(st), "the function of the filter returns %s, not true or false", k).
				WithHint("return a comparison, as in: return row.x ~= nil")
		}
	}
}

func (r *resolver) returnPos(st *ast.ReturnStmt) diag.Pos { return r.f.wordPos("return", st.Line()) }

func (r *resolver) value() record.Type {
	if !r.f.row.returnsValue() {
		r.report("value.no_return", r.f.pos, "the function returns nothing, but its value is wanted").
			WithHint("return the value: return row.x * 2")
		return record.Of(record.Any)
	}
	for _, st := range r.f.row.returns {
		if k := r.inf.returned[st]; noColumnHolds(k) {
			r.report("value.result", r.returnPos(st), "the function returns %s, which no column holds", k)
		}
	}
	return r.inf.results().column()
}

// noColumnHolds reports whether a value certainly is a function.
func noColumnHolds(k kinds) bool { return k.only(kFunction) }

func (r *resolver) mapped() *record.Schema {
	if r.f.builds(r.use) {
		r.mixed()
		return r.built()
	}
	r.keptReturns()
	return r.changed()
}

// constructor is the table that a return builds on the spot, if it does.
func constructor(st *ast.ReturnStmt) *ast.TableExpr {
	if len(st.Exprs) != 1 {
		return nil
	}
	t, _ := st.Exprs[0].(*ast.TableExpr)
	return t
}

// firstConstructor is the first return that builds a row, nil if none does.
func (w *written) firstConstructor() *ast.ReturnStmt {
	i := slices.IndexFunc(w.returns, func(st *ast.ReturnStmt) bool { return constructor(st) != nil })
	if i < 0 {
		return nil
	}
	return w.returns[i]
}

// builds reports whether the function of a map returns new rows, instead of
// changing the row that it is given.
func (f *Func) builds(use expr.Use) bool {
	return len(use.Returns) > 0 || f.row.firstConstructor() != nil
}

// mixed reports the ways on which a function that builds rows keeps the old one.
func (r *resolver) mixed() {
	for _, a := range r.f.row.uses {
		if a.write {
			r.mix(r.f.place(a), "the function changes the row that it was given, and also returns new ones")
			break
		}
	}
	for _, st := range r.f.row.returns {
		if r.keeps(st) {
			r.mix(r.returnPos(st), "the function returns new rows, but here it keeps the one that it was given")
		}
	}
	if r.inf.ends {
		r.mix(r.f.pos, "the function returns new rows, but may also end without a return")
	}
}

func (r *resolver) mix(pos diag.Pos, text string) {
	d := r.report("map.mixed", pos, "%s", text).
		WithHint("either assign to the row's fields and return nothing, or return a new table on every way; rows are dropped by :filter(...)")
	if first := r.f.row.firstConstructor(); first != nil {
		d.WithNote(r.returnPos(first), "a new row")
	}
}

// keeps reports whether a return gives nothing, nil or the row.
func (r *resolver) keeps(st *ast.ReturnStmt) bool {
	if len(st.Exprs) == 0 {
		return true
	}
	_, isNil := st.Exprs[0].(*ast.NilExpr)
	return isNil || len(st.Exprs) == 1 && r.f.row.isRow(r.f.scope, st.Exprs[0])
}

// built is the schema of the rows that the function returns.
func (r *resolver) built() *record.Schema {
	var made []builtRow
	for _, st := range r.f.row.returns {
		if t := constructor(st); t != nil {
			made = append(made, builtRow{t, r})
		} else if len(r.use.Returns) == 0 && !r.keeps(st) {
			r.unknownTable(r.returnPos(st))
		}
	}
	return r.constructed(made)
}

// constructed is the schema of rows that the function makes: the declared one, else
// the constant keys of these constructors.
func (r *resolver) constructed(made []builtRow) *record.Schema {
	if len(r.use.Returns) > 0 {
		r.eachField(made, r.checkReturned)
		return record.NewSchema(slices.Clone(r.use.Returns)...)
	}
	var order []string
	as := map[string]kinds{}
	r.eachField(made, func(name string, value kinds, pos diag.Pos) {
		if _, known := as[name]; !known {
			order = append(order, name)
		}
		as[name] |= value
		r.checkValue(name, r.declared(name), value, pos)
	})
	return r.fields(record.NewSchema(), order, func(name string) kinds { return as[name] })
}

// builtRow is a constructor of a row, in the function that a resolver looks at.
type builtRow struct {
	table *ast.TableExpr
	in    *resolver
}

// eachField calls f for each field of constructors.
func (r *resolver) eachField(made []builtRow, f func(name string, value kinds, pos diag.Pos)) {
	for _, m := range made {
		for _, field := range m.table.Fields {
			if key, ok := field.Key.(*ast.StringExpr); ok {
				f(key.Value, m.in.inf.built[field.Value], m.in.f.keyPos(key.Value, key.Line()))
			} else if len(r.use.Returns) == 0 {
				r.unknownTable(diag.Pos{File: m.in.f.chunk.Name, Line: field.Value.Line()})
				break
			}
		}
	}
}

func (r *resolver) unknownTable(pos diag.Pos) {
	if r.made() == "emitted" {
		r.unknownEmitted(pos)
		return
	}
	r.report("map.returns", pos, "the columns of the returned table are not known").
		WithHint(`write its fields in the return, as in return { id = row.id }, or declare them: :map(fn, { returns = { id = "int" } })`)
}

// checkReturned checks a field of a returned constructor against the declared
// columns.
func (r *resolver) checkReturned(name string, value kinds, pos diag.Pos) {
	i := slices.IndexFunc(r.use.Returns, func(f record.Field) bool { return f.Name == name })
	if i < 0 {
		d := r.report("map.field", pos, "the field %q is not among the declared columns of the %s rows", name, r.made())
		d.Hint = diag.DidYouMean(name, fieldNames(r.use.Returns))
		return
	}
	r.checkValue(name, &r.use.Returns[i].Type, value, pos)
}

// made is how the function gives the rows that it makes.
func (r *resolver) made() string {
	if r.use.Role == expr.FlatMap || r.use.Role == expr.Produce {
		return "emitted"
	}
	return "returned"
}

func fieldNames(fields []record.Field) []string {
	out := make([]string, len(fields))
	for i, f := range fields {
		out[i] = f.Name
	}
	return out
}

// keptReturns reports returns of a function that keeps its row which are
// neither the row nor nil.
func (r *resolver) keptReturns() {
	for _, st := range r.f.row.returns {
		k := r.inf.returned[st]
		switch {
		case r.keeps(st) || !k.known():
		case k == kTable:
			r.unknownTable(r.returnPos(st))
		case !k.has(kTable) && k&^kNil != 0:
			r.report("map.result", r.returnPos(st), "the function of the map returns %s, not a row", k).
				WithHint("assign to a field of the row, as in row.x = ..., and return nothing")
		}
	}
}

// changed is the schema of rows changed in place: the input's columns, then
// new ones in the order in which the text first mentions them.
func (r *resolver) changed() *record.Schema {
	for _, e := range r.inf.order {
		name := e.Key.(*ast.StringExpr).Value
		r.checkValue(name, r.target(name), r.inf.assigned[e], r.f.place(access{name: name, line: e.Key.Line(), write: true}))
	}
	order := r.f.row.names(true)
	for _, f := range r.use.Adds {
		if !slices.Contains(order, f.Name) {
			order = append(order, f.Name)
		}
	}
	return r.fields(r.use.In, order, r.inf.writtenAs)
}

// target is the type of the column that an assignment goes to; nil when the
// assignments themselves decide it.
func (r *resolver) target(name string) *record.Type {
	if t := r.declared(name); t != nil {
		return t
	}
	if i := r.use.In.Index(name); i >= 0 {
		t := r.use.In.Field(i).Type
		return &t
	}
	return nil
}

func (r *resolver) declared(name string) *record.Type {
	for i, f := range r.use.Adds {
		if f.Name == name {
			return &r.use.Adds[i].Type
		}
	}
	return nil
}

// fields is a schema with columns of these names, whose types are the declared
// ones, the ones that they have, or those of their values.
func (r *resolver) fields(base *record.Schema, order []string, as func(string) kinds) *record.Schema {
	var added []record.Field
	for _, name := range order {
		switch declared := r.declared(name); {
		case declared != nil:
			added = append(added, record.Field{Name: name, Type: *declared})
		case base.Has(name):
		case base.Open(): // it may be a column of any type
			added = append(added, record.Field{Name: name, Type: record.Of(record.Any)})
		default:
			added = append(added, record.Field{Name: name, Type: as(name).column()})
		}
	}
	return base.With(added...)
}

// checkValue reports a value that a column cannot take.
func (r *resolver) checkValue(name string, t *record.Type, k kinds, pos diag.Pos) {
	switch {
	case noColumnHolds(k):
		r.report("column.type", pos, "the column %q cannot hold %s", name, k)
	case t == nil || !k.known() || k&^kNil == 0:
	case (t.Kind == record.Int || t.Kind == record.Uint) && k.has(kFloat):
		r.report("lua.float_to_int", pos, "a float is assigned to the %s column %q", t, name).
			WithHint("round it with math.floor(...), or make the column a float: %s = { %s = \"float\" }", r.declares(), name)
	case k&^kNil&fits(*t) == 0:
		r.report("column.type", pos, "%s is assigned to the %s column %q", k, t, name).
			WithHint("convert it with %s, or declare another type: %s = { %s = \"...\" }", conversion(t.Kind), r.declares(), name)
	}
}

// declares is the option that declares the columns that the function makes.
func (r *resolver) declares() string {
	if len(r.use.Returns) > 0 || r.made() == "emitted" {
		return "returns"
	}
	return "adds"
}

// conversion names what makes values of a kind.
func conversion(k record.Kind) string {
	if convertible(k) {
		return "etl." + k.String() + "(...)"
	}
	return "tostring(...) or tonumber(...)"
}
