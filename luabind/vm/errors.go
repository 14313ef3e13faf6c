package vm

import (
	"context"
	"errors"
	"strconv"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

// Error is an error that ended a call of a Lua function.
type Error struct {
	value lua.LValue // what was raised
	cause error      // the Go error that was raised, or the limit that was passed; nil for errors of Lua
	trace string     // gopher-lua's traceback
}

func (e *Error) Error() string { return errorText(e.value) }

// Unwrap gives the Go error that was raised.
func (e *Error) Unwrap() error { return e.cause }

// EndsRun reports whether no further row can be run: the budget of the batch is
// used up, or memory runs short.
func (e *Error) EndsRun() bool {
	var over *overrun
	var short *shortage
	return errors.As(e.cause, &over) && over.per == "batch" || errors.As(e.cause, &short)
}

// errorText is the text of a value that was raised.
func errorText(v lua.LValue) string {
	switch v := v.(type) {
	case lua.LString:
		return string(v)
	case lua.LNumber:
		return value.FormatNumber(float64(v))
	case *lua.LUserData:
		if r, ok := v.Value.(*raised); ok {
			return r.err.Error()
		}
	case *lua.LTable:
		if text, ok := v.RawGetString("message").(lua.LString); ok {
			return string(text)
		}
	}
	return "the error object is a " + v.Type().String() + " value"
}

// raised is a Go error on its way through Lua.
type raised struct {
	err error
	pos diag.Pos // where the script was when it was raised
}

// Raise raises a Go error. To the script it is a userdata that answers
// tostring, `..`, the fields code and message, and string methods; pcall and
// error pass it on as it is. An error of call goes on as what it was.
func Raise(L *lua.LState, err error) {
	if failed, ok := err.(*Error); ok {
		L.Error(failed.value, 0)
	}
	ud := L.NewUserData()
	ud.Value = &raised{err: err, pos: Where(L)}
	if s := StateOf(L); s != nil {
		ud.Metatable = s.errorMt
	}
	L.Error(ud, 0)
}

// Where is the place in the script that runs.
func Where(L *lua.LState) diag.Pos {
	for thread := L; thread != nil; thread = thread.Parent {
		if pos, ok := whereOn(thread); ok {
			return pos
		}
	}
	s := StateOf(L)
	for i := len(s.outer) - 1; s != nil && i >= 0; i-- {
		if pos, ok := whereOn(s.outer[i]); ok {
			return pos
		}
	}
	return diag.Pos{}
}

// whereOn is the line of the innermost Lua function of a thread.
func whereOn(L *lua.LState) (diag.Pos, bool) {
	for level := 0; level <= maxCalls; level++ {
		frame, ok := L.GetStack(level)
		if !ok {
			break
		}
		// GetInfo fails for values that are no function only.
		_, _ = L.GetInfo("Sl", frame, lua.LNil)
		if frame.Source != "" && frame.CurrentLine > 0 {
			return diag.Pos{File: frame.Source, Line: frame.CurrentLine}, true
		}
	}
	return diag.Pos{}, false
}

// failure makes what a call returns of the error of PCall.
func (s *State) failure(err error) error {
	api, ok := err.(*lua.ApiError)
	switch {
	case !ok:
		return err
	case api.Type == lua.ApiErrorPanic:
		s.Broken = &Error{value: api.Object, cause: &goPanic{name: "the Lua machine", value: api.Object.String()}, trace: api.StackTrace}
		s.meter.kill(s.Broken)
		return s.Broken
	case isLimit(s.meter.err):
		return &Error{value: api.Object, cause: s.meter.err, trace: api.StackTrace}
	case s.meter.err != nil:
		return s.meter.err
	}
	e := &Error{value: s.clarified(api.Object), trace: api.StackTrace}
	if ud, ok := api.Object.(*lua.LUserData); ok {
		if r, ok := ud.Value.(*raised); ok {
			e.cause = r.err
		}
	}
	return e
}

// isLimit reports whether an error says that a script passed one of its limits.
func isLimit(err error) bool {
	var short *shortage
	return errors.Is(err, errBudget) || errors.As(err, &short)
}

// clarified is the value of an error with gopher-lua's own messages in the
// words of Lua.
func (s *State) clarified(v lua.LValue) lua.LValue {
	text, ok := v.(lua.LString)
	if !ok {
		return v
	}
	pos, message, ok := s.splitPlace(string(text))
	if !ok {
		return v
	}
	return lua.LString(pos.String() + ": " + clarify(s.Chunk(pos.File), pos.Line, message))
}

// splitPlace takes the "file:line: " off a message, if the file is known.
func (s *State) splitPlace(text string) (diag.Pos, string, bool) {
	for from := 0; ; {
		i := strings.IndexByte(text[from:], ':')
		if i < 0 {
			return diag.Pos{}, text, false
		}
		from += i + 1
		digits, message, ok := strings.Cut(text[from:], ": ")
		line, err := strconv.Atoi(digits)
		if file := text[:from-1]; ok && err == nil && s.Chunk(file) != nil {
			return diag.Pos{File: file, Line: line}, message, true
		}
	}
}

// Diagnose turns an error of call or invoke into a diagnostic with the place in
// the script. A Go diagnostic that was raised comes back as itself, with the
// place of the script when it has none.
func (s *State) Diagnose(err error) *diag.Diagnostic {
	var failed *Error
	if !errors.As(err, &failed) {
		return s.diagnoseGo(err, diag.Pos{})
	}
	pos, message, placed := s.splitPlace(failed.Error())
	if r, ok := raisedIn(failed.value); ok {
		pos, placed = r.pos, true
	}
	calls := traceback(failed.trace)
	if !placed && len(calls) > 0 {
		pos = calls[0].Pos
	}
	if failed.cause != nil {
		return s.diagnoseGo(failed.cause, pos)
	}
	pos = s.pinpoint(pos, message)
	d := &diag.Diagnostic{Code: "lua.error", Pos: pos, Message: message, Err: err}
	for _, call := range calls {
		if call.Pos.Line != pos.Line || call.Pos.File != pos.File {
			d.Notes = append(d.Notes, call)
		}
	}
	return d
}

// pinpoint is the place with the column of what the message blames.
func (s *State) pinpoint(pos diag.Pos, message string) diag.Pos {
	if c := s.Chunk(pos.File); c != nil {
		return c.Pinpoint(pos, message)
	}
	return pos
}

func raisedIn(v lua.LValue) (*raised, bool) {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return nil, false
	}
	r, ok := ud.Value.(*raised)
	return r, ok
}

// diagnoseGo makes a diagnostic of a Go error that came up at pos.
func (s *State) diagnoseGo(err error, pos diag.Pos) *diag.Diagnostic {
	var d *diag.Diagnostic
	var crash *goPanic
	var over *overrun
	var short *shortage
	switch {
	case errors.As(err, &d):
		if d.Pos.IsValid() {
			return d
		}
		placed := *d
		placed.Pos = s.pinpoint(pos, d.Message)
		return &placed
	case errors.As(err, &over):
		return diag.Errorf("lua.budget", pos, "%w", over).WithHint("%s", over.hint())
	case errors.As(err, &short):
		return short.diagnose(pos)
	case errors.As(err, &crash):
		return diag.Errorf("internal.panic", pos, "%w", err).WithHint("this is a fault of etlscript; please report it with the log")
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return diag.Errorf("lua.cancelled", pos, "%w", err)
	}
	return diag.Errorf("lua.error", pos, "%w", err)
}

// traceback reads gopher-lua's traceback; Go functions are left out.
func traceback(trace string) []diag.Note {
	var notes []diag.Note
	for line := range strings.Lines(trace) {
		place, what, ok := strings.Cut(strings.TrimSpace(line), " in ")
		file, number, ok2 := syntax.CutLast(strings.TrimSuffix(place, ":"), ":")
		n, err := strconv.Atoi(number)
		if ok && ok2 && err == nil {
			notes = append(notes, diag.Note{Pos: diag.Pos{File: file, Line: n}, Text: "in " + what})
		}
	}
	return notes
}

// blameHere is blame for the line that runs.
func (s *State) blameHere(L *lua.LState, pick syntax.Picker) string {
	pos := Where(L)
	if c := s.Chunk(pos.File); c != nil {
		return c.Blame(pos.Line, pick)
	}
	return ""
}
