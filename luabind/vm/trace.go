package vm

import (
	"fmt"
	"slices"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
)

// maxCallNotes is how many calls a diagnostic lists at most.
const maxCallNotes = 10

// maxJoined is how often an error that is raised again keeps where it was
// before.
const maxJoined = 20

// join makes the calls that led to an error which a protected call caught, or
// which ended a coroutine, part of this one, if this is that error raised again.
func (e *Error) join(last *Error) {
	if last == nil || !e.repeats(last) {
		return
	}
	if last.joined < maxJoined {
		e.inner, e.joined = last, last.joined+1
	}
	if e.value == last.value || e.limited() {
		e.pos, e.hint = last.pos, last.hint
	}
}

// repeats reports whether an error is another one that was raised again, perhaps
// with more text.
func (e *Error) repeats(last *Error) bool {
	if e.limited() || last.limited() {
		return e.cause == last.cause
	}
	text, isText := e.value.(lua.LString)
	before, wasText := last.value.(lua.LString)
	if isText && wasText {
		return before != "" && strings.Contains(string(text), string(before))
	}
	return e.value == last.value && e.value != lua.LNil
}

// limited reports whether a limit ended the script, which no script can catch.
func (e *Error) limited() bool { return isLimit(e.cause) }

// began points at the first error, where a script raised it again with another
// text.
func (e *Error) began() []diag.Note {
	if e.inner == nil || e.inner.value == e.value || e.limited() || !e.inner.pos.IsValid() {
		return nil
	}
	return []diag.Note{{Pos: e.inner.pos, Text: "it began here"}}
}

// call is a function of a script that waited for another one.
type call struct {
	at    spot
	first bool // it raised the error, and blamed a caller for it
	again bool // it raised an error again
	gap   bool // it stands for any number of calls that are not known
}

// calls are the functions that were at work when the error was raised, innermost
// first.
func (s *State) calls(e *Error) []call {
	var out []call
	for line := range strings.Lines(e.trace) {
		line = strings.TrimSpace(line)
		if line == "..." {
			out = append(out, call{gap: true})
		} else if at, ok := s.traced(line); ok {
			out = append(out, call{at: at})
		}
	}
	if e.inner == nil || e.inner.value != e.value && !e.limited() || len(out) == 0 {
		return out
	}
	before := s.calls(e.inner)
	if len(before) > 0 && before[0] == out[0] {
		return out // the same came up once more; nobody raised it again
	}
	out[0].again = strings.Contains(e.trace, "in function 'error'")
	return append(before, out...)
}

// traced reads a line of gopher-lua's traceback; Go functions have no place.
func (s *State) traced(line string) (spot, bool) {
	place, _, ok := strings.Cut(line, ": in ")
	if !ok {
		place, _, ok = strings.Cut(line, " in ")
	}
	file, number, ok2 := syntax.CutLast(strings.TrimSuffix(place, ":"), ":")
	n, err := strconv.Atoi(number)
	return s.spot(file, n), ok && ok2 && err == nil && file != ""
}

// threadTrace is the traceback of a coroutine that an error at pos ended, in
// gopher-lua's form.
func threadTrace(thread *lua.LState, pos diag.Pos) string {
	var b strings.Builder
	// The innermost function is gone already.
	fmt.Fprintf(&b, "%s:%d: in ?\n", pos.File, pos.Line)
	for level := 0; level <= maxCalls; level++ {
		frame, ok := thread.GetStack(level)
		if !ok {
			break
		}
		_, _ = thread.GetInfo("Sl", frame, lua.LNil)
		if frame.Source != "" && (level > 0 || frame.CurrentLine != pos.Line) {
			fmt.Fprintf(&b, "%s:%d: in ?\n", frame.Source, frame.CurrentLine)
		}
	}
	return b.String()
}

// callNotes are the notes of a diagnostic at pos about the calls that led there.
func callNotes(calls []call, pos diag.Pos) []diag.Note {
	var notes []diag.Note
	calls = callers(calls, pos)
	for len(calls) > 0 {
		n := repeated(calls)
		notes = append(notes, calls[0].note(n, slices.ContainsFunc(calls[:n], func(c call) bool { return c.gap })))
		calls = calls[n:]
	}
	if dropped := len(notes) - maxCallNotes; dropped > 1 {
		const first = maxCallNotes - 3
		middle := diag.Note{Text: fmt.Sprintf("%d more calls were in between", dropped)}
		notes = slices.Concat(notes[:first], []diag.Note{middle}, notes[first+dropped:])
	}
	return notes
}

// repeated is how many calls at the beginning are the same one. What is between
// two equal ones and not known counts as equal.
func repeated(calls []call) int {
	n := 1
	for n < len(calls) && calls[n] == calls[0] {
		n++
	}
	if n+1 < len(calls) && calls[n].gap && calls[n+1] == calls[0] {
		return n + 1 + repeated(calls[n+1:])
	}
	return n
}

// callers leaves out the function that failed itself, which the diagnostic
// points at. Where it points further out, the innermost one raised the error.
func callers(calls []call, pos diag.Pos) []call {
	for i, c := range calls {
		if at := c.at.pos(); at.File == pos.File && at.Line == pos.Line {
			if i > 0 {
				calls[i] = calls[0]
				calls[i].first = true
				return calls[i:]
			}
			return calls[1:]
		}
	}
	if len(calls) == 0 || calls[0].again {
		return calls
	}
	return calls[1:]
}

// note says where the call stands.
func (c call) note(times int, gap bool) diag.Note {
	if c.gap {
		return diag.Note{Text: "more calls were in between"}
	}
	text := "called from "
	switch {
	case c.first:
		text = "raised in "
	case c.again:
		text = "raised again in "
	}
	text += c.at.function()
	switch {
	case gap:
		text += " (many times)"
	case times > 1:
		text += fmt.Sprintf(" (%d times)", times)
	}
	return diag.Note{Pos: c.at.pos(), Text: text}
}

// function is how messages call the function that a place stands in.
func (p spot) function() string {
	if p.chunk != nil {
		if name := p.chunk.FunctionAt(p.line); name != "" {
			return name
		}
	}
	return "here"
}
