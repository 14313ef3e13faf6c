package etlscript_test

import (
	"io/fs"
	"testing"

	"github.com/etlscript/etlscript/luabind/luatest"
	"github.com/etlscript/etlscript/stdlib/lua"
)

// The libraries in Lua have tests in Lua.
func TestLibrariesInLua(t *testing.T) {
	t.Parallel()
	luatest.Run(t, luatest.Config{Libraries: map[string]fs.FS{lua.Name: lua.Files}}, "stdlib/lua/testdata/*_test.lua")
}
