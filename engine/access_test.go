package engine

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/etlscript/etlscript/engine/job"
)

// What links mean is found out when a file is opened.
func TestAccess(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	at := func(name string) string { return filepath.Join(dir, filepath.FromSlash(name)) }
	for _, folder := range []string{"in/deep", "secret"} {
		if err := os.MkdirAll(at(folder), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"in/a.csv", "secret/key"} {
		if err := os.WriteFile(at(file), []byte("x"), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"in/out": "../secret", "in/key": "../secret/key", "in/same": "a.csv", "in/new": "../secret/new", "in/circle": "circle",
		"in/hop": "new", "allowed": "in", "in/back": "../secret/../in/a.csv",
	} {
		if err := os.Symlink(filepath.FromSlash(to), at(link)); err != nil {
			t.Fatal(err)
		}
	}
	a := access{&job.Policy{Read: []string{at("in")}, Write: []string{at("allowed")}}}
	for name, want := range map[string]bool{
		"in/a.csv": true, "in/deep/none/yet.csv": true, "in/same": true, "in/back": true, "in": true, "allowed/a.csv": true,
		"secret/key": false, "in/key": false, "in/out/key": false, "in/out/none": false, "in/new": false, "in/hop": false,
		"in/circle": false, "in/../secret/key": false, "inside.csv": false, "in/a.csv/none": false,
	} {
		if got := a.MayRead(at(name)); got != want {
			t.Errorf("read %s: %v", name, got)
		}
		if got := a.MayWrite(at(name)); got != want {
			t.Errorf("write %s: %v", name, got)
		}
	}
	if (access{&job.Policy{}}).MayRead(at("in/a.csv")) {
		t.Error("a policy that allows nothing allows a file")
	}
}
