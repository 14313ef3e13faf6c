package vm

import (
	"fmt"
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

// call is a function of a script that waited for another one.
type call struct {
	at    spot
	again bool // it raised an error again
}

// calls are the functions that were at work when the error was raised, innermost
// first. more is set where a part in the middle is not known.
func (s *State) calls(e *Error) (out []call, more bool) {
	for line := range strings.Lines(e.trace) {
		line = strings.TrimSpace(line)
		if line == "..." {
			more = true
			continue
		}
		if at, ok := s.traced(line); ok {
			out = append(out, call{at: at})
		}
	}
	if e.inner == nil || len(out) == 0 {
		return out, more
	}
	before, more2 := s.calls(e.inner)
	if len(before) > 0 && before[0] == out[0] {
		return out, more // the same came up once more; nobody raised it again
	}
	out[0].again = strings.Contains(e.trace, "in function 'error'")
	return append(before, out...), more || more2
}

// traced reads a line of gopher-lua's traceback; Go functions have no place.
func (s *State) traced(line string) (spot, bool) {
	place, _, ok := strings.Cut(line, ": in ")
	if !ok {
		place, _, ok = strings.Cut(line, " in ")
	}
	file, number, ok2 := syntax.CutLast(strings.TrimSuffix(place, ":"), ":")
	n, err := strconv.Atoi(number)
	return s.spot(file, n), ok && ok2 && err == nil
}

// threadTrace is the traceback of a coroutine that an error ended, in
// gopher-lua's form. The innermost function is gone already.
func threadTrace(thread *lua.LState) string {
	var b strings.Builder
	for level := 0; level <= maxCalls; level++ {
		frame, ok := thread.GetStack(level)
		if !ok {
			break
		}
		_, _ = thread.GetInfo("Sl", frame, lua.LNil)
		if frame.Source != "" {
			fmt.Fprintf(&b, "%s:%d: in ?\n", frame.Source, frame.CurrentLine)
		}
	}
	return b.String()
}

// callNotes are the notes of a diagnostic at pos about the calls that led there.
func callNotes(calls []call, more bool, pos diag.Pos) []diag.Note {
	calls = callers(calls, pos)
	var notes []diag.Note
	for i := 0; i < len(calls); {
		n := 1
		for i+n < len(calls) && calls[i+n] == calls[i] {
			n++
		}
		notes = append(notes, calls[i].note(n))
		i += n
	}
	dropped := 0
	if len(notes) > maxCallNotes {
		const first, last = maxCallNotes - 4, 3
		dropped = len(notes) - first - last
		notes = append(notes[:first:first], notes[len(notes)-last:]...)
	}
	switch {
	case more:
		notes = append(notes, diag.Note{Text: "more calls were in between"})
	case dropped > 0:
		notes = append(notes, diag.Note{Text: fmt.Sprintf("%d more calls were in between", dropped)})
	}
	return notes
}

// callers leaves out the function that failed itself, which the diagnostic
// points at.
func callers(calls []call, pos diag.Pos) []call {
	for i, c := range calls {
		if at := c.at.pos(); at.File == pos.File && at.Line == pos.Line {
			return calls[i+1:]
		}
	}
	if len(calls) == 0 || calls[0].again {
		return calls
	}
	return calls[1:]
}

func (c call) note(times int) diag.Note {
	text := "called from "
	if c.again {
		text = "raised again in "
	}
	name := ""
	if c.at.chunk != nil {
		name = c.at.chunk.FunctionAt(c.at.line)
	}
	if name == "" {
		text, name = strings.TrimSuffix(strings.TrimSuffix(text, "from "), "in "), "here"
	}
	if times > 1 {
		name += fmt.Sprintf(" (%d times)", times)
	}
	return diag.Note{Pos: c.at.pos(), Text: text + name}
}
