package luabind

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/job"
)

const metadataScript = `local etl = require "etl"
local rules = require "lib.rules"
etl.param("day", { type = "date", default = "2024-01-31" })
etl.param("n", { type = "int", default = 5 })
etl.param("none", { required = false })
local key = etl.param("key", { secret = true, default = "unset" })
assert(key == "hunter2" or key == "unset")
etl.read_csv { path = key .. ".csv" }:write_csv { path = "o" }
return etl.job { name = "x", on_success = etl.script "hook.lua" }
`

// metadataFolder is a folder with the script and what it loads.
func metadataFolder(t *testing.T, rules string) string {
	t.Helper()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"job.lua": metadataScript, "lib/rules.lua": rules, "hook.lua": "return function() end", "other.lua": "not read",
	} {
		if err := os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func metadata(t *testing.T, load func(l *Loader) (*Script, error)) *job.Definition {
	t.Helper()
	loader, err := NewLoader(Config{Registry: testRegistry(t), Params: map[string]string{"key": "hunter2", "n": "7"}})
	if err != nil {
		t.Fatal(err)
	}
	script, err := load(loader)
	if err != nil {
		t.Fatal(printed(t, script, err))
	}
	return script.Jobs[0]
}

func TestMetadata(t *testing.T) {
	t.Parallel()
	dir := metadataFolder(t, "return 1")
	path := filepath.Join(dir, "job.lua")
	fromFile := metadata(t, func(l *Loader) (*Script, error) { return l.LoadFile(t.Context(), path) })
	fromText := metadata(t, func(l *Loader) (*Script, error) { return l.Load(t.Context(), "job.lua", metadataScript, dir) })
	fsys := fstest.MapFS{
		"jobs/job.lua": {Data: []byte(metadataScript)}, "jobs/lib/rules.lua": {Data: []byte("return 1")}, "jobs/hook.lua": {Data: []byte("return function() end")},
	}
	fromFS := metadata(t, func(l *Loader) (*Script, error) { return l.LoadFS(t.Context(), fsys, "jobs/job.lua", "") })
	if fromFile.Script != path || fromText.Script != "" || fromFS.Script != "jobs/job.lua" {
		t.Errorf("scripts are %q, %q, %q", fromFile.Script, fromText.Script, fromFS.Script)
	}
	if len(fromFile.Hash) != 64 || fromFile.Hash != fromText.Hash || fromFile.Hash != fromFS.Hash {
		t.Errorf("hashes are %s, %s, %s", fromFile.Hash, fromText.Hash, fromFS.Hash)
	}
	params := map[string]string{"day": "2024-01-31", "n": "7", "none": "", "key": "***"}
	for _, d := range []*job.Definition{fromFile, fromText, fromFS} {
		if diff := cmp.Diff(params, d.Params); diff != "" {
			t.Error(diff)
		}
	}
	other := metadata(t, func(l *Loader) (*Script, error) {
		return l.LoadFile(t.Context(), filepath.Join(metadataFolder(t, "return 2"), "job.lua"))
	})
	if other.Hash == fromFile.Hash {
		t.Error("another required file gives the same hash")
	}
}

// The hash is part of what users store: it does not change from version to version.
func TestHashStays(t *testing.T) {
	t.Parallel()
	f := files{texts: map[string]string{"job.lua": "return 1", "lib/a.lua": "", "clean:text.lua": "x\n"}}
	if got := f.hash(); got != "8e2c30814f75e8b5c8d86deee94cf2739b5fe290bc11b72cb1e2cdf2f2d030cf" {
		t.Errorf("the hash is %s", got)
	}
}

func TestMetadataOfASession(t *testing.T) {
	t.Parallel()
	path := filepath.Join(metadataFolder(t, "return 1"), "job.lua")
	loader, err := NewLoader(Config{Registry: testRegistry(t)})
	if err != nil {
		t.Fatal(err)
	}
	session := loader.NewSession("")
	if answer, err := session.Open(t.Context(), path, metadataScript); err != nil {
		t.Fatal(answer, err)
	}
	script, err := session.Jobs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if d := script.Jobs[0]; d.Script != path || len(d.Hash) != 64 || d.Params["key"] != "***" {
		t.Errorf("got %q %q %v", d.Script, d.Hash, d.Params)
	}
	loaded, err := loader.LoadFile(t.Context(), path)
	if err != nil || loaded.Jobs[0].Hash != script.Jobs[0].Hash {
		t.Errorf("the session gives another hash: %v", err)
	}
}

// A secret of the wrong type is not shown.
func TestSecretsStaySecret(t *testing.T) {
	t.Parallel()
	loader, err := NewLoader(Config{Registry: testRegistry(t), Params: map[string]string{"pin": "hunter2"}})
	if err != nil {
		t.Fatal(err)
	}
	script, err := loader.Load(t.Context(), "job.lua", "local etl = require \"etl\"\netl.param(\"pin\", { type = \"int\", secret = true })\n", "")
	if err == nil {
		t.Fatal("it loads")
	}
	if text := printed(t, script, err); strings.Contains(text, "hunter2") || !strings.Contains(text, "***") {
		t.Error(text)
	}
}
