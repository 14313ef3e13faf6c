package luabind

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

// moduleName is what `require` takes to give the module.
const moduleName = "etl"

// files are the scripts that a job loads beside itself. Each is run once.
type files struct {
	folder fs.FS                 // of the job; nil where a job has none
	label  string                // how positions name the folder
	done   map[string]lua.LValue // what each file returned, by path in the folder
	texts  map[string]string     // of the script and the files, by path in the folder
	open   []string              // the files that run now, outermost first
}

// require is require "name": the module, or what name.lua beside the job
// returns.
func (l *loading) require(L *lua.LState) int {
	at := callSite(L, "require")
	name, ok := L.Get(1).(lua.LString)
	if !ok {
		vm.Raise(L, diag.Errorf("require.name", at.Arg(0).Pos, "require takes the name of a script, not %s", l.describe(L.Get(1))))
	}
	if name == moduleName {
		L.Push(hostsOf(l.state)[moduleName])
		return 1
	}
	if m, ok := hostModule(l.state, string(name)); ok {
		L.Push(m)
		return 1
	}
	file := string(name)
	if !strings.Contains(file, "/") {
		file = strings.ReplaceAll(strings.TrimSuffix(file, ".lua"), ".", "/")
	}
	from := l.files.job()
	library, rest, _ := strings.Cut(file, "/")
	if folder, ok := l.cfg.Libraries[library]; ok && rest != "" {
		from, file = shelf{library: library, folder: folder, label: library}, rest
	}
	v := l.runFile(L, at.Arg(0).Pos, from, strings.TrimSuffix(file, ".lua")+".lua")
	if v == lua.LNil {
		v = lua.LTrue
	}
	L.Push(v)
	return 1
}

// requireModule is require in a phase in which nothing but modules can be loaded.
func requireModule(phase string) lua.LGFunction {
	return func(L *lua.LState) int {
		s := vm.StateOf(L)
		if m, ok := hostModule(s, L.Get(1).String()); ok {
			L.Push(m)
			return 1
		}
		if L.Get(1) != lua.LString(moduleName) {
			vm.Raise(L, diag.Errorf("phase.run", vm.Where(L), "scripts cannot be loaded %s", phase).
				WithHint("load it outside of the function: local x = require \"x\""))
		}
		L.Push(hostsOf(s)[moduleName])
		return 1
	}
}

// script is etl.script "file.lua": the function that the file returns.
func (l *loading) script(L *lua.LState) int {
	at := callSite(L, "script")
	file, ok := L.Get(1).(lua.LString)
	if !ok {
		vm.Raise(L, diag.Errorf("require.name", at.Arg(0).Pos, "etl.script takes the path of a script, not %s", l.describe(L.Get(1))))
	}
	fn, ok := l.runFile(L, at.Arg(0).Pos, l.files.job(), string(file)).(*lua.LFunction)
	if !ok {
		vm.Raise(L, diag.Errorf("script.result", at.Arg(0).Pos, "%s returns no function", file).
			WithHint("end it with: return function(...) ... end"))
	}
	L.Push(fn)
	return 1
}

// shelf is where scripts are loaded from.
type shelf struct {
	library string // its name; "" for the folder of the job
	folder  fs.FS  // nil: there is none
	label   string // how positions name the folder
}

func (s shelf) String() string {
	if s.library == "" {
		return "the folder of the job"
	}
	return "the library " + s.library
}

// job is the folder of the job.
func (f *files) job() shelf {
	return shelf{folder: f.folder, label: f.label}
}

// key tells files of all folders apart.
func (s shelf) key(file string) string {
	if s.library != "" {
		return s.library + ":" + file
	}
	return file
}

// runFile loads a file of a folder and returns what it returns.
func (l *loading) runFile(L *lua.LState, pos diag.Pos, from shelf, file string) lua.LValue {
	file = path.Clean(file)
	if v, ok := l.files.done[from.key(file)]; ok {
		return v
	}
	c, err := l.read(pos, from, file)
	if err != nil {
		vm.Raise(L, err)
	}
	outer := l.files.open
	defer func() { l.files.open = outer }() // also when the script raises
	l.files.open = append(slices.Clip(outer), from.key(file))
	L.Push(l.state.Load(c))
	L.Call(0, 1)
	v := L.Get(-1)
	L.Pop(1)
	l.files.done[from.key(file)] = v
	return v
}

// read compiles a file of a folder.
func (l *loading) read(pos diag.Pos, from shelf, file string) (*syntax.Chunk, error) {
	if !fs.ValidPath(file) || strings.ContainsAny(file, `\:`) {
		return nil, diag.Errorf("require.path", pos, "%q is not in %s", file, from).
			WithHint("scripts are loaded from the job's folder and the folders below: require \"lib.dates\" loads lib/dates.lua")
	}
	if err := l.refuseCycle(pos, from.key(file)); err != nil {
		return nil, err
	}
	if from.folder == nil {
		return nil, diag.Errorf("require.folder", pos, "%s cannot be loaded, since this job has no folder", file)
	}
	text, err := from.text(file)
	if err != nil {
		return nil, l.notRead(pos, from, file, err)
	}
	l.files.texts[from.key(file)] = text
	return l.compile(path.Join(from.label, file), text)
}

// hash is the SHA-256, in hex, of the script and all files that it loaded, each with its
// path in the folder or library, in order of the paths. Where the folder is does not
// matter.
func (f *files) hash() string {
	h := sha256.New()
	for _, name := range sortedNames(f.texts) {
		fmt.Fprintf(h, "%d %s %d %s\n", len(name), name, len(f.texts[name]), f.texts[name])
	}
	return hex.EncodeToString(h.Sum(nil))
}

// maxFile is how many bytes of a script are read at most; the compiler refuses
// far smaller ones.
const maxFile = 16 << 20

// text reads a file of the folder. What is no file, such as a pipe that nobody
// writes to, is not opened.
func (s shelf) text(file string) (string, error) {
	info, err := fs.Stat(s.folder, file)
	switch {
	case err != nil:
		return "", err
	case !info.Mode().IsRegular():
		return "", errors.New("it is no file")
	case info.Size() > maxFile:
		return "", fmt.Errorf("it has %d bytes", info.Size())
	}
	text, err := fs.ReadFile(s.folder, file)
	return string(text), err
}

// notRead says why a file could not be read, without the words of the
// operating system where it is just not there.
func (l *loading) notRead(pos diag.Pos, from shelf, file string, err error) error {
	d := diag.Errorf("require.missing", pos, "there is no %s in %s", file, from)
	if _, statErr := fs.Stat(from.folder, file); statErr == nil {
		return diag.Errorf("require.read", pos, "%s cannot be read: %w", file, err)
	}
	d.Err = err
	var found []string
	entries, _ := fs.ReadDir(from.folder, path.Dir(file)) // no entries, no suggestion
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".lua") && e.Name() != path.Base(l.name) {
			found = append(found, path.Join(path.Dir(file), e.Name()))
		}
	}
	d.Hint = diag.DidYouMean(file, found)
	return d
}

// refuseCycle reports a file that is loading already.
func (l *loading) refuseCycle(pos diag.Pos, file string) error {
	for i, open := range l.files.open {
		if open == file {
			chain := slices.Concat(l.files.open[i:], []string{file})
			return diag.Errorf("require.cycle", pos, "scripts load each other in a circle: %s", strings.Join(chain, " → ")).
				WithHint("move what both need into a third script")
		}
	}
	return nil
}

// fileOf is how node names call the file of a position: "" for the script
// itself, else its path in the folder.
func (l *loading) fileOf(pos diag.Pos) string {
	if pos.File == l.name {
		return ""
	}
	if l.files.label == "" || l.files.label == "." {
		return pos.File
	}
	return strings.TrimPrefix(pos.File, l.files.label+"/")
}
