package diag

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

var update = flag.Bool("update", false, "write the golden files anew")

// golden compares a text with a file in testdata.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name+".txt")
	if *update {
		if err := os.WriteFile(file, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", file, diff)
	}
}

func sources() Texts {
	return Texts{
		"job.lua": "local etl = require \"etl\"\r\n" +
			"\tlocal s = etl.read_csv { pth = \"a.csv\" }\n" +
			"return s:fliter(function(row) return true end)\n" +
			"-- größer: x\n" +
			"a\u0301 = \"東京\" .. b\n",
		"odd.lua": "a\x1b[31m\xff\xfeb = 1",
		"lib.lua": "local M = {}\nreturn M",
	}
}

func TestPrint(t *testing.T) {
	t.Parallel()
	tests := map[string]List{
		"message_only": {Errorf("job.none", Pos{}, "the script returns no job")},
		"file_only":    {Errorf("file.missing", Pos{File: "job.lua"}, "there is no such file")},
		"line_only":    {Errorf("lua.syntax", Pos{File: "job.lua", Line: 1}, "unexpected symbol")},
		"caret":        {Errorf("method.unknown", Pos{File: "job.lua", Line: 3, Col: 10}, "there is no method %q", "fliter")},
		"caret_range":  {Errorf("method.unknown", Pos{File: "job.lua", Line: 3, Col: 10, End: 16}, "there is no method %q", "fliter")},
		"tab":          {Errorf("option.unknown", Pos{File: "job.lua", Line: 2, Col: 27, End: 30}, "there is no option %q", "pth").WithHint("did you mean %q?", "path")},
		"carriage_return": {
			Errorf("lua.require", Pos{File: "job.lua", Line: 1, Col: 13, End: 20}, "it ends in CR LF"),
		},
		"wide_letters": {Errorf("lua.name", Pos{File: "job.lua", Line: 4, Col: 14, End: 15}, "the column counts bytes")},
		"wide_range":   {Errorf("lua.name", Pos{File: "job.lua", Line: 4, Col: 4, End: 12}, "carets count letters")},
		"double_width": {Errorf("lua.error", Pos{File: "job.lua", Line: 5, Col: 19, End: 20}, "the caret is under b")},
		"double_range": {Errorf("lua.error", Pos{File: "job.lua", Line: 5, Col: 7, End: 15}, "six carets")},
		"range_too_long": {
			Errorf("method.unknown", Pos{File: "job.lua", Line: 3, Col: 40, End: 400}, "the mark ends with the line"),
		},
		"range_backwards":    {Errorf("method.unknown", Pos{File: "job.lua", Line: 3, Col: 10, End: 4}, "one caret")},
		"control_characters": {Errorf("lua.syntax", Pos{File: "odd.lua", Line: 1, Col: 9, End: 10}, "the caret is under b")},
		"behind_the_line":    {Errorf("lua.syntax", Pos{File: "lib.lua", Line: 2, Col: 9}, "unexpected end")},
		"beyond_the_line":    {Errorf("lua.syntax", Pos{File: "lib.lua", Line: 2, Col: 50}, "the script was changed meanwhile")},
		"no_such_line":       {Errorf("lua.syntax", Pos{File: "lib.lua", Line: 20, Col: 1}, "the script was changed meanwhile")},
		"no_such_source":     {Errorf("csv.quote", Pos{File: "data.csv", Line: 5, Col: 3}, "a quote is not closed")},
		"component_warning":  {{Code: "join.collision", Severity: Warning, Component: "join@7", Message: "both sides have a column \"name\""}},
		"notes": {
			Errorf("path.twice", Pos{File: "job.lua", Line: 3, Col: 8, End: 9}, "two sinks write the same file").
				WithNote(Pos{File: "job.lua", Line: 2, Col: 8, End: 9}, "the first is here").
				WithNote(Pos{}, "a note without a place\nof two lines").
				WithNote(Pos{File: "away.lua", Line: 3}, "a note without source").
				WithHint("give one of them another path\nor drop it"),
		},
		"several": {
			Errorf("a.b", Pos{File: "lib.lua", Line: 1, Col: 1}, "first"),
			Warningf("c.d", Pos{}, "second").WithHint("mend it"),
		},
		"several_lines": {Errorf("lua.error", Pos{File: "lib.lua", Line: 1}, "first line\nsecond line")},
		"empty":         {},
	}
	for name, list := range tests {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			if err := Print(&b, list, sources()); err != nil {
				t.Fatal(err)
			}
			golden(t, name, b.String())
		})
	}
}

func TestPrintWithoutSources(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	if err := Print(&b, List{Errorf("a.b", Pos{File: "x", Line: 1, Col: 1}, "text")}, nil); err != nil {
		t.Fatal(err)
	}
	if got, want := b.String(), "x:1:1: error[a.b]: text\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

func TestPrintPassesOnWriteErrors(t *testing.T) {
	t.Parallel()
	if err := Print(brokenWriter{}, List{Errorf("a.b", Pos{}, "text")}, nil); !errors.Is(err, errBroken) {
		t.Errorf("got %v", err)
	}
}

var errBroken = errors.New("broken")

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func ExamplePrint() {
	d := Errorf("option.unknown", Pos{File: "job.lua", Line: 1, Col: 16, End: 19}, "there is no option %q", "pth").
		WithHint("did you mean %q?", "path")
	if err := Print(os.Stdout, List{d}, Texts{"job.lua": `etl.read_csv { pth = "a.csv" }`}); err != nil {
		fmt.Println(err)
	}
	// Output:
	// job.lua:1:16: error[option.unknown]: there is no option "pth"
	//     1 | etl.read_csv { pth = "a.csv" }
	//       |                ^^^
	//   hint: did you mean "path"?
}
