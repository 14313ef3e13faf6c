package files

import (
	"bytes"
	"io"

	"github.com/etlscript/etlscript/engine/diag"
)

// Replay lets standard input be read twice: what was read of it to know its
// columns is kept, and reading begins there. The zero Replay is ready for use.
type Replay struct {
	kept    bytes.Buffer
	reading bool // the second time
}

// Over gives the input, to look at it the first time, and to read it after
// Begin.
func (r *Replay) Over(in io.Reader) io.Reader {
	if r.reading {
		return io.MultiReader(&r.kept, in)
	}
	return io.TeeReader(in, &r.kept)
}

// Begin notes that f, if it is standard input, is read from its beginning,
// which it can be only once.
func (r *Replay) Begin(f File) error {
	switch {
	case !f.Stdin:
		return nil
	case r.reading:
		return diag.Errorf("file.stdin", f.Pos, "standard input can be read only once").
			WithHint("write it to a file first")
	}
	r.reading = true
	return nil
}
