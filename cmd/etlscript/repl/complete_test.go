package repl

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/luabind"
	"github.com/etlscript/etlscript/stdlib"
)

func TestComplete(t *testing.T) {
	t.Parallel()
	registry := &component.Registry{}
	if err := stdlib.Register(registry); err != nil {
		t.Fatal(err)
	}
	loader, err := luabind.NewLoader(luabind.Config{Registry: registry})
	if err != nil {
		t.Fatal(err)
	}
	s := &Session{config: Config{Registry: registry, Loader: loader}, script: loader.NewSession("")}
	if _, err := s.script.Eval(t.Context(), `local etl = require "etl" local orders, ordinary = 1, 2`); err != nil {
		t.Fatal(err)
	}
	for line, want := range map[string][]string{
		"orde":                       {"orders"},
		"x = ord":                    {"x = orders", "x = ordinary"},
		":re":                        {":rejects"},
		"etl.read_c":                 {"etl.read_csv"},
		"etl.json.enc":               {"etl.json.encode"},
		"orders:sel":                 {"orders:select"},
		"orders:rej":                 {"orders:rejects"},
		":doc write_j":               {":doc write_json"},
		"etl.read_csv { file_c":      {"etl.read_csv { file_column"},
		"etl.read_csv { path = 'a',": nil,
		"a = { } ord":                {"a = { } orders", "a = { } ordinary"},
		"zzz":                        nil,
	} {
		got := s.complete(line)
		if line == "etl.read_csv { path = 'a'," {
			got = nil // all options
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s: -want +got:\n%s", line, diff)
		}
	}
}
