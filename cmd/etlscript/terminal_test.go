package main

import (
	"context"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/creack/pty"
)

// terminal is a command at a pseudo terminal, as somebody who types sees it.
type terminal struct {
	t    *testing.T
	file *os.File

	mu   sync.Mutex
	seen strings.Builder
	read int // of seen, by see
}

// startTerminal starts a command in a folder.
func startTerminal(t *testing.T, dir string, args ...string) *terminal {
	t.Helper()
	// The context of the test ends before its cleanup, which waits for the command.
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	t.Cleanup(cancel)
	cmd := exec.CommandContext(ctx, "etlscript", args...)
	cmd.Dir = dir
	cmd.Env = append(os.Environ(), "TERM=xterm", "HOME="+dir)
	file, err := pty.StartWithSize(cmd, &pty.Winsize{Rows: 40, Cols: 160})
	if errors.Is(err, pty.ErrUnsupported) {
		t.Skip("NO PSEUDO TERMINAL HERE: ", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	x := &terminal{t: t, file: file}
	copied := make(chan struct{})
	go func() {
		defer close(copied)
		x.copy()
	}()
	t.Cleanup(func() {
		if err := cmd.Wait(); err != nil {
			t.Errorf("the command: %v", err)
		}
		<-copied
		_ = file.Close() // both ends are closed
	})
	return x
}

// copy collects what the command writes until it ends.
func (x *terminal) copy() {
	buffer := make([]byte, 4096)
	for {
		n, err := x.file.Read(buffer)
		x.mu.Lock()
		x.seen.Write(buffer[:n])
		x.mu.Unlock()
		if err != nil {
			return // the other end is closed
		}
	}
}

// controls are sequences that move the cursor or erase.
var controls = regexp.MustCompile(`\x1b\[[0-9;?]*[A-Za-z]|\r`)

// text is what was written, without controls.
func (x *terminal) text() string {
	x.mu.Lock()
	defer x.mu.Unlock()
	return controls.ReplaceAllString(x.seen.String(), "")
}

// see waits for a text behind the ones seen before.
func (x *terminal) see(want string) {
	x.t.Helper()
	for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); time.Sleep(10 * time.Millisecond) {
		text := x.text()
		if i := strings.Index(text[min(x.read, len(text)):], want); i >= 0 {
			x.read += i + len(want)
			return
		}
	}
	x.t.Fatalf("%q does not come; all that came:\n%s", want, x.text())
}

// write types keys.
func (x *terminal) write(keys string) {
	x.t.Helper()
	if _, err := x.file.WriteString(keys); err != nil {
		x.t.Fatal(err)
	}
}

// A session at a terminal: a breakpoint on an edge with a condition, the row
// before the node and after it, steps, an expression over the row, Ctrl-C,
// completion, and on to the end.
func TestREPLAtATerminal(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	for name, text := range map[string]string{
		"job.lua": `local etl = require "etl"
local orders = etl.read_csv { path = "orders.csv" }
local totals = orders
  :map(function(row) row.total = row.qty * 2 end)
  :write_csv { path = "out.csv" }
return etl.job { name = "twice" }
`,
		"orders.csv": "id,qty\n1,2\n2,3\n3,1\n4,3\n",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	x := startTerminal(t, dir, "repl", "--history", "typed", "job.lua")
	for _, step := range []struct{ keys, see string }{
		{"", "job.lua: etl, orders, totals"},
		{":break read_csv@2 -> map@4 when row.qty > 2\r", "1  read_csv@2 -> map@4 when row.qty > 2"},
		{":run\r", "map@4 takes row 2 of orders.csv"},
		{"", "    2    3"},
		{":row\r", "    2    3"},
		{":step\r", "map@4 gives"},
		{"", "after:\n   id  qty  total\n  int  int    int\n    2    3      6"},
		{":step\r", "write_csv@5 takes row 2 of orders.csv"},
		{":continue\r", "map@4 takes row 4 of orders.csv"},
		{"row.qty * 100\r", "\n300"},
		{"row.qyt\r", `did you mean "qty"?`},
		{"half a line\x03", "stopped> "},
		{":c\r", "twice: COMPLETED"},
		{"", "wrote 4 rows to out.csv"},
		{":run\r", "takes row 2"},
		{":abort\r", "twice: CANCELLED"},
		{"ord\t", "> orders"},
		{":sel\t { \"id\" }\r", "(4 rows)"},
		{"for i = 1, 2 do\r", "... "},
		{"print('line', i) end\r", "line\t1\nline\t2"},
		{"nobody\r", `there is no variable "nobody" here`},
		{"given up\x03", "> "},
		{"\x1b[A\r", `there is no variable "nobody" here`}, // the line before, once more
		{"\x04", ""},
	} {
		x.write(step.keys)
		x.see(step.see)
	}
	got, err := os.ReadFile(filepath.Join(dir, "out.csv"))
	if want := "id,qty,total\n1,2,4\n2,3,6\n3,1,2\n4,3,6\n"; err != nil || string(got) != want {
		t.Errorf("out.csv holds %q (%v)", got, err)
	}
}
