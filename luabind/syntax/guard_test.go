package syntax

import (
	"strings"
	"testing"
)

// The sources that kill a process or hang the compiler of stock gopher-lua, as
// large as they were met. None gets as far as the parser's stack.
func TestFatalSources(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"3 M nested not":        "return " + strings.Repeat("not ", 3e6) + "1",
		"3 M nested braces":     "return " + strings.Repeat("{", 3e6) + strings.Repeat("}", 3e6),
		"2 M nested braces":     "return " + strings.Repeat("{", 2e6) + strings.Repeat("}", 2e6),
		"3 M parentheses":       "return " + strings.Repeat("(", 3e6) + "1" + strings.Repeat(")", 3e6),
		"8 M unary minus":       "return " + strings.Repeat("- ", 8e6) + "1",
		"200 k nested do":       strings.Repeat("do ", 2e5) + strings.Repeat("end ", 2e5),
		"500 k terms":           "return x" + strings.Repeat("+x", 5e5),
		"half a MiB of braces":  "return " + strings.Repeat("{", 5e5) + strings.Repeat("}", 5e5),
		"half a MiB of not":     "return " + strings.Repeat("not ", 2.6e5) + "1",
		"half a MiB of terms":   "return x" + strings.Repeat("+x", 5e5-10),
		"strings of a MiB":      "return '" + strings.Repeat("x", 1<<20) + "'",
		"a function in another": strings.Repeat("f(function() ", 8e4) + strings.Repeat("end)", 8e4),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, d := Compile("job.lua", script)
			if d == nil || d.Code != "lua.limit" || d.Hint == "" {
				t.Errorf("got %v", d)
			}
		})
	}
}

// What people write is far below the limits.
func TestLargeSourcesCompile(t *testing.T) {
	t.Parallel()
	for name, script := range map[string]string{
		"a table of 5,000 names": "return {" + repeated(`k%d = "v";`, 5_000) + "}",
		"10,000 statements":      strings.Repeat("f(x, y):g('z')\n", 10_000),
		"150 levels":             strings.Repeat("do ", 150) + strings.Repeat("end ", 150),
		"300 terms":              "return x" + strings.Repeat(" + x", 300),
		"1,000 labels":           strings.Repeat("do goto x ::x:: end ", 1_000),
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if _, d := Compile("job.lua", script); d != nil {
				t.Error(d)
			}
		})
	}
}
