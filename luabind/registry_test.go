package luabind

import (
	"testing"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
)

// testRegistry has components with the options of the real ones, as far as
// scripts of these tests use them. They build operators that nobody runs.
func testRegistry(t testing.TB) *component.Registry {
	t.Helper()
	r := &component.Registry{}
	for _, s := range []*component.Spec{
		readCSVSpec(), rowsSpec(), filterSpec(), mapSpec(), selectSpec(), renameSpec(), limitSpec(), joinSpec(), unionSpec(),
		aggregateSpec(), sortSpec(), writeSpec("write_csv"), writeSpec("write_json"),
	} {
		if err := r.Register(s); err != nil {
			t.Fatal(err)
		}
	}
	return r
}

type readCSVOptions struct {
	component.Common
	Path    op.Name    `opt:"path" required:"true" doc:"the file"`
	Null    []string   `opt:"null" doc:"words that mean NULL"`
	Types   []op.Field `opt:"types" doc:"types of columns"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a bad row"`
}

func readCSVSpec() *component.Spec {
	return &component.Spec{
		Name: "read_csv", Kind: component.Source, Options: &readCSVOptions{},
		Build: component.Build(func(o *readCSVOptions) (op.Operator, diag.List) { return &op.Scan{OnError: o.OnError}, nil }),
	}
}

type rowsOptions struct {
	component.Common
	Rows []component.Value `arg:"rows" required:"true" doc:"the rows"`
}

func rowsSpec() *component.Spec {
	return &component.Spec{
		Name: "rows", Kind: component.Source, Options: &rowsOptions{},
		Build: component.Build(func(*rowsOptions) (op.Operator, diag.List) { return &op.Scan{}, nil }),
	}
}

type filterOptions struct {
	component.Common
	Func    expr.Func  `arg:"fn" required:"true" doc:"the function"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a bad row"`
}

func filterSpec() *component.Spec {
	return &component.Spec{
		Name: "filter", Kind: component.Transform, Options: &filterOptions{OnError: op.Fail},
		Build: component.Build(func(o *filterOptions) (op.Operator, diag.List) {
			return &op.Filter{Func: o.Func, OnError: o.OnError}, nil
		}),
	}
}

type mapOptions struct {
	component.Common
	Func    expr.Func  `arg:"fn" required:"true" doc:"the function"`
	Adds    []op.Field `opt:"adds" doc:"types of new columns"`
	OnError op.OnError `opt:"on_error" enum:"fail,reject,null" doc:"what becomes of a bad row"`
}

func mapSpec() *component.Spec {
	return &component.Spec{
		Name: "map", Kind: component.Transform, Options: &mapOptions{OnError: op.Fail},
		Build: component.Build(func(o *mapOptions) (op.Operator, diag.List) {
			return &op.Map{Func: o.Func, Adds: o.Adds, OnError: o.OnError}, nil
		}),
	}
}

type selectOptions struct {
	component.Common
	Columns []op.Name `list:"columns" required:"true" doc:"the columns"`
}

func selectSpec() *component.Spec {
	return &component.Spec{
		Name: "select", Kind: component.Transform, Options: &selectOptions{},
		Build: component.Build(func(o *selectOptions) (op.Operator, diag.List) {
			return &op.Project{Mode: op.Keep, Columns: o.Columns}, nil
		}),
	}
}

type renameOptions struct {
	component.Common
	Names component.Value `arg:"names" required:"true" doc:"old = new"`
}

func renameSpec() *component.Spec {
	return &component.Spec{
		Name: "rename", Kind: component.Transform, Options: &renameOptions{},
		Build: component.Build(func(o *renameOptions) (op.Operator, diag.List) {
			p := &op.Project{Mode: op.Rename}
			for _, e := range o.Names.X.(*component.Table).Entries {
				p.Columns = append(p.Columns, e.Key)
				p.To = append(p.To, e.Value.X.(string))
			}
			return p, nil
		}),
	}
}

type limitOptions struct {
	component.Common
	N int64 `arg:"n" required:"true" doc:"number of rows"`
}

func limitSpec() *component.Spec {
	return &component.Spec{
		Name: "limit", Kind: component.Transform, Options: &limitOptions{},
		Build: component.Build(func(o *limitOptions) (op.Operator, diag.List) { return &op.Limit{N: o.N}, nil }),
	}
}

type joinOptions struct {
	component.Common
	On  []op.Name   `opt:"on" required:"true" doc:"key columns"`
	How op.JoinKind `opt:"how" enum:"inner,left,right,full,semi,anti" doc:"which rows come out"`
}

func joinSpec() *component.Spec {
	return &component.Spec{
		Name: "join", Kind: component.Transform, Streams: component.OneStream, Options: &joinOptions{How: op.Inner},
		Build: component.Build(func(o *joinOptions) (op.Operator, diag.List) {
			return &op.Join{Left: o.On, Right: o.On, How: o.How}, nil
		}),
	}
}

type unionOptions struct {
	component.Common
	Fill bool `opt:"fill" doc:"missing columns are NULL"`
}

func unionSpec() *component.Spec {
	return &component.Spec{
		Name: "union", Kind: component.Transform, Streams: component.Streams, Options: &unionOptions{},
		Build: component.Build(func(o *unionOptions) (op.Operator, diag.List) { return &op.Union{Fill: o.Fill}, nil }),
	}
}

type aggregateOptions struct {
	component.Common
	By      []op.Name         `opt:"by" doc:"group columns"`
	Columns []component.Entry `rest:"columns" required:"true" doc:"the new columns"`
}

func aggregateSpec() *component.Spec {
	return &component.Spec{
		Name: "aggregate", Kind: component.Transform, Options: &aggregateOptions{},
		Build: component.Build(func(o *aggregateOptions) (op.Operator, diag.List) {
			a := &op.Aggregate{By: o.By}
			for _, e := range o.Columns {
				x := e.Value.X.(*component.Aggregate)
				a.Columns = append(a.Columns, op.AggregateColumn{Name: e.Key, Kind: x.Kind, Input: x.Input, Func: x.Func})
			}
			return a, nil
		}),
	}
}

type sortOptions struct {
	component.Common
	Keys []component.Value `list:"keys" required:"true" doc:"the columns to sort by"`
}

func sortSpec() *component.Spec {
	return &component.Spec{
		Name: "sort", Kind: component.Transform, Options: &sortOptions{},
		Build: component.Build(func(*sortOptions) (op.Operator, diag.List) { return &op.Sort{}, nil }),
	}
}

type writeOptions struct {
	component.Common
	Path     op.Name    `opt:"path" required:"true" doc:"the file"`
	IfExists string     `opt:"if_exists" enum:"replace,fail,append" doc:"what to do with an old file"`
	OnError  op.OnError `opt:"on_error" enum:"fail,reject" doc:"what becomes of a bad row"`
}

func writeSpec(name string) *component.Spec {
	return &component.Spec{
		Name: name, Kind: component.Sink, Options: &writeOptions{},
		Build: component.Build(func(o *writeOptions) (op.Operator, diag.List) { return &op.Write{OnError: o.OnError}, nil }),
	}
}
