package files

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// folder makes the files that the tests of Expand look for.
func folder(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	writeFiles(t, dir, map[string]string{
		"flights.csv": "", "airlines.csv": "", "notes.txt": "", ".hidden.csv": "", "a[1].csv": "",
		"2024/q1/jan.csv": "", "2024/q1/feb.csv": "", "2024/q2/apr.csv": "", "2024/.git/x.csv": "",
		"old.zip": zipped("x.csv", ""),
	})
	if err := os.Symlink(dir, filepath.Join(dir, "2024", "circle")); err != nil {
		t.Fatal(err)
	}
	return dir
}

func TestExpand(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	tests := []struct {
		patterns []string
		want     []string
	}{
		{[]string{"flights.csv", "./airlines.csv"}, []string{"flights.csv", "./airlines.csv"}},
		{[]string{"*.csv"}, []string{"a[1].csv", "airlines.csv", "flights.csv"}},
		{[]string{".*.csv"}, []string{".hidden.csv"}},
		{[]string{"[a-e]?rlines.csv"}, []string{"airlines.csv"}},
		{[]string{"a[1].csv"}, []string{"a[1].csv"}},
		{[]string{"2024/*/*.csv"}, []string{"2024/circle/a[1].csv", "2024/circle/airlines.csv", "2024/circle/flights.csv", "2024/q1/feb.csv", "2024/q1/jan.csv", "2024/q2/apr.csv"}},
		{[]string{"2024/**/*.csv"}, []string{"2024/q1/feb.csv", "2024/q1/jan.csv", "2024/q2/apr.csv"}},
		{[]string{"**/jan.csv"}, []string{"2024/q1/jan.csv"}},
		{[]string{"2024/q2/**"}, []string{"2024/q2/apr.csv"}},
		{[]string{"notes.txt", "2024/q?/a*"}, []string{"notes.txt", "2024/q2/apr.csv"}},
		{[]string{"old.zip/x.csv"}, []string{"old.zip/x.csv"}},
		{[]string{"-"}, []string{"stdin"}},
		{[]string{dir + "/fl*.csv"}, []string{dir + "/flights.csv"}},
	}
	for _, tt := range tests {
		var patterns []op.Name
		for _, p := range tt.patterns {
			patterns = append(patterns, op.Name{Text: p})
		}
		found, problems := Expand(dir, patterns)
		if len(problems) > 0 {
			t.Errorf("%q: %v", tt.patterns, problems)
			continue
		}
		var got []string
		for _, f := range found {
			got = append(got, f.Name)
			if _, err := os.Stat(f.Path); err != nil && !f.Stdin {
				t.Errorf("%q: %v", tt.patterns, err)
			}
		}
		if diff := cmp.Diff(tt.want, got); diff != "" {
			t.Errorf("%q: %s", tt.patterns, diff)
		}
	}
}

func TestExpandProblems(t *testing.T) {
	t.Parallel()
	dir := folder(t)
	tests := []struct {
		patterns   []string
		code       diag.Code
		want, hint string
	}{
		{[]string{"fligths.csv"}, "file.missing", `there is no file "fligths.csv"`, `did you mean "flights.csv"?`},
		{[]string{"2024/q1/jam.csv"}, "file.missing", `there is no file "2024/q1/jam.csv"`, `did you mean "2024/q1/jan.csv"?`},
		{[]string{"2024/q1/december"}, "file.missing", `there is no file "2024/q1/december"`, "paths start at the script's folder; 2024/q1/ holds feb.csv, jan.csv"},
		{[]string{"2023/jan.csv"}, "file.missing", `there is no file "2023/jan.csv"`, `there is no folder "2023" either; paths start at the script's folder`},
		{[]string{"*.parquet"}, "file.glob_empty", `no file matches "*.parquet"`, "a glob is relative to the script's folder, and ** stands for any number of folders"},
		{[]string{"a[.csv"}, "file.pattern", `"a[.csv" is no glob: syntax error in pattern`, ""},
		{[]string{"2024"}, "file.directory", `"2024" is a folder, not a file`, `name its files with a glob: "2024/*.csv"`},
		{[]string{"flights.csv/x.csv"}, "file.open", `cannot open "flights.csv/x.csv": not a directory`, ""},
		{[]string{"*.txt", "notes.txt"}, "file.twice", `notes.txt would be read twice`, "name each file once"},
		{[]string{"-", "-"}, "file.twice", `stdin would be read twice`, "name each file once"},
	}
	for _, tt := range tests {
		var patterns []op.Name
		for i, p := range tt.patterns {
			patterns = append(patterns, op.Name{Text: p, Pos: diag.Pos{File: "job.lua", Line: i + 1}})
		}
		_, problems := Expand(dir, patterns)
		if len(problems) != 1 {
			t.Errorf("%q: problems: %v", tt.patterns, problems)
			continue
		}
		if p := problems[0]; p.Code != tt.code || p.Message != tt.want || p.Hint != tt.hint || p.Pos.Line != len(patterns) {
			t.Errorf("%q: %s at %s: %s (%s)", tt.patterns, p.Code, p.Pos, p.Message, p.Hint)
		}
	}
}

func TestExpandReportsAll(t *testing.T) {
	t.Parallel()
	_, problems := Expand(folder(t), []op.Name{{Text: "x1.csv"}, {Text: "x2*"}, {Text: "2024"}, {Text: "notes.txt"}})
	var codes []diag.Code
	for _, p := range problems {
		codes = append(codes, p.Code)
	}
	if diff := cmp.Diff([]diag.Code{"file.missing", "file.glob_empty", "file.directory"}, codes); diff != "" {
		t.Error(diff)
	}
}

func TestEnding(t *testing.T) {
	t.Parallel()
	want := map[string]string{
		"a.json": ".json", "a.JSON.gz": ".json", "x/a.ndjson.zst": ".ndjson", "a": "", "a.gz": "", "-": "", "a.b/c": "",
	}
	for name, ending := range want {
		if got := Ending(name); got != ending {
			t.Errorf("the ending of %q is %q, want %q", name, got, ending)
		}
	}
}
