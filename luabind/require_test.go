package luabind

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/etlscript/etlscript/engine/diag"
)

func TestRequireReadsFilesOnly(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	if err := os.Mkdir(filepath.Join(dir, "folder.lua"), 0o755); err != nil {
		t.Fatal(err)
	}
	large, err := os.Create(filepath.Join(dir, "large.lua"))
	if err != nil {
		t.Fatal(err)
	}
	if err := large.Truncate(maxFile + 1); err != nil {
		t.Fatal(err)
	}
	if err := large.Close(); err != nil {
		t.Fatal(err)
	}
	loader, err := NewLoader(Config{Registry: testRegistry(t)})
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"folder": "job.lua:1:9: folder.lua cannot be read: it is no file",
		"large":  "job.lua:1:9: large.lua cannot be read: it has 16777217 bytes",
	} {
		_, err := loader.Load(t.Context(), "job.lua", `require "`+name+`"`, dir)
		if got := diag.ListOf(err)[0].Error(); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}
