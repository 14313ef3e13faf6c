package vm

import (
	"fmt"
	"regexp"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
)

// nilFault is a message about a value that is nil.
var nilFault = regexp.MustCompile(`^attempt to (index|perform arithmetic on|concatenate|get length of|call) a nil value|^attempt to (compare) .*\bnil\b`)

// mixedFault is a message about a text that is compared with a number.
var mixedFault = regexp.MustCompile(`^attempt to compare (?:number with string|string with number)`)

// noArgument is a message about a method that was called with a dot.
var noArgument = regexp.MustCompile(`^bad argument #1 to '(\w+)' \(string expected, got (?:nil|no value)\)`)

// hint says how to mend a fault, "" where there is nothing to say.
func (f fault) hint() string {
	if f.at.chunk == nil {
		return ""
	}
	if m := nilFault.FindStringSubmatch(f.text); m != nil {
		return f.nilHint(m[1] + m[2])
	}
	switch {
	case mixedFault.MatchString(f.text):
		return f.mixedHint()
	case noArgument.MatchString(f.text):
		return f.dotHint()
	case strings.Contains(f.text, "is no number") && f.isField():
		return fmt.Sprintf("check it first: tonumber(%s) is nil for a text that is no number", f.what.Text)
	case strings.HasPrefix(f.text, "attempt to call a table value") && f.loops():
		return fmt.Sprintf("write: for key, value in pairs(%s) do", f.what.Text)
	}
	return ""
}

// isField reports whether a field that can be quoted is to blame.
func (f fault) isField() bool { return strings.HasPrefix(f.what.Name, "field ") && f.what.Text != "" }

// loops reports whether the fault is that of a for loop.
func (f fault) loops() bool { return f.what.Text != "" && f.at.chunk.Call(f.at.line) == nil }

// nilHint says how to write an operation with a value that may be nil.
func (f fault) nilHint(operation string) string {
	if operation == "call" {
		return f.callHint()
	}
	if !f.isField() {
		return ""
	}
	x := f.what.Text
	reason := x + " is nil (NULL reads as nil)"
	whole := f.at.chunk.Quote(f.at.line)
	switch {
	case operation == "perform arithmetic on":
		return fmt.Sprintf("%s; write (%s or 0), or test it first: if %s ~= nil then", reason, x, x)
	case operation == "concatenate":
		return fmt.Sprintf("%s; write (%s or \"\")", reason, x)
	case whole != "" && (operation == "compare" || operation == "index"):
		return fmt.Sprintf("%s; test it first: %s ~= nil and %s", reason, x, whole)
	}
	return fmt.Sprintf("%s; test it first: if %s ~= nil then", reason, x)
}

// callHint finds a method of strings that may be meant.
func (f fault) callHint() string {
	if f.loops() {
		return fmt.Sprintf("%s is nil; a for loop wants pairs(t), ipairs(t) or a function behind in", f.what.Text)
	}
	name, isMethod := strings.CutPrefix(strings.TrimSuffix(f.what.Name, "'"), "method '")
	if !isMethod {
		return ""
	}
	if near := diag.Nearest(name, stringMethods()); near != "" {
		return fmt.Sprintf("did you mean %q?", near)
	}
	return ""
}

// stringMethods are the methods of texts.
func stringMethods() []string {
	return []string{"byte", "find", "format", "gmatch", "gsub", "len", "lower", "match", "rep", "reverse", "sub", "upper"}
}

// mixedHint says how a text becomes a number.
func (f fault) mixedHint() string {
	if !f.isField() {
		return "compare texts with texts and numbers with numbers: tonumber(text), tostring(number)"
	}
	_, column, _ := strings.Cut(strings.TrimSuffix(f.what.Name, "'"), "'")
	if f.kind == "number" {
		return fmt.Sprintf("compare %s with a number, without quotes", f.what.Text)
	}
	return fmt.Sprintf("write tonumber(%s), or read it as a number: types = { %s = \"int\" }", f.what.Text, column)
}

// dotHint is the mend of a method that was called with a dot.
func (f fault) dotHint() string {
	call := f.at.chunk.Call(f.at.line)
	if call == nil || call.Method != "" || len(call.Args) > 0 {
		return ""
	}
	return fmt.Sprintf("methods of texts are called with a colon, as in %s", f.at.chunk.WithColon(f.at.line))
}
