package files

import (
	"bufio"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"syscall"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

const writeSize = 256 << 10

// Output is a file that nobody sees until Commit (invariant 3). After Create
// the way is Write*, Flush, Commit; or Abort at any time. Standard output and
// devices are written straight through: there is nothing to commit or to take
// back. Its errors are diagnostics that name the file; one goroutine uses it.
type Output struct {
	target   op.Name
	path     string   // the final file, links followed; "" when written straight through
	temp     string   // the path of the temporary file; "" once it is gone
	file     *os.File // open until Flush
	buffer   *bufio.Writer
	pack     io.WriteCloser // compresses into buffer; nil: plain
	ifExists IfExists
	before   os.FileInfo // what was under the final name; nil: nothing
	made     []string    // folders that Create made, outermost first
	flushed  bool
}

// IsNew reports whether there was nothing under the final name, or an empty
// file.
func (o *Output) IsNew() bool { return o.before == nil || o.before.Size() == 0 }

// Existing opens what was under the final name when the output was created,
// decompressed. It must not be called when IsNew is true.
func (o *Output) Existing() (*Input, error) {
	return File{Name: o.target.Text, Path: o.path, Pos: o.target.Pos}.Open(op.Env{})
}

// Write implements io.Writer.
func (o *Output) Write(p []byte) (int, error) {
	n, err := o.writer().Write(p)
	if err != nil {
		err = o.failed("write", err)
	}
	return n, err
}

func (o *Output) writer() io.Writer {
	if o.pack != nil {
		return o.pack
	}
	return o.buffer
}

// Flush makes all that was written durable, still unseen, and closes the file.
func (o *Output) Flush() error {
	if o.flushed {
		return nil
	}
	if o.pack != nil {
		if err := o.pack.Close(); err != nil {
			return o.failed("write", err)
		}
	}
	if err := o.buffer.Flush(); err != nil {
		return o.failed("write", err)
	}
	if err := o.closeFile(); err != nil {
		return o.failed("write", err)
	}
	o.flushed = true
	return nil
}

// closeFile syncs and closes the file. What is written straight through may
// not know syncing.
func (o *Output) closeFile() error {
	if o.file == nil {
		return nil
	}
	var err error
	if o.temp != "" {
		err = o.file.Sync()
	}
	err = errors.Join(err, o.file.Close())
	o.file = nil
	return err
}

// Commit puts the output under its final name. Flush must have succeeded.
func (o *Output) Commit() error {
	if !o.flushed {
		return diag.Errorf("internal.output", o.target.Pos, "%q was not flushed before its commit", o.target.Text)
	}
	if o.temp == "" {
		return nil
	}
	if err := o.publish(); err != nil {
		return err
	}
	o.temp, o.made = "", nil
	if err := syncDir(filepath.Dir(o.path)); err != nil {
		return o.failed("write", err)
	}
	return nil
}

func (o *Output) publish() error {
	if o.ifExists == Fail {
		return o.publishNew()
	}
	if err := os.Rename(o.temp, o.path); err != nil {
		return o.failed("write", err)
	}
	return nil
}

// publishNew publishes without ever replacing a file: a link fails where
// something stands. File systems without links get a rename behind a check.
func (o *Output) publishNew() error {
	err := os.Link(o.temp, o.path)
	switch {
	case err == nil:
		err = os.Remove(o.temp)
	case errors.Is(err, os.ErrExist):
		return o.exists()
	default:
		if _, missing := os.Lstat(o.path); missing == nil {
			return o.exists()
		}
		err = os.Rename(o.temp, o.path)
	}
	if err != nil {
		return o.failed("write", err)
	}
	return nil
}

// Abort removes what was written and the folders that Create made, as far as
// they are empty. It may be called more than once, after an error of any other
// method, and does nothing after Commit. Who aborts several outputs does it in
// reverse order of their creation, so that folders are empty when their maker
// removes them.
func (o *Output) Abort() error {
	var errs []error
	if o.file != nil {
		errs = append(errs, o.file.Close())
		o.file = nil
	}
	if o.temp != "" {
		if err := os.Remove(o.temp); err != nil && !errors.Is(err, os.ErrNotExist) {
			errs = append(errs, o.failed("remove the temporary file of", err))
		}
		o.temp = ""
	}
	for _, folder := range slices.Backward(o.made) {
		// A folder that others use by now stays.
		_ = os.Remove(folder)
	}
	o.made = nil
	return errors.Join(errs...)
}

func (o *Output) failed(what string, err error) error {
	d := diag.Errorf("io.write", o.target.Pos, "cannot %s %q: %w", what, o.target.Text, plain(err))
	switch {
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return d.WithHint("make room on the disk, or write elsewhere")
	case errors.Is(err, os.ErrPermission):
		return d.WithHint("the folder must be writable, since outputs are written beside their target")
	}
	return d
}

func (o *Output) exists() error {
	return diag.Errorf("file.exists", o.target.Pos, "%q exists already", o.target.Text).
		WithHint(`remove it, or choose if_exists = "replace" or "append"`)
}

// syncDir makes a rename durable. Not every file system can.
func syncDir(path string) error {
	dir, err := os.Open(path)
	if err != nil {
		return err
	}
	defer dir.Close()
	err = dir.Sync()
	if errors.Is(err, syscall.EINVAL) || errors.Is(err, errors.ErrUnsupported) {
		return nil
	}
	return err
}
