package diag

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestDiagnosticIsAnError(t *testing.T) {
	t.Parallel()
	d := Errorf("csv.read", Pos{File: "a.csv", Line: 3, Col: 7}, "row %d: %w", 2, io.ErrUnexpectedEOF)
	d.Component = "read_csv@1"
	if got, want := d.Error(), "a.csv:3:7: read_csv@1: row 2: unexpected EOF"; got != want {
		t.Errorf("got %s, want %s", got, want)
	}
	if !errors.Is(d, io.ErrUnexpectedEOF) || d.Class() != "csv" || d.Severity != Error {
		t.Errorf("cause %v, class %s, severity %s", d.Err, d.Class(), d.Severity)
	}
	if got := Code("internal").Class(); got != "internal" {
		t.Errorf("the class of a code without a dot is %q", got)
	}
}

func TestListIsAnError(t *testing.T) {
	t.Parallel()
	first := Errorf("a.b", Pos{}, "first: %w", io.EOF)
	warning := Warningf("c.d", Pos{}, "second")
	list := List{first, warning}
	if got := list.Error(); got != "first: EOF\nsecond" {
		t.Errorf("got %q", got)
	}
	var found *Diagnostic
	if !errors.Is(list, io.EOF) || !errors.As(list, &found) || found != first {
		t.Errorf("errors.As found %v", found)
	}
	if got := list.Err(); got.Error() != "first: EOF" {
		t.Errorf("Err is %v", got)
	}
	if (List{warning}).Err() != nil || len(list.Warnings()) != 1 || len(list) != 2 {
		t.Error("warnings count as errors, or the list changed")
	}
}

func TestSorted(t *testing.T) {
	t.Parallel()
	at := func(name string, p Pos) *Diagnostic { return Errorf(Code(name), p, "text") }
	list := List{
		at("nowhere1", Pos{}),
		at("b1", Pos{File: "b", Line: 1}),
		at("a9", Pos{File: "a", Line: 9}),
		at("nowhere2", Pos{}),
		at("a2c7", Pos{File: "a", Line: 2, Col: 7}),
		at("a2c3", Pos{File: "a", Line: 2, Col: 3}),
	}
	var got []string
	for _, d := range list.Sorted() {
		got = append(got, string(d.Code))
	}
	if diff := cmp.Diff([]string{"a2c3", "a2c7", "a9", "b1", "nowhere1", "nowhere2"}, got); diff != "" {
		t.Error(diff)
	}
	if list[0].Code != "nowhere1" {
		t.Error("Sorted changed its receiver")
	}
}

func TestListOf(t *testing.T) {
	t.Parallel()
	d := Errorf("a.b", Pos{}, "text")
	tests := map[string]struct {
		err  error
		want List
	}{
		"nil":                {nil, nil},
		"diagnostic":         {d, List{d}},
		"wrapped diagnostic": {fmt.Errorf("x: %w", d), List{d}},
		"list":               {List{d, d}, List{d, d}},
		"wrapped list":       {fmt.Errorf("x: %w", List{d}), List{d}},
	}
	for name, tt := range tests {
		got := ListOf(tt.err)
		if len(got) != len(tt.want) || len(got) > 0 && got[0] != d {
			t.Errorf("%s: got %v", name, got)
		}
	}
	got := ListOf(io.EOF)
	if len(got) != 1 || got[0].Code != "internal.error" || got[0].Message != "EOF" || !errors.Is(got[0], io.EOF) {
		t.Errorf("a plain error: %v", got)
	}
}

func TestPosString(t *testing.T) {
	t.Parallel()
	tests := map[string]Pos{
		"": {Line: 3}, "a": {File: "a"}, "a:3": {File: "a", Line: 3}, "a:3:7": {File: "a", Line: 3, Col: 7, End: 9},
	}
	for want, p := range tests {
		if p.String() != want || p.IsValid() != (want != "") {
			t.Errorf("got %q, want %q", p, want)
		}
	}
}

func TestDiagnosticAsJSON(t *testing.T) {
	t.Parallel()
	d := Errorf("a.b", Pos{File: "f", Line: 1}, "text: %w", io.EOF).WithNote(Pos{}, "note").WithHint("mend")
	got, err := json.Marshal(d)
	if err != nil {
		t.Fatal(err)
	}
	const want = `{"code":"a.b","pos":{"file":"f","line":1},"message":"text: EOF","notes":[{"pos":{},"text":"note"}],"hint":"mend"}`
	if string(got) != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestLineOfTexts(t *testing.T) {
	t.Parallel()
	texts := Texts{"f": "one\r\ntwo\n"}
	for n, want := range map[int]string{1: "one", 2: "two", 3: ""} {
		if got, ok := texts.Line("f", n); !ok || got != want {
			t.Errorf("line %d: got %q, %v", n, got, ok)
		}
	}
	for _, n := range []int{-1, 0, 4} {
		if _, ok := texts.Line("f", n); ok {
			t.Errorf("there is a line %d", n)
		}
	}
}
