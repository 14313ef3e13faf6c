package luabind_test

import (
	"context"
	"fmt"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/luabind"
)

// A loader makes job definitions of scripts, with the components of a registry.
func ExampleLoader_Load() {
	type limit struct {
		component.Common
		N int64 `arg:"n" required:"true" doc:"number of rows"`
	}
	var registry component.Registry
	for _, s := range []*component.Spec{
		{Name: "numbers", Kind: component.Source, Options: &component.Common{}, Build: component.Build(func(*component.Common) (op.Operator, diag.List) {
			return &op.Scan{}, nil
		})},
		{Name: "limit", Kind: component.Transform, Options: &limit{}, Build: component.Build(func(o *limit) (op.Operator, diag.List) {
			return &op.Limit{N: o.N}, nil
		})},
	} {
		if err := registry.Register(s); err != nil {
			fmt.Println(err)
			return
		}
	}
	loader, err := luabind.NewLoader(luabind.Config{Registry: &registry})
	if err != nil {
		fmt.Println(err)
		return
	}
	script, err := loader.Load(context.Background(), "few.lua", `local etl = require "etl"
etl.numbers():limit(3)
return etl.job { name = "few" }
`, "")
	if err != nil {
		fmt.Println(err)
		return
	}
	for _, n := range script.Jobs[0].Nodes {
		fmt.Println(n.Name, n.Pos)
	}
	_, err = loader.Load(context.Background(), "many.lua", `return require("etl").nubmers()`, "")
	fmt.Println(err)
	// Output:
	// numbers@2 few.lua:2:5
	// limit@2 few.lua:2:15
	// many.lua:1:23: etl has no "nubmers"
}
