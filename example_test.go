package etlscript_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"testing/fstest"

	"github.com/etlscript/etlscript"
)

// runs is a folder for the run directories of an example.
func runs() (dir string, remove func()) {
	dir, err := os.MkdirTemp("", "etlscript")
	if err != nil {
		panic(err)
	}
	return dir, func() { _ = os.RemoveAll(dir) }
}

// A job from a string.
func Example() {
	dir, remove := runs()
	defer remove()
	host, err := etlscript.New(etlscript.Config{RunsDir: dir, Stdout: os.Stdout})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	script, err := host.LoadString(ctx, "job.lua", `
local etl = require "etl"
etl.rows({ { item = "tea", qty = 3 }, { item = "jam", qty = 0 } })
  :filter(function(row) return row.qty > 0 end)
  :write_csv { path = "-" }
return etl.job { name = "stock" }
`, etlscript.LoadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	result, err := host.Run(ctx, script.Job("stock"))
	fmt.Println(result.State, result.Outputs[0].Rows, err)
	// Output:
	// item,qty
	// tea,3
	// COMPLETED 1 <nil>
}

// Scripts that are part of the program, with parameters.
func ExampleHost_LoadFS() {
	dir, remove := runs()
	defer remove()
	scripts := fstest.MapFS{ // or an embed.FS
		"jobs/greet.lua": {Data: []byte(`
local etl = require "etl"
local polite = require "polite"
local name = etl.param("name", { type = "string" })
etl.rows({ { text = polite(name) } }):write_json { path = "-", format = "lines" }
return etl.job { name = "greet" }
`)},
		"jobs/polite.lua": {Data: []byte(`return function(name) return "Dear " .. name end`)},
	}
	host, err := etlscript.New(etlscript.Config{RunsDir: dir, Stdout: os.Stdout})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	script, err := host.LoadFS(ctx, scripts, "jobs/greet.lua", etlscript.LoadOptions{Params: map[string]string{"name": "Ada"}})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = host.Run(ctx, script.Jobs[0])
	fmt.Println(err)
	_, err = host.LoadFS(ctx, scripts, "jobs/greet.lua", etlscript.LoadOptions{})
	fmt.Println(err)
	// Output:
	// {"text":"Dear Ada"}
	// <nil>
	// jobs/greet.lua:4:18: the parameter "name" is not given and has no default
}

// stock is an object that scripts see: its fields in snake_case, and its methods.
type stock struct {
	LastID int64
	Secret string `etl:"-"`
}

var errEmpty = errors.New("nothing is left")

// Take raises its error in the script.
func (s *stock) Take(n int) (int64, error) {
	if n > 2 {
		return 0, errEmpty
	}
	s.LastID += int64(n)
	return s.LastID, nil
}

// Go functions and objects for scripts.
func ExampleModule() {
	dir, remove := runs()
	defer remove()
	shop := etlscript.Module{
		"stock": &stock{LastID: 9007199254740993},
		"tax":   func(net int64) int64 { return net + net/5 },
	}
	host, err := etlscript.New(etlscript.Config{RunsDir: dir, Stdout: os.Stdout, Modules: map[string]etlscript.Module{"shop": shop}})
	if err != nil {
		fmt.Println(err)
		return
	}
	ctx := context.Background()
	script, err := host.LoadString(ctx, "job.lua", `
local etl = require "etl"
local shop = require "shop"
local id = shop.stock:take(1)
etl.rows({ { net = 100 } })
  :map(function(row) row.id = id row.gross = shop.tax(row.net) end, { adds = { id = "int", gross = "int" } })
  :write_csv { path = "-" }
return etl.job { name = "sale" }
`, etlscript.LoadOptions{})
	if err != nil {
		fmt.Println(err)
		return
	}
	_, err = host.Run(ctx, script.Jobs[0])
	fmt.Println(err)
	_, err = host.LoadString(ctx, "job.lua", `require "shop".stock:take(3)`, etlscript.LoadOptions{})
	fmt.Println(err, errors.Is(err, errEmpty))
	// Output:
	// net,id,gross
	// 100,9007199254740994,120
	// <nil>
	// job.lua:1:22: nothing is left true
}
