package files

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"testing"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

func TestAFileThatBecomesShorterIsAnError(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "in.csv")
	if err := os.WriteFile(path, make([]byte, 1000), 0o644); err != nil {
		t.Fatal(err)
	}
	in, err := File{Name: "in.csv", Path: path}.Open(op.Env{})
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	if err := os.Truncate(path, 10); err != nil {
		t.Fatal(err)
	}
	data, err := io.ReadAll(in)
	var d *diag.Diagnostic
	if !errors.As(err, &d) || d.Code != "file.changed" || len(data) != 10 {
		t.Errorf("read %d bytes, %v", len(data), err)
	}
}
