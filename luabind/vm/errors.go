package vm

import (
	"cmp"
	"context"
	"errors"
	"regexp"
	"slices"
	"strconv"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/value"
)

// Error is an error that ended a call of a Lua function.
type Error struct {
	value lua.LValue // what was raised
	cause error      // the Go error that was raised, or the limit that was passed; nil for errors of Lua
	trace string     // gopher-lua's traceback

	pos    diag.Pos // what is to blame, as exactly as that is known; it may be unknown
	blamed string   // what is written there
	hint   string   // for errors of Lua
	inner  *Error   // this error when it was raised before
	joined int      // how many there are in inner
}

func (e *Error) Error() string { return errorText(e.value) }

// Unwrap gives the Go error that was raised.
func (e *Error) Unwrap() error { return e.cause }

// Blamed is the variable or field that is to blame, as it is written: "row.qty".
// It is "" where that is not known.
func (e *Error) Blamed() string { return e.blamed }

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
		L.Error(failed.value, 0) // the state keeps it as its last one
	}
	ud := L.NewUserData()
	ud.Value = &raised{err: err, pos: Where(L)}
	if s := StateOf(L); s != nil {
		ud.Metatable = s.errorMt
	}
	L.Error(ud, 0)
}

// failure makes what a call returns of the error of PCall.
func (s *State) failure(err error) error {
	api, ok := err.(*lua.ApiError)
	if !ok {
		return err
	}
	s.countFailure(api.Object)
	switch {
	case api.Type == lua.ApiErrorPanic:
		s.Broken = &Error{value: api.Object, cause: cmp.Or(api.Cause, error(&goPanic{name: "the Lua machine", value: api.Object.String()})), trace: api.StackTrace}
		s.meter.kill(s.Broken)
		return s.Broken
	case isLimit(s.meter.err):
		return s.failed(s.stopped(api))
	case s.meter.err != nil:
		return s.meter.err
	}
	e := s.explain(api.Object)
	e.trace = api.StackTrace
	return s.failed(e)
}

// failureCost is how many instructions take about as long as to make an error of
// what a short text was raised with.
const failureCost = 100

// countFailure counts the work of making an error.
func (s *State) countFailure(v lua.LValue) {
	text, _ := v.(lua.LString)
	// When this is the end of the budget, the meter keeps the reason.
	_ = s.meter.charge(failureCost + int64(len(text)/readPerInstruction))
}

// stopped is the error of a script that passed a limit. It stands on a line: on
// which instruction of a loop the limit was met means nothing.
func (s *State) stopped(api *lua.ApiError) *Error {
	e := s.explain(api.Object)
	e.pos.Col, e.pos.End = 0, 0
	e.cause, e.trace, e.hint = s.meter.err, api.StackTrace, ""
	return e
}

// failed keeps an error that ended a protected call, and what it was when it was
// raised before.
func (s *State) failed(e *Error) *Error {
	e.join(s.last)
	s.last = e
	return e
}

// isLimit reports whether an error says that a script passed one of its limits.
func isLimit(err error) bool {
	var short *shortage
	return errors.Is(err, errBudget) || errors.As(err, &short)
}

// explain makes an error of a value that was raised. Messages of gopher-lua get
// the words of Lua, and places the line of the text.
func (s *State) explain(v lua.LValue) *Error {
	b := s.blame
	s.blame = blame{}
	e := &Error{value: v}
	if s.thrown.value == v {
		e.pos = s.thrown.pos
	}
	switch v := v.(type) {
	case *lua.LUserData:
		if r, ok := v.Value.(*raised); ok {
			e.cause, e.pos = r.err, r.pos
		}
	case lua.LString:
		at, message, ok := s.splitPlace(string(v))
		if !ok {
			break
		}
		f := clarify(at, message)
		if b.at == at && !f.what.Pos.IsValid() {
			f.what = b.what
		}
		e.pos, e.blamed, e.hint = f.place(), f.what.Text, s.hint(f)
		e.value = lua.LString(diag.Pos{File: at.file, Line: at.pos().Line}.String() + ": " + f.text)
	}
	return e
}

// thrown is the last value without a place in its text that error raised.
type thrown struct {
	value lua.LValue
	pos   diag.Pos
}

// maxPlace is how many bytes of a message are searched for the end of a place.
const maxPlace = 1024

// placeEnd is the end of a place in a message, from the colon behind the file on.
var placeEnd = regexp.MustCompile(`:([0-9]{1,9}): `)

// splitPlace takes the "file:line: " off a message, if the file is known.
func (s *State) splitPlace(text string) (spot, string, bool) {
	for _, at := range placeEnd.FindAllStringSubmatchIndex(text[:min(len(text), maxPlace)], -1) {
		file := text[:at[0]]
		line, err := strconv.Atoi(text[at[2]:at[3]])
		if err == nil && s.Chunk(file) != nil {
			return s.spot(file, line), text[at[1]:], true
		}
	}
	return spot{}, text, false
}

// Diagnose turns an error of call or invoke into a diagnostic with the place in
// the script. A Go diagnostic that was raised comes back as itself, with the
// place of the script when it has none.
func (s *State) Diagnose(err error) *diag.Diagnostic {
	var failed *Error
	if !errors.As(err, &failed) {
		return s.diagnoseGo(err, diag.Pos{})
	}
	pos := failed.pos
	calls := s.calls(failed)
	if !pos.IsValid() && len(calls) > 0 {
		pos = calls[0].at.pos()
	}
	d := s.diagnosis(failed, pos)
	out := *d // it may be raised again
	out.Notes = slices.Concat(d.Notes, failed.began(), callNotes(calls, pos))
	return &out
}

// diagnosis is the diagnostic of an error that came up at pos.
func (s *State) diagnosis(failed *Error, pos diag.Pos) *diag.Diagnostic {
	if failed.cause != nil {
		return s.diagnoseGo(failed.cause, pos)
	}
	text := failed.Error()
	if v, ok := failed.value.(*lua.LTable); ok {
		text = s.tableText(v)
	}
	d := &diag.Diagnostic{Code: "lua.error", Pos: pos, Message: text, Hint: failed.hint, Err: failed}
	if at, message, ok := s.splitPlace(text); ok {
		d.Message = message
		if !failed.pos.IsValid() {
			d.Pos = at.pos()
		}
	}
	if d.Hint == "" {
		d.Hint = hintOfValue(failed.value)
	}
	if d.Message == "" {
		d.Message, d.Hint = "the error has an empty text", errorHint
	}
	return d
}

// What a script may take to tell about its own error, when its run is over.
const (
	tellBudget = 100_000
	tellTime   = time.Second
)

// tableText is the text of a table that was raised: that of its __tostring, or
// its field message.
func (s *State) tableText(t *lua.LTable) string {
	meta, ok := s.L.GetMetaField(t, "__tostring").(*lua.LFunction)
	if !ok {
		return errorText(t)
	}
	ctx, cancel := context.WithTimeout(context.Background(), tellTime)
	defer cancel()
	defer s.meter.begin(ctx)()
	s.meter.refill(budget{tellBudget, "load"}, tellBudget)
	out, err := s.protect(s.L, meta, 1, []lua.LValue{t})
	if text, ok := firstText(out); ok && err == nil {
		return text
	}
	return errorText(t)
}

func firstText(values []lua.LValue) (string, bool) {
	if len(values) == 0 {
		return "", false
	}
	text, ok := values[0].(lua.LString)
	return string(text), ok
}

// errorHint says how to raise an error, where one says nothing.
const errorHint = `error needs a text, as in error("the order has no lines")`

// hintOfValue says how to raise a better error, where this one says nothing.
func hintOfValue(v lua.LValue) string {
	switch v.Type() {
	case lua.LTNil:
		return errorHint
	case lua.LTTable:
		if t, ok := v.(*lua.LTable); ok && t.RawGetString("message") == lua.LNil && t.Metatable == lua.LNil {
			return `give the table a field message, or raise a text: error("what is wrong")`
		}
	}
	return ""
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
		placed.Pos = pos
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
