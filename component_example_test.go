package etlscript_test

import (
	"context"
	"fmt"

	"github.com/etlscript/etlscript"
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// keepOptions are those of the component below: its argument is where the rows go.
type keepOptions struct {
	component.Common
	Under op.Name `arg:"under" required:"true" doc:"the name under which the rows are kept"`
}

// shelf keeps rows in memory, for whoever runs the job.
type shelf struct{ rows map[string][]string }

// spec declares stream:keep("name").
func (s *shelf) spec() *etlscript.Component {
	return &etlscript.Component{
		Name: "keep", Kind: component.Sink, Summary: "Keeps rows in memory", Options: &keepOptions{},
		Guarantee: "rows are there when the run completed",
		Build: component.Build(func(o *keepOptions) (op.Operator, diag.List) {
			return &op.Write{Sink: &keeper{shelf: s, under: o.Under}}, nil
		}),
	}
}

// keeper is one call of keep.
type keeper struct {
	shelf *shelf
	under op.Name
}

func (k *keeper) Target() op.Name                { return k.under }
func (k *keeper) Check(*record.Schema) diag.List { return nil }
func (k *keeper) Open(context.Context, op.Env, *record.Schema, op.WriteOptions) (op.Writer, error) {
	return &keeping{keeper: k}, nil
}

// keeping is an output that nobody sees before Commit.
type keeping struct {
	*keeper
	rows []string
}

func (k *keeping) Write(_ context.Context, b *record.Batch) (int, error) {
	for i := range b.Len() {
		line := ""
		for c, column := range b.Columns {
			line += fmt.Sprintf("%s=%s ", b.Schema.Field(c).Name, column.AppendText(nil, i))
		}
		k.rows = append(k.rows, line)
	}
	return b.Len(), nil
}
func (k *keeping) Flush(context.Context) error { return nil }
func (k *keeping) Commit() error               { k.shelf.rows[k.under.Text] = k.rows; return nil }
func (k *keeping) Abort() error                { return nil }

// A component of the program's own.
func ExampleConfig_components() {
	dir, remove := runs()
	defer remove()
	kept := &shelf{rows: map[string][]string{}}
	host, err := etlscript.New(etlscript.Config{RunsDir: dir, Components: []*etlscript.Component{kept.spec()}})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	script, err := host.LoadString(ctx, "job.lua", `
local etl = require "etl"
etl.rows({ { a = 1, b = "x" }, { a = 2, b = "y" } }):keep("mine")
return etl.job { name = "kept" }
`, etlscript.LoadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = host.Run(ctx, script.Jobs[0])
	fmt.Println(kept.rows["mine"], err)
	// Output:
	// [a=1 b=x  a=2 b=y ] <nil>
}
