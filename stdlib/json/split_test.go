package json

import (
	"bytes"
	stdjson "encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/jsonvalue"
)

// split gives the rows of a text, whether all of them are objects, and what
// ended it.
func split(src io.Reader, array bool) (rows []string, objects bool, end error) {
	s := newSplitter(src, array)
	objects = true
	var p parser
	for {
		r, err := s.next(true)
		if err != nil {
			return rows, objects, err
		}
		rows = append(rows, string(r.text))
		objects = objects && p.parse(r, func(member) *fault { return nil }) == nil
	}
}

// Rows do not depend on how much is read at once. What is taken as an array of
// objects is one to encoding/json too, and the other way round, but for what
// only we refuse.
func FuzzSplit(f *testing.F) {
	for _, seed := range []string{
		``, `[]`, `[{"a":1},{"b":[1,"]"]}]`, "{\"a\":1}\n\r\n{\"b\":\"\\\"}\"}", `[{},]`, `[{}{}]`, `[[1],"a,b",2 , null]`, `[{"a":"\"]`, `[}`, `[{]}]`, " [ {} ] x",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		for _, array := range []bool{false, true} {
			rows, objects, end := split(strings.NewReader(text), array)
			slow, _, slowEnd := split(iotest.OneByteReader(strings.NewReader(text)), array)
			if !slices.Equal(rows, slow) || end.Error() != slowEnd.Error() {
				t.Fatalf("%q: %q, %v; byte by byte %q, %v", text, rows, end, slow, slowEnd)
			}
			if array {
				compareArray(t, text, rows, objects && end == io.EOF)
			}
		}
	})
}

func compareArray(t *testing.T, text string, rows []string, taken bool) {
	t.Helper()
	var want []stdjson.RawMessage
	valid := stdjson.Unmarshal([]byte(text), &want) == nil && want != nil
	for _, x := range want {
		valid = valid && x[0] == '{'
	}
	switch {
	case taken && !valid:
		t.Fatalf("%q was taken as %q", text, rows)
	case valid && !taken && utf8.ValidString(text) && !slices.ContainsFunc(want, refused):
		t.Fatalf("%q was refused", text)
	case taken && len(rows) != len(want):
		t.Fatalf("%q: %q instead of %q", text, rows, want)
	}
}

// refused reports whether only we refuse a value.
func refused(text stdjson.RawMessage) bool { return jsonvalue.Valid(string(text)) != nil }

func TestPlaces(t *testing.T) {
	t.Parallel()
	text := "[ {\"a\":\n1},\n\n  {\"b\":2}, {} ]"
	s := newSplitter(strings.NewReader(text), true)
	var got []place
	for {
		r, err := s.next(true)
		if err == io.EOF {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, r.at)
	}
	want := []place{{1, 3}, {4, 3}, {4, 12}}
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(place{})); diff != "" {
		t.Error(diff)
	}
}

// A row that is not there yet is not waited for, and a broken source is told.
func TestSplitterSources(t *testing.T) {
	t.Parallel()
	in, out := io.Pipe()
	s := newSplitter(in, false)
	done := make(chan struct{})
	go func() {
		defer close(done)
		_, _ = out.Write([]byte("{\"a\":1}\n{\"a\":2}\n{\"a\""))
		_ = out.CloseWithError(errors.New("torn"))
	}()
	for range 2 {
		if _, err := s.next(true); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := s.next(false); err != errWait {
		t.Errorf("got %v", err)
	}
	if _, err := s.next(true); err == nil || err.Error() != "torn" {
		t.Errorf("got %v", err)
	}
	<-done
	idle := newSplitter(readerFunc(func([]byte) (int, error) { return 0, nil }), false)
	if _, err := idle.next(true); err != io.ErrNoProgress {
		t.Errorf("got %v", err)
	}
}

// readerFunc is an io.Reader.
type readerFunc func([]byte) (int, error)

// Read implements io.Reader.
func (f readerFunc) Read(p []byte) (int, error) { return f(p) }

// A row that does not end is refused before it fills the memory.
func TestLongRow(t *testing.T) {
	t.Parallel()
	for _, array := range []bool{false, true} {
		endless := io.MultiReader(strings.NewReader(`[{"a":"`), readerFunc(func(p []byte) (int, error) {
			return copy(p, bytes.Repeat([]byte("x"), len(p))), nil
		}))
		s := newSplitter(endless, array)
		s.longest = 1 << 20
		_, err := s.next(true)
		var f *fault
		if !errors.As(err, &f) || f.code != "json.long" {
			t.Errorf("array %v: got %v", array, err)
		}
	}
}
