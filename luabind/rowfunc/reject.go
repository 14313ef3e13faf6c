package rowfunc

import (
	"errors"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/vm"
)

// refusal is what etl.reject raises: it names the column to blame.
type refusal struct{ column string }

func (r *refusal) Error() string { return "the script rejects the row" }

// RejectRow is etl.reject(message, { column = "x" }): it fails the row at hand,
// as error(message, 0) does, and names the column to blame.
func RejectRow(L *lua.LState) int {
	r := &refusal{}
	if opts, ok := L.Get(2).(*lua.LTable); ok {
		for k, v := opts.Next(lua.LNil); k != lua.LNil; k, v = opts.Next(k) {
			name, isText := v.(lua.LString)
			if k != lua.LString("column") || !isText {
				L.ArgError(2, `the options are { column = "name" }`)
			}
			r.column = string(name)
		}
	} else if L.GetTop() > 1 && L.Get(2) != lua.LNil {
		L.ArgError(2, `the options are { column = "name" }`)
	}
	vm.Raise(L, &diag.Diagnostic{Code: "row.rejected", Pos: vm.Where(L), Message: L.CheckString(1), Err: r})
	return 0
}

// blamed is the column that etl.reject named, "" if it did not raise the error.
func blamed(err error) string {
	var r *refusal
	if errors.As(err, &r) {
		return r.column
	}
	return ""
}
