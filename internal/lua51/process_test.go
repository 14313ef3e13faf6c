package lua51

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

func start(t *testing.T) *Process {
	t.Helper()
	path, err := Find()
	if err != nil {
		t.Skip("there is no lua5.1 here: ", err)
	}
	p, err := Start(path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := p.Close(); err != nil {
			t.Error(err)
		}
	})
	return p
}

func TestRun(t *testing.T) {
	t.Parallel()
	p := start(t)
	for program, want := range map[string]string{
		"": "ok",
		"emit(1, 'a\\n\\200', nil, true, 0.1, 1/0, 0/0, print)": "1 \"a\\n\\200\" nil true 0.10000000000000001 inf nan function\nok",
		"emit({ 3, x = { y = {} }, [2.5] = false }) emit()":     "{1=3,2.5=false,\"x\"={\"y\"={}}}\n\nok",
		"emit(r(1 / 3), r(1 / 0), r(1e-9), r('x'))":             "0.33333333329999998 1.25 0 \"x\"\nok",
		"emit(1) error({ code = 2 })":                           "1\nerror {\"code\"=2}",
		"\nerror('x')":                                          "error \"p:2: x\"",
		"a b":                                                   "syntax: p:1: '=' expected near 'b'",
		"x = 1":                                                 "ok",
		"emit(x)":                                               "error \"p:1: there is no variable \\\"x\\\" here\"",
	} {
		got, err := p.Run(time.Minute, program)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]string{want}, got); diff != "" {
			t.Errorf("%s\n%s", program, diff)
		}
	}
}

// Batches larger than what a pipe holds neither block nor mix up.
func TestRunMany(t *testing.T) {
	t.Parallel()
	p := start(t)
	programs := make([]string, 300)
	for i := range programs {
		programs[i] = "emit('" + strings.Repeat("x", i*10) + "')"
	}
	got, err := p.Run(time.Minute, programs...)
	if err != nil {
		t.Fatal(err)
	}
	for i, answer := range got {
		if want := "\"" + strings.Repeat("x", i*10) + "\"\nok"; answer != want {
			t.Fatalf("program %d: %s", i, answer)
		}
	}
}

func TestRunEndsWithTheProcess(t *testing.T) {
	t.Parallel()
	p := start(t)
	if err := p.command.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	if answers, err := p.Run(time.Minute, "emit(1)"); err == nil {
		t.Errorf("got %q and no error", answers)
	}
}
