package job_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
)

// family makes the jobs of a file from lines such as
//
//	b after a,c fallback d reads in.csv writes out.csv
//
// Each job stands on the line of its number.
func family(text string) []*job.Definition {
	var out []*job.Definition
	for i, line := range strings.Split(strings.TrimSpace(text), "\n") {
		out = append(out, member(i+1, strings.Fields(line)))
	}
	return out
}

func member(line int, words []string) *job.Definition {
	g := newGraph()
	g.line = line - 1
	g.def.Name, g.def.Pos.Line = words[0], line
	col := 1
	for i := 1; i+1 < len(words); i += 2 {
		for _, word := range strings.Split(words[i+1], ",") {
			col += 10
			name := op.Name{Text: word, Pos: diag.Pos{File: "job.lua", Line: line, Col: col}}
			switch words[i] {
			case "after":
				g.def.Settings.After, g.def.Settings.AfterPos = append(g.def.Settings.After, word), append(g.def.Settings.AfterPos, name.Pos)
			case "fallback":
				g.def.Settings.Fallback = job.Fallback{Job: word, Pos: name.Pos}
			case "reads":
				g.line = line - 1
				g.read(word)
			case "writes":
				g.line = line - 1
				g.write(word, g.read("input-of-"+word))
			}
		}
	}
	return &g.def
}

func TestCheckTogether(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, jobs, want string }{
		{"one job", "a writes out.csv", ""},
		{"a chain", "a writes a.csv\nb after a reads a.csv writes b.csv\nc after b reads a.csv,b.csv", ""},
		{"a fallback", "a fallback f writes out.csv\nf writes out.csv\nr after a reads out.csv", ""},
		{"fallbacks in a row", "a fallback b\nb fallback c\nc", ""},
		{"one fallback of two", "a fallback f\nb fallback f\nf", ""},
		{"standard input and output", "a writes -\nb reads -", ""},
		{"the reader comes first", "a after b writes x.csv\nb reads x.csv", ""},
		{"a fallback that reads what is there", "a fallback f writes out.csv\nf reads out.csv", ""},
		{"unknown", "load after extrat\nextract fallback lod", `
job.lua:1:11: error[job.unknown]: job "load" comes after "extrat", but the file has no job of that name
  hint: did you mean "extract"?

job.lua:2:11: error[job.unknown]: job "extract" has the fallback "lod", but the file has no job of that name
  hint: did you mean "load"?
`},
		{"nobody else", "a after b", `
job.lua:1:11: error[job.unknown]: job "a" comes after "b", but the file has no job of that name
  hint: there is no other job in the file: a file returns several as return { etl.job { ... }, etl.job { ... } }
`},
		{"itself", "a after a fallback a\nb", `
job.lua:1:11: error[job.self]: job "a" comes after itself
  hint: name another job of the file, or remove after

job.lua:1:21: error[job.self]: job "a" has the fallback itself
  hint: name another job of the file, or remove fallback
`},
		{"twice the name", "a\na after x", `
job.lua:2: error[job.duplicate]: two jobs are called "a"
  note: job.lua:1: the first one

job.lua:2:11: error[job.unknown]: job "a" comes after "x", but the file has no job of that name
  hint: there is no other job in the file: a file returns several as return { etl.job { ... }, etl.job { ... } }
`},
		{"a circle of two", "a after b\nb after a\nc after a", `
job.lua:1:11: error[job.circle]: jobs come after each other in a circle: a → b → a
  note: job.lua:2:11: "b" names "a" here
  hint: remove one of these names
`},
		{"two circles", "a after x,b\nb after c\nc after a,d\nd after e\ne after d\nx", `
job.lua:1:21: error[job.circle]: jobs come after each other in a circle: a → b → c → a
  note: job.lua:2:11: "b" names "c" here
  note: job.lua:3:11: "c" names "a" here
  hint: remove one of these names

job.lua:4:11: error[job.circle]: jobs come after each other in a circle: d → e → d
  note: job.lua:5:11: "e" names "d" here
  hint: remove one of these names
`},
		{"fallbacks in a circle", "a fallback b\nb fallback c\nc fallback a", `
job.lua:1:11: error[job.circle]: jobs are the fallback of each other in a circle: a → b → c → a
  note: job.lua:2:11: "b" names "c" here
  note: job.lua:3:11: "c" names "a" here
  hint: remove one of these names
`},
		{"a fallback that waits for its job", "a fallback f\nb after a\nf after b", `
job.lua:1:11: error[job.fallback]: job "f" is the fallback of "a" and comes after it, so that it could never run
  note: job.lua:3: the fallback
  hint: a fallback begins where its job has failed; it comes after nothing that needs that job
`},
		{"after a fallback", "a fallback f\nf\nc after f", `
job.lua:3:11: error[job.fallback]: job "c" comes after "f", which only runs where "a" fails
  hint: write after = { "a" }
`},
		{"no order", "a writes out/x.csv\nb reads ./out/x.csv\nc reads out/*.csv,y.csv", `
job.lua:2:9: warning[job.order]: read./out/x.csv: job "b" reads "./out/x.csv", which job "a" writes, and does not come after it
  note: job.lua:2:9: written here
  hint: write after = { "a" } in job "b"

job.lua:3:9: warning[job.order]: readout/*.csv: job "c" reads "out/*.csv", which job "a" writes, and does not come after it
  note: job.lua:2:9: written here
  hint: write after = { "a" } in job "c"
`},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			got := said(t, job.CheckTogether(family(test.jobs)))
			if d := cmp.Diff(strings.TrimPrefix(test.want, "\n"), got); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}

// A file of many jobs in a row is checked at once.
func TestCheckTogetherOfMany(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("j0 writes 0.csv\n")
	for i := 1; i < 1000; i++ {
		fmt.Fprintf(&b, "j%d after j%d reads %d.csv writes %d.csv\n", i, i-1, i-1, i)
	}
	if got := job.CheckTogether(family(b.String())); len(got) > 0 {
		t.Error(got)
	}
}
