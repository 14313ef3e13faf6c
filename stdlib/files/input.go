package files

import (
	"errors"
	"io"
	"io/fs"
	"os"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// Input is an open file, decompressed. Its errors are diagnostics: io.read
// when the file cannot be read, io.corrupt when its compression is damaged or
// cut off.
type Input struct {
	file   File
	r      io.Reader
	source *source
	closer []func() error
	size   int64 // -1: unknown
	read   int64 // bytes that Read gave
	random *os.File
}

// Open opens the file. An archive must hold exactly one file unless the script
// named one of it. Standard input is not closed by Close.
func (f File) Open(env op.Env) (*Input, error) {
	if f.Stdin {
		return f.openStdin(env)
	}
	if env.Access != nil && !env.Access.MayRead(f.Path) {
		return nil, forbidden(op.Name{Text: f.Name, Pos: f.Pos}, "read")
	}
	if err := f.checkKind(); err != nil {
		return nil, err
	}
	file, err := os.Open(f.Path)
	if err != nil {
		return nil, f.openError(err)
	}
	in := &Input{file: f, source: &source{r: file}, closer: []func() error{file.Close}, size: -1}
	if err := in.unpack(file); err != nil {
		return nil, errors.Join(in.diagnose(err), in.Close())
	}
	return in, nil
}

// checkKind refuses pipes and devices: inputs are opened more than once, and
// what was read from a pipe is gone.
func (f File) checkKind() error {
	info, err := os.Stat(f.Path)
	switch {
	case err != nil:
		return f.openError(err)
	case info.Mode().IsRegular() || info.IsDir():
		return nil
	}
	return diag.Errorf("file.pipe", f.Pos, "%q is a pipe or device, not a file", f.Name).
		WithHint(`read it as standard input: path = "-", with the script called as in: etlscript run job.lua < %s`, f.Name)
}

func (f File) openStdin(env op.Env) (*Input, error) {
	if env.Stdin == nil {
		return nil, diag.Errorf("file.stdin", f.Pos, "there is no standard input here")
	}
	s := &source{r: env.Stdin}
	return &Input{file: f, source: s, r: s, size: -1}, nil
}

func (f File) openError(err error) error {
	code := diag.Code("file.open")
	if errors.Is(err, fs.ErrNotExist) {
		code = "file.missing"
	}
	return diag.Errorf(code, f.Pos, "cannot open %q: %w", f.Name, plain(err))
}

// unpack puts what decompresses the file before it.
func (in *Input) unpack(file *os.File) error {
	info, err := file.Stat()
	if err != nil {
		return err
	}
	if info.IsDir() {
		return diag.Errorf("file.directory", in.file.Pos, "%q is a folder, not a file", in.file.Name)
	}
	name := in.file.Name
	if compression(in.file.Path) == ".zip" {
		return in.unzip(file, info.Size())
	}
	if compression(name) == "" {
		in.r = in.source
		if info.Mode().IsRegular() {
			in.size, in.random = info.Size(), file
		}
		return nil
	}
	return in.decompress(name, in.source)
}

// Read implements io.Reader.
func (in *Input) Read(p []byte) (int, error) {
	n, err := in.r.Read(p)
	in.read += int64(n)
	switch {
	case err == io.EOF && in.random != nil && in.read < in.size:
		err = diag.Errorf("file.changed", in.file.Pos, "%q became shorter while it was read: %d bytes instead of %d", in.file.Name, in.read, in.size).
			WithHint("run the job again when nobody writes to the file")
	case err != nil && err != io.EOF:
		err = in.diagnose(err)
	}
	return n, err
}

// Size is the number of bytes that there are to read, and whether it is known:
// it is for plain files and archives that say it.
func (in *Input) Size() (int64, bool) { return max(in.size, 0), in.size >= 0 }

// Random reports whether ReadAt works: for plain files.
func (in *Input) Random() bool { return in.random != nil }

// ReadAt implements io.ReaderAt where Random is true. It does not move Read.
func (in *Input) ReadAt(p []byte, off int64) (int, error) {
	if in.random == nil {
		return 0, diag.Errorf("io.read", in.file.Pos, "%s can only be read from its beginning", in.file.Name)
	}
	n, err := in.random.ReadAt(p, off)
	if err != nil && err != io.EOF {
		err = in.unreadable(err)
	}
	return n, err
}

// LastByte is the last byte of what there is to read, 0 when there is none. It
// reads to the end where Random is false.
func (in *Input) LastByte() (byte, error) {
	last := make([]byte, 1)
	if in.random != nil {
		_, err := in.ReadAt(last, in.size-1)
		return last[0], err
	}
	buf := make([]byte, 32<<10)
	for {
		n, err := in.Read(buf)
		if n > 0 {
			last[0] = buf[n-1]
		}
		switch err {
		case nil:
		case io.EOF:
			return last[0], nil
		default:
			return 0, err
		}
	}
}

// Close frees the file.
func (in *Input) Close() error {
	var errs []error
	for i := len(in.closer) - 1; i >= 0; i-- {
		errs = append(errs, in.closer[i]())
	}
	in.closer = nil
	return errors.Join(errs...)
}

// diagnose says whether reading or unpacking failed.
func (in *Input) diagnose(err error) error {
	var d *diag.Diagnostic
	switch {
	case errors.As(err, &d):
		return d
	case in.source.err != nil:
		return in.unreadable(in.source.err)
	case in.r == in.source:
		return in.unreadable(err)
	}
	return in.corrupt(err)
}

func (in *Input) unreadable(err error) error {
	return diag.Errorf("io.read", in.file.Pos, "cannot read %q: %w", in.file.Name, plain(err))
}

func (in *Input) corrupt(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return diag.Errorf("io.corrupt", in.file.Pos, "%q is cut off: its compressed data end too early (%w)", in.file.Name, io.ErrUnexpectedEOF).
			WithHint("fetch the file again")
	}
	return diag.Errorf("io.corrupt", in.file.Pos, "%q is damaged: %w", in.file.Name, err).WithHint("fetch the file again")
}

// source remembers the error of the file itself, to tell it from an error of
// what decompresses it.
type source struct {
	r   io.Reader
	err error
}

// Read implements io.Reader.
func (s *source) Read(p []byte) (int, error) {
	n, err := s.r.Read(p)
	if err != nil && err != io.EOF {
		s.err = err
	}
	return n, err
}

// plain strips the path and call from an error of the file system, since
// diagnostics name the file as the script does.
func plain(err error) error {
	var p *fs.PathError
	if errors.As(err, &p) {
		return p.Err
	}
	var l *os.LinkError
	if errors.As(err, &l) {
		return l.Err
	}
	return err
}
