// Package luatest is a test kit for what is written in Lua: Run runs tests that are
// written in Lua themselves, and Funcs makes functions over rows for tests in Go. Only tests
// import it.
package luatest

import (
	"embed"
	"errors"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/luabind"
)

// Config is what the scripts under test may use. The zero Config is the language and its
// module "etl" without components.
type Config = luabind.Config

// name is that of the kit's library: require "luatest.cases".
const name = "luatest"

//go:embed cases.lua
var files embed.FS

// Run runs the test scripts that match a glob. Such a script does
//
//	local test = require "luatest.cases"
//	test.case("adds up", function()
//	  test.equal(1 + 1, 2)
//	  test.raises("no number", clean.number, "x")
//	end)
//
// and each of its cases is a subtest. A script requires others from the folder around its
// own, or the given one.
func Run(t *testing.T, c Config, glob string) {
	t.Helper()
	paths, err := filepath.Glob(glob)
	if err != nil {
		t.Fatal(err)
	}
	if len(paths) == 0 {
		t.Fatalf("no test script matches %s", glob)
	}
	for _, path := range paths {
		t.Run(filepath.Base(path), func(t *testing.T) {
			t.Parallel()
			runFile(t, c, path)
		})
	}
}

// outcome is what became of a case.
type outcome struct{ name, problem string }

func runFile(t *testing.T, c Config, path string) {
	t.Helper()
	cases, err := run(t, c, path)
	if err != nil {
		t.Fatal(err)
	}
	for _, x := range cases {
		t.Run(x.name, func(t *testing.T) {
			if x.problem != "" {
				t.Error(x.problem)
			}
		})
	}
	if len(cases) == 0 {
		t.Errorf("%s has no case: write test.case(\"name\", function() ... end)", path)
	}
}

// run runs a test script, and returns what became of its cases. The error says why it
// ended before its end.
func run(t testing.TB, c Config, path string) (cases []outcome, err error) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	c.Libraries = maps.Clone(c.Libraries)
	if c.Libraries == nil {
		c.Libraries = map[string]fs.FS{}
	}
	c.Libraries[name] = files
	c.Modules = maps.Clone(c.Modules)
	if c.Modules == nil {
		c.Modules = map[string]luabind.Module{}
	}
	c.Modules["luatest_report"] = luabind.Module{"case": func(name, problem string) {
		cases = append(cases, outcome{name, problem})
	}}
	session := loader(t, c).NewSession("")
	answer, err := session.Open(t.Context(), path, string(text))
	if err != nil {
		return cases, errors.New(printed(err, answer.Sources))
	}
	return cases, nil
}

func loader(t testing.TB, c Config) *luabind.Loader {
	t.Helper()
	if c.Registry == nil {
		c.Registry = &component.Registry{}
	}
	l, err := luabind.NewLoader(c)
	if err != nil {
		t.Fatal(err)
	}
	return l
}

// Funcs makes functions over rows of expressions that give functions, separated by commas:
// `function(row) return row.n > 1 end`. Several work on one state, as those of a transform.
func Funcs(t testing.TB, expressions string) []expr.Func {
	t.Helper()
	out, texts, err := loader(t, Config{}).NewSession("").Funcs(t.Context(), expressions)
	if err != nil {
		t.Fatal(printed(err, texts))
	}
	return out
}

func printed(err error, texts diag.Texts) string {
	var b strings.Builder
	// A strings.Builder takes all that is written.
	_ = diag.Print(&b, diag.ListOf(err), texts)
	return b.String()
}
