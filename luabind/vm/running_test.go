package vm

import (
	"context"
	"fmt"
	"math"
	"strconv"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

func TestCallLines(t *testing.T) {
	t.Parallel()
	s := openState(t)
	var lines []string
	note := s.Bind("note", func(L *lua.LState) int {
		lines = append(lines, Where(L).String())
		L.Push(L.Get(1))
		return 1
	})
	stream := s.L.NewTable()
	stream.RawSetString("filter", note)
	stream.RawSetString("map", note)
	s.SetGlobal("stream", stream)
	s.SetGlobal("note", note)
	c := mustCompile(t, `function stream:own(x) return x end
local a = stream
  :filter(function(row)
    return row:has "x" end)
  :map { f = stream:filter() }
  :filter(
    1)
stream
  .map(
  stream) note(1)
`)
	if _, err := s.Call(context.Background(), 0, s.Load(c), 0); err != nil {
		t.Fatal(err)
	}
	want := "job.lua:3:4 job.lua:5:21 job.lua:5:4 job.lua:6:4 job.lua:9:4 job.lua:10:11"
	if diff := cmp.Diff(want, strings.Join(lines, " ")); diff != "" {
		t.Error(diff)
	}
}

func TestCompileStripsMarks(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		"\ufeffreturn 1":                     "1",
		"#!/usr/bin/env etlscript\nreturn 2": "2",
		"\ufeff#!x\nlocal ok, m = pcall(error, 'e') return select(2, pcall(function() error('here') end))": "job.lua:2: here",
		"#\nreturn 3": "3",
		"":            "",
		"return 0010, 1e309, -1e309, 0xff, 0xffffffffffffffff, .5, 3., 1e2":     "10 Inf -Inf 255 18446744073709552000 0.5 3 100",
		"local x = -0; local y = 0; return y, x, 0 * -1, 1 / 0, 2 ^ 10, -5 % 3": "0 0 0 Inf 1024 1",
	})
}

// Several states run one chunk at the same time.
func TestChunkIsShared(t *testing.T) {
	t.Parallel()
	c := mustCompile(t, `
local counts, log = {}, ""
local function count(word) counts[word] = (counts[word] or 0) + 1 end
for i = 1, 200 do
  local ok, err = pcall(function() count("k" .. i % 7); if i % 5 == 0 then error("x" .. i) end; return nil + i end)
  log = log .. #err
end
return counts.k1, #log, select(2, pcall(function() local t; return t.x end))`)
	var wg sync.WaitGroup
	for range 6 {
		wg.Go(func() {
			s := New(Options{})
			defer s.Close()
			for range 5 {
				out, err := s.Call(context.Background(), 0, s.Load(c), 3)
				if err != nil {
					t.Error(err)
					return
				}
				if got := fmt.Sprint(out); got != "[29 400 job.lua:8: attempt to index a nil value (local 't')]" {
					t.Error(got)
				}
			}
		})
	}
	wg.Wait()
}

// What is large but sane compiles.
func TestLargeScripts(t *testing.T) {
	t.Parallel()
	expectAll(t, map[string]string{
		"local x = 'x'; return #(x" + strings.Repeat("..x", 400) + ")":         "401",
		"local t = {" + strings.Repeat("1,", syntax.MaxItems) + "}; return #t": "25550",
		"local n = 0; " + strings.Repeat("n = n + 1; ", 20_000) + "return n":   "20000",
		"return " + strings.Repeat("(", 150) + "1" + strings.Repeat(")", 150):  "1",
		"local n = 1; return n" + strings.Repeat("+n", 500):                    "501",
	})
}

// What a script prints it reads back as the same number, from text, as a
// literal and in arithmetic.
func TestNumbersRoundTrip(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64().Draw(t, "f")
		if math.IsNaN(f) || math.IsInf(f, 0) {
			t.Skip("these have no literal")
		}
		got, ok := value.ParseNumber(" " + value.FormatNumber(f) + "\n")
		if !ok || got != f {
			t.Fatalf("%s reads as %v", value.FormatNumber(f), got)
		}
		s := New(Options{})
		defer s.Close()
		text := value.FormatNumber(f)
		literal := text
		if math.Abs(f) > value.ExactLimit {
			literal = strconv.FormatFloat(f, 'e', -1, 64) // as the diagnostic advises
		}
		c, d := syntax.Compile("job.lua", "local x = "+literal+" return x, '"+text+"' + 0, tostring(x), x .. ''")
		if d != nil {
			t.Fatal(d)
		}
		out, err := s.Call(context.Background(), 0, s.Load(c), 4)
		if err != nil {
			t.Fatal(err)
		}
		want := text
		if f == 0 {
			want = "0" // there is no literal of negative zero
		}
		if out[0] != lua.LNumber(f) || out[1] != lua.LNumber(f) || out[2].String() != want || out[3].String() != want {
			t.Fatalf("%s became %v", text, out)
		}
	})
}
