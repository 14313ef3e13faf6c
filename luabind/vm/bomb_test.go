package vm

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/etlscript/etlscript/luabind/syntax"
)

// bombVariable names the script that the test binary runs instead of its tests.
const bombVariable = "ETLSCRIPT_TEST_BOMB"

// bombLimit is what the heap of a process may hold in which a bomb goes off.
const bombLimit = 200 << 20

func bombs() map[string]string {
	return map[string]string{
		"tables":     "local t = {} while true do t[#t + 1] = {} end",
		"fields":     "local t, i = {}, 0 while true do i = i + 1 t['k' .. i] = i end",
		"nested":     "local t = {} while true do t = { t, {}, {} } end",
		"texts":      "local t = {} while true do t[#t + 1] = ('x'):rep(1e6) .. #t end",
		"closures":   "local t = {} while true do local n = 1 t[#t + 1] = function() return n end end",
		"coroutines": "local t = {} while true do local co = coroutine.create(function() coroutine.yield() end) coroutine.resume(co) t[#t + 1] = co end",
		"caught":     "local t = {} while true do pcall(function() while true do t[#t + 1] = {} end end) end",
	}
}

// bomb runs a script without a budget under a watchdog, in the process of its
// own that exits then. A script that needs no memory must run afterwards.
func bomb(script string) error {
	s := New(Options{})
	defer s.Close()
	defer s.Watch(NewWatchdog(bombLimit))()
	c, err := compile(script)
	if err != nil {
		return err
	}
	_, err = s.Call(context.Background(), 1<<50, s.Load(c), 0)
	var failed *Error
	if d := s.Diagnose(err); d.Code != "lua.memory" || !errors.As(err, &failed) || !failed.EndsRun() {
		return fmt.Errorf("ended with %s: %w", d.Code, d)
	}
	other := New(Options{})
	defer other.Close()
	if c, err = compile("local n = 0 for i = 1, 100 do n = n + i end return n"); err != nil {
		return err
	}
	_, err = other.Call(context.Background(), 0, other.Load(c), 1)
	return err
}

func compile(script string) (*syntax.Chunk, error) {
	c, d := syntax.Compile("job.lua", script)
	if d != nil {
		return nil, d
	}
	return c, nil
}

// The watchdog ends scripts that fill the memory without end, before the
// process ends; each in a process of its own, which is not to fill this one.
func TestMemoryBombs(t *testing.T) {
	t.Parallel()
	if testing.Short() {
		t.Skip("each bomb fills some hundred MiB")
	}
	for name := range bombs() {
		t.Run(name, func(t *testing.T) { // one after the other: each fills some hundred MiB
			cmd := exec.CommandContext(t.Context(), os.Args[0])
			cmd.Env = append(os.Environ(), bombVariable+"="+name)
			out, err := cmd.CombinedOutput()
			if err != nil {
				t.Fatalf("%v: %s", err, strings.TrimSpace(string(out)))
			}
		})
	}
}
