package vm

import (
	"fmt"
	"regexp"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/diag"
)

// The messages that have hints.
var (
	nilFault   = regexp.MustCompile(`^attempt to (index|perform arithmetic on|concatenate|get length of|compare) .*\bnil\b`)
	nilValue   = regexp.MustCompile(`^'for' .* must be a number|^bad argument .*got (?:nil|no value)\)|^table index is nil`)
	callFault  = regexp.MustCompile(`^attempt to call a (nil|table|number)? ?value`)
	mixedFault = regexp.MustCompile(`^attempt to compare (?:number with string|string with number)`)
	dotFault   = regexp.MustCompile(`^bad argument #1 to '\w+' \(string expected, got (?:nil|no value)\)`)
	colonFault = regexp.MustCompile(`^calling '\w+' on a bad self \(.* expected, got table\)`)
)

// hint says how to mend a fault, "" where there is nothing to say.
func (s *State) hint(f fault) string {
	if f.at.chunk == nil {
		return ""
	}
	if m := nilFault.FindStringSubmatch(f.text); m != nil && f.quotable() {
		return s.nilHint(f, m[1])
	}
	switch x := f.what.Text; {
	case callFault.MatchString(f.text):
		return s.callHint(f)
	case mixedFault.MatchString(f.text):
		return f.mixedHint()
	case dotFault.MatchString(f.text) && f.at.chunk.WithColon(f.at.line) != "" && x == "":
		return "methods of texts are called with a colon, as in " + f.at.chunk.WithColon(f.at.line)
	case colonFault.MatchString(f.text) && f.at.chunk.WithDot(f.at.line) != "":
		return "functions of a library are called with a dot, as in " + f.at.chunk.WithDot(f.at.line)
	case nilValue.MatchString(f.text) && f.quotable():
		return s.nilReason(x) + "; test it first: if " + x + " ~= nil then"
	case strings.HasSuffix(f.text, " is no number") && f.quotable():
		return fmt.Sprintf("check it first: tonumber(%s) is nil for a text that is no number", x)
	}
	return ""
}

// quotable reports whether a variable, a field or an element is to blame whose
// text is short.
func (f fault) quotable() bool {
	return f.what.Text != "" && !strings.HasPrefix(f.what.Name, "result of ")
}

// nilReason says that x is nil. In the rows of a batch NULL may be the reason.
func (s *State) nilReason(x string) string {
	if s.rows && !strings.HasSuffix(x, "]") {
		return x + " is nil (NULL reads as nil)"
	}
	return x + " is nil"
}

// nilHint says how to write an operation with a value that may be nil.
func (s *State) nilHint(f fault, operation string) string {
	x := f.what.Text
	reason := s.nilReason(x)
	whole := f.at.chunk.Quote(f.at.line)
	switch {
	case operation == "perform arithmetic on":
		return fmt.Sprintf("%s; write (%s or 0), or test it first: if %s ~= nil then", reason, x, x)
	case operation == "get length of":
		return fmt.Sprintf("%s; write #(%s or \"\")", reason, x)
	case operation == "concatenate":
		return fmt.Sprintf("%s; write (%s or \"\")", reason, x)
	case whole != "" && strings.HasPrefix(whole, x):
		return fmt.Sprintf("%s; test it first: %s ~= nil and %s", reason, x, whole)
	}
	return fmt.Sprintf("%s; test it first: if %s ~= nil then", reason, x)
}

// callHint says what may be meant by a call of what is no function.
func (s *State) callHint(f fault) string {
	x := f.what.Text
	if f.at.chunk.Call(f.at.line) == nil && x != "" {
		switch {
		case strings.Contains(f.text, "a number"):
			return "a loop over numbers is written: for i = 1, 10 do"
		case strings.Contains(f.text, "a nil"):
			return fmt.Sprintf("%s is nil; a for loop wants pairs(t), ipairs(t) or a function behind in", x)
		}
		return fmt.Sprintf("write: for key, value in pairs(%s) do", x)
	}
	kind, name, _ := strings.Cut(strings.TrimSuffix(f.what.Name, "'"), " '")
	library := "string"
	if kind == "field" {
		library, _, _ = strings.Cut(f.at.chunk.Quote(f.at.line), ".")
	} else if kind != "method" {
		return ""
	}
	if near := diag.Nearest(name, s.membersOf(library)); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// membersOf are the names in a library, none if there is no such library.
func (s *State) membersOf(library string) []string {
	t, ok := s.L.G.Global.RawGetString(library).(*lua.LTable)
	if !ok {
		return nil
	}
	var names []string
	t.ForEach(func(name, _ lua.LValue) { names = append(names, name.String()) })
	return names
}

// mixedHint says how a text becomes a number.
func (f fault) mixedHint() string {
	kind, name, _ := strings.Cut(strings.TrimSuffix(f.what.Name, "'"), " '")
	switch {
	case !f.quotable():
		return "compare texts with texts and numbers with numbers: tonumber(text), tostring(number)"
	case f.kind == "number":
		return fmt.Sprintf("compare %s with a number, without quotes", f.what.Text)
	case kind == "field":
		return fmt.Sprintf("write tonumber(%s), or read it as a number: types = { %s = \"int\" }", f.what.Text, name)
	}
	return fmt.Sprintf("write tonumber(%s)", f.what.Text)
}
