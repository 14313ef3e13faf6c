package luagen

import (
	"strings"
	"testing"
	"time"

	"github.com/etlscript/etlscript/internal/lua51"
)

// A seed makes the same program at all times.
func TestProgramsAreDeterministic(t *testing.T) {
	t.Parallel()
	for seed := range uint64(50) {
		if a, b := New(seed).String(), New(seed).String(); a != b {
			t.Fatalf("seed %d made two programs:\n%s\n---\n%s", seed, a, b)
		}
	}
	if New(1).String() == New(2).String() {
		t.Error("two seeds made one program")
	}
}

// Programs are Lua: PUC Lua compiles all of them, and most run to their end.
func TestProgramsAreLua(t *testing.T) {
	t.Parallel()
	path, err := lua51.Find()
	if err != nil {
		t.Skip("there is no lua5.1 here: ", err)
	}
	p, err := lua51.Start(path)
	if err != nil {
		t.Fatal(err)
	}
	defer p.Close()
	const n = 500
	ended, emitted := 0, 0
	for seed := range uint64(n) {
		text := New(seed).String()
		answers, err := p.Run(time.Minute, text)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(answers[0], "syntax: ") {
			t.Errorf("seed %d: %s\n%s", seed, answers[0], text)
		}
		if strings.HasSuffix(answers[0], "\nok") {
			ended++
		}
		emitted += strings.Count(answers[0], "\n")
	}
	if ended < n/2 || emitted < n*10 {
		t.Errorf("%d of %d programs ran to their end, %d lines were emitted", ended, n, emitted)
	}
	t.Logf("%d of %d programs ran to their end, %d lines were emitted", ended, n, emitted)
}

func TestReduce(t *testing.T) {
	t.Parallel()
	p := &Program{body: []*node{
		line("a"),
		block("do", []*node{line("b"), block("while", []*node{line("needed"), line("c")}, "end")}, "end"),
		{parts: []part{{"if", []*node{line("d")}}, {"else", []*node{line("also needed")}}}, end: "end"},
	}}
	before := p.String()
	got := p.Reduce(func(text string) bool {
		return strings.Contains(text, "needed\n") && strings.Contains(text, "also")
	}).String()
	if got != "also needed\n" {
		t.Errorf("got %q", got)
	}
	got = p.Reduce(func(text string) bool {
		return strings.Contains(text, "  needed\n") && strings.Contains(text, "  also needed\n")
	}).String()
	if got != "while\n  needed\nend\nif\nelse\n  also needed\nend\n" {
		t.Errorf("got %q", got)
	}
	if p.String() != before {
		t.Error("Reduce changed its program")
	}
}
