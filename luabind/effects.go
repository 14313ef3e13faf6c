package luabind

import (
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// effects are the methods of run, by which a hook does something: scripts have no io.
type effects struct{ moment job.Moment }

func (e effects) methods() map[string]lua.LGFunction {
	return map[string]lua.LGFunction{"write": e.write, "append": e.append, "remove": e.remove, "exists": e.exists, "log": e.log}
}

// fileCost is how many instructions a use of a file counts as, besides those for the
// bytes of its text.
const (
	fileCost       = 1_000
	bytesPerCount  = 16
	pathArgument   = 2 // behind the receiver
	secondArgument = 3
)

// write is run:write(path, text).
func (e effects) write(L *lua.LState) int {
	path, text := filePath(L, "write", 2), fileText(L, "write")
	raised(L, e.moment.Files().Write(path, text))
	return 0
}

// append is run:append(path, text).
func (e effects) append(L *lua.LState) int {
	path, text := filePath(L, "append", 2), fileText(L, "append")
	raised(L, e.moment.Files().Append(path, text))
	return 0
}

// remove is run:remove(path).
func (e effects) remove(L *lua.LState) int {
	was, err := e.moment.Files().Remove(filePath(L, "remove", 1))
	raised(L, err)
	L.Push(lua.LBool(was))
	return 1
}

// exists is run:exists(path).
func (e effects) exists(L *lua.LState) int {
	there, err := e.moment.Files().Exists(filePath(L, "exists", 1))
	raised(L, err)
	L.Push(lua.LBool(there))
	return 1
}

// log is run:log(message, { name = value }).
func (e effects) log(L *lua.LState) int {
	checkCount(L, "log", 2)
	var fields []any
	switch t := L.Get(secondArgument).(type) {
	case *lua.LNilType:
	case *lua.LTable:
		for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
			fields = append(fields, vm.ToText(L, k), value.PlainText(v))
		}
	default:
		vm.Raise(L, diag.Errorf("argument.type", vm.Where(L), "the fields of run:log are a table, not %s", value.Describe(t)).
			WithHint("run:log(\"loaded\", { rows = run.rows.written })"))
	}
	e.moment.Env.Log.Info(vm.ToText(L, L.Get(pathArgument)), fields...)
	return 0
}

// filePath is the path that a method of files takes first of so many arguments.
func filePath(L *lua.LState, method string, takes int) string {
	checkCount(L, method, takes)
	path, ok := L.Get(pathArgument).(lua.LString)
	if !ok {
		vm.Raise(L, diag.Errorf("argument.type", vm.Where(L), "run:%s takes the path of a file, not %s", method, value.Describe(L.Get(pathArgument))))
	}
	vm.Spend(L, fileCost)
	return string(path)
}

// fileText is the text that a file gets: that of a string, a number or a value of our own.
func fileText(L *lua.LState, method string) string {
	text, ok := value.Text(L.Get(secondArgument))
	if !ok {
		vm.Raise(L, diag.Errorf("argument.type", vm.Where(L), "run:%s takes a text, not %s", method, value.Describe(L.Get(secondArgument))).
			WithHint("make a text of it, as with tostring(...) or etl.json.encode(...)"))
	}
	vm.Spend(L, int64(len(text)/bytesPerCount))
	return text
}

// checkCount refuses arguments that nobody takes.
func checkCount(L *lua.LState, method string, takes int) {
	if given := L.GetTop() - 1; given > takes {
		vm.Raise(L, diag.Errorf("argument.surplus", vm.Where(L), "run:%s takes %s, not %d", method, count(takes, "argument"), given))
	}
}

// raised raises an error, if there is one.
func raised(L *lua.LState, err error) {
	if err != nil {
		vm.Raise(L, err)
	}
}
