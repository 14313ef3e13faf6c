package job

import (
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// Files is what hooks may do with files. Relative paths start in the script's folder, a
// run may be bounded to some folders (op.Access), and errors are diagnostics that name the
// file as the script does. It holds nothing open.
type Files struct{ env op.Env }

// Files are the files that a hook may use.
func (m Moment) Files() Files { return Files{m.Env} }

// Write gives a file a text, whole or not at all. Folders that lack are made, a link
// stays, and what stands there already keeps its mode.
func (f Files) Write(name, text string) error {
	path, err := f.open(name)
	if err != nil {
		return err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	temp, err := writeTemp(path, text)
	if err == nil {
		err = os.Rename(temp, path)
	}
	if err != nil {
		err = errors.Join(err, removeIfThere(temp))
	}
	return failed("write", name, err)
}

// Append adds a text at the end of a file, which is made where it is not there.
func (f Files) Append(name, text string) error {
	path, err := f.open(name)
	if err != nil {
		return err
	}
	file, err := os.OpenFile(path, os.O_WRONLY|os.O_APPEND|os.O_CREATE, 0o666)
	if err == nil {
		_, err = file.WriteString(text)
		err = errors.Join(err, file.Close())
	}
	return failed("append to", name, err)
}

// Remove removes a file, and reports whether it was there.
func (f Files) Remove(name string) (was bool, err error) {
	path, err := f.locate(name, "write")
	if err != nil {
		return false, err
	}
	if was, err = isFile(name, path); !was || err != nil {
		return false, err
	}
	if err = os.Remove(path); errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, failed("remove", name, err)
}

// Exists reports whether there is a file or a folder.
func (f Files) Exists(name string) (bool, error) {
	path, err := f.locate(name, "read")
	if err != nil {
		return false, err
	}
	_, err = os.Stat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, failed("look for", name, err)
}

// open is where a file is that may be written; its folder is there.
func (f Files) open(name string) (string, error) {
	path, err := f.locate(name, "write")
	if err != nil {
		return "", err
	}
	if _, err := isFile(name, path); err != nil {
		return "", err
	}
	return path, failed("make the folder of", name, os.MkdirAll(filepath.Dir(path), 0o777))
}

// locate is where a file is that may be read or written, as what says.
func (f Files) locate(name, what string) (string, error) {
	if name == "" || name == Stdio || strings.HasSuffix(name, "/") {
		return "", diag.Errorf("file.name", diag.Pos{}, "%q is no name of a file", name)
	}
	path := filepath.Clean(name)
	if !filepath.IsAbs(path) {
		path = filepath.Join(f.env.Dir, path)
	}
	allowed := true
	if a := f.env.Access; a != nil && what == "read" {
		allowed = a.MayRead(path)
	} else if a != nil {
		allowed = a.MayWrite(path)
	}
	if !allowed {
		return "", Refused(op.Name{Text: name}, what)
	}
	return path, nil
}

// isFile reports whether there is a file. Anything else that stands there is an error:
// opening a pipe may wait without end.
func isFile(name, path string) (bool, error) {
	info, err := os.Stat(path)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return false, nil
	case err != nil:
		return false, failed("look for", name, err)
	case info.IsDir():
		return false, diag.Errorf("file.directory", diag.Pos{}, "%q is a folder, not a file", name)
	case !info.Mode().IsRegular():
		return false, diag.Errorf("file.device", diag.Pos{}, "%q is a pipe or a device, not a file", name)
	}
	return true, nil
}

// writeTemp writes a durable hidden file beside the path, with the mode of what is there,
// and returns its path. It is there in part where an error came up.
func writeTemp(path, text string) (string, error) {
	mode := fs.FileMode(0o666)
	info, statErr := os.Stat(path)
	if statErr == nil {
		mode = info.Mode().Perm()
	}
	temp := filepath.Join(filepath.Dir(path), fmt.Sprintf(".%.80s.%s.tmp", filepath.Base(path), strconv.FormatUint(rand.Uint64(), 36)))
	file, err := os.OpenFile(temp, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return temp, err
	}
	if statErr == nil {
		err = file.Chmod(mode) // past the umask
	}
	_, writeErr := file.WriteString(text)
	return temp, errors.Join(err, writeErr, file.Sync(), file.Close())
}

func removeIfThere(path string) error {
	if err := os.Remove(path); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// failed is the diagnostic for what could not be done with a file; nil without an error.
func failed(what, name string, err error) error {
	if err == nil {
		return nil
	}
	var at *fs.PathError
	if errors.As(err, &at) {
		err = at.Err // the script's name of the file says more
	}
	return diag.Errorf("io.write", diag.Pos{}, "cannot %s %q: %w", what, name, err)
}
