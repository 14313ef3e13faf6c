package files

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// Create starts an output: a temporary file beside the target, compressed as
// the target's ending says. With Append it starts as a copy of what is there,
// so that an output is whole or unchanged in that case too; a compressed file
// gets a further member. A link stays, and the file that it points to is
// replaced; the file's mode is kept.
func Create(env op.Env, target op.Name, ifExists IfExists) (*Output, error) {
	if problems := CheckTarget(target); len(problems) > 0 {
		return nil, problems.Err()
	}
	o := &Output{target: target, ifExists: ifExists}
	if err := o.start(env); err != nil {
		return nil, errors.Join(err, o.Abort())
	}
	return o, nil
}

func (o *Output) start(env op.Env) error {
	if o.target.Text == Std {
		return o.startStdout(env.Stdout)
	}
	path := locate(env.Dir, o.target.Text)
	if env.Access != nil && !env.Access.MayWrite(path) {
		return forbidden(o.target, "write")
	}
	return o.create(path)
}

func (o *Output) startStdout(w io.Writer) error {
	if w == nil {
		return diag.Errorf("file.stdout", o.target.Pos, "there is no standard output here")
	}
	o.buffer = bufio.NewWriterSize(w, writeSize)
	return nil
}

func (o *Output) create(path string) error {
	info, err := os.Stat(path)
	switch {
	case err == nil && info.IsDir():
		return diag.Errorf("file.directory", o.target.Pos, "%q is a folder, not a file", o.target.Text)
	case err == nil && !info.Mode().IsRegular():
		return o.startDevice(path)
	case err == nil && strings.HasPrefix(filepath.Clean(path), "/dev/"):
		return diag.Errorf("file.device", o.target.Pos, "%q stands for a file that something else has open, and cannot be replaced", o.target.Text).
			WithHint(`write to standard output: path = "-"`)
	case err == nil && o.ifExists == Fail:
		return o.exists()
	case err == nil:
		o.before = info
	case !errors.Is(err, fs.ErrNotExist):
		return o.failed("write", err)
	}
	if o.path, err = followLinks(path); err != nil {
		return o.failed("write", err)
	}
	return o.startTemp()
}

// startDevice writes straight into a pipe or device, which a rename would
// replace by a file.
func (o *Output) startDevice(path string) error {
	file, err := os.OpenFile(path, os.O_WRONLY, 0)
	if err != nil {
		return o.failed("write", err)
	}
	o.file = file
	return o.startWriting()
}

func (o *Output) startTemp() error {
	var err error
	folder := filepath.Dir(o.path)
	if o.made, err = makeFolders(folder); err != nil {
		return o.failed("make the folder of", err)
	}
	if err := o.openTemp(folder); err != nil {
		return o.failed("write", err)
	}
	if o.ifExists == Append && !o.IsNew() {
		if err := o.copyExisting(); err != nil {
			return err
		}
	}
	return o.startWriting()
}

// openTemp makes the temporary file under a hidden name of its own.
func (o *Output) openTemp(folder string) error {
	mode := fs.FileMode(0o666)
	if o.before != nil {
		mode = o.before.Mode().Perm()
	}
	base := filepath.Base(o.path)
	for range 100 {
		name := fmt.Sprintf(".%.80s.%s.tmp", base, strconv.FormatUint(rand.Uint64(), 36))
		file, err := os.OpenFile(filepath.Join(folder, name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
		if errors.Is(err, fs.ErrExist) {
			continue
		}
		if err != nil {
			return err
		}
		o.file, o.temp = file, file.Name()
		if o.before != nil {
			return file.Chmod(mode) // past the umask
		}
		return nil
	}
	return fs.ErrExist
}

func (o *Output) copyExisting() error {
	old, err := os.Open(o.path)
	if err != nil {
		return o.failed("append to", err)
	}
	_, err = io.Copy(o.file, old)
	if err = errors.Join(err, old.Close()); err != nil {
		return o.failed("append to", err)
	}
	return nil
}

func (o *Output) startWriting() error {
	o.buffer = bufio.NewWriterSize(o.file, writeSize)
	switch compression(o.target.Text) {
	case ".gz":
		o.pack = gzip.NewWriter(o.buffer)
	case ".zst":
		z, err := zstd.NewWriter(o.buffer, zstd.WithEncoderConcurrency(1))
		if err != nil {
			return o.failed("write", err)
		}
		o.pack = z
	}
	return nil
}

// followLinks gives the path at the end of symbolic links, also where nothing
// stands there yet.
func followLinks(path string) (string, error) {
	const most = 40
	for range most {
		info, err := os.Lstat(path)
		if errors.Is(err, fs.ErrNotExist) || err == nil && info.Mode()&fs.ModeSymlink == 0 {
			return path, nil
		}
		if err != nil {
			return "", err
		}
		to, err := os.Readlink(path)
		if err != nil {
			return "", err
		}
		path = locate(filepath.Dir(path), to)
	}
	return "", fmt.Errorf("too many links")
}

// makeFolders makes a folder and those above it, and returns the ones that
// were not there, outermost first.
func makeFolders(path string) ([]string, error) {
	err := os.Mkdir(path, 0o777)
	if errors.Is(err, fs.ErrExist) {
		return nil, nil // if it is a file, opening the temporary file says so
	}
	if err == nil {
		return []string{path}, nil
	}
	parent := filepath.Dir(path)
	if !errors.Is(err, fs.ErrNotExist) || parent == path {
		return nil, err
	}
	made, err := makeFolders(parent)
	if err != nil {
		return made, err
	}
	if err := os.Mkdir(path, 0o777); err != nil {
		return made, err
	}
	return append(made, path), nil
}
