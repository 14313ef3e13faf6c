package syntax

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestSyntaxErrors(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ script, want string }{
		{"if a != b then end", `1:6: unexpected symbol "!", hint write ~= for not equal, and not for the opposite`},
		{"if a ~ b then end", `1:6: unexpected symbol "~", hint write ~= for not equal, and not for the opposite`},
		{"local x = a && b", `1:13: unexpected symbol "&", hint write and`},
		{"local x = a || b", `1:13: unexpected symbol "|", hint write or`},
		{"local s = “text”", `1:11: unexpected symbol "“", hint write strings in straight quotes, "..."`},
		{"x += 1", `1:3: an expression alone is no statement; it stands before "+", hint Lua has no +=; write x = x + ...`},
		{"x ..= 'a'", `1:3: an expression alone is no statement; it stands before "..", hint Lua has no ..=; write x = x .. ...`},
		{"x++", `1:2: an expression alone is no statement; it stands before "+", hint Lua has no ++; write x = x + 1`},
		{"for i = 1, 2 do continue end", `1:26: an expression alone is no statement; it stands before "end", hint Lua has no continue; put the rest of the loop into an if`},
		{"if x = 1 then end", `1:6: unexpected "=", hint write == to compare`},
		{"local t = { path: 'x' }", `1:19: unexpected "x", hint write name = value in a table`},
		{"function local f() end", `1:10: unexpected "local", hint write local function name(...)`},
		{"if x\n  print(1)\nend", `2:3: unexpected "print", hint then is missing behind the condition of line 1`},
		{"while x\n  print(1)\nend", `2:3: unexpected "print", hint do is missing behind the condition of line 1`},
		{"local t = { name: value }", `1:25: unexpected "}", hint write name = value in a table`},
		{"local t = { a = 1 b = 2 }", `1:19: unexpected "b", hint is a comma missing before "b"?`},
		{"f(1 2)", `1:5: unexpected "2", hint is a comma missing before "2"?`},
		{"if a then\nelif b then\nend", `2:6: an expression alone is no statement; it stands before "b", hint write elseif`},
		{"local function f()\n  if x then\n    print(1)\nend\nreturn f", `5:9: unexpected end of the file, note 2:3 "if" is opened here and not closed, hint add "end"`},
		{"if a then\nelse if b then\nend", `3:4: unexpected end of the file, note 2:6 "if" is opened here and not closed, hint write elseif as one word, or add another end`},
		{"f(function(row) return 1)", `1:25: unexpected ")", note 1:3 "function" is opened here and not closed, hint add "end"`},
		{"f({ 1, 2 )", `1:10: unexpected ")", note 1:3 "{" is opened here and not closed, hint add "}"`},
		{"print(1) end", `1:10: unexpected "end", hint there is one "end" too many here, or a block was closed too early`},
		{"local s = 'abc\nprint(s)", "1:11: a string is not closed on its line, hint close it with the same quote, or write [[...]] for text of several lines"},
		{"local s = [[abc", "1:11: a text that began with [[ or --[[ is not closed with ]]"},
		{"x", `1:2: an expression alone is no statement; it stands before the end of the file`},
		{"local x = 3x", `1:11: malformed number near "3", hint numbers are written as in 12, 0.5, 1e6 or 0xff`},
		{"local x = 1e", `1:11: malformed number near "1e\xff", hint numbers are written as in 12, 0.5, 1e6 or 0xff`},
		{"local x = 0x", `1:11: malformed number near "0x", hint numbers are written as in 12, 0.5, 1e6 or 0xff`},
		{"local x == 1", `1:9: unexpected "==", hint write = to assign`},
		{"local function (x) return x end", `1:16: unexpected "(", hint a local function has a name: local function name(...)`},
		{"local end = 2", `1:7: unexpected "end", hint end is a word of the language; take another name`},
		{"local x : int = 1", `1:9: unexpected ":", hint variables have no types: write local x = ...`},
		{"local x <const> = 1", `1:9: unexpected "<", hint variables have no types: write local x = ...`},
		{"local t.x = 1", `1:8: unexpected ".", hint write a field without local: t.x = ...`},
		{"a, b := 1, 2", `1:7: unexpected "=", hint write = to assign`},
		{"f() = 1", `1:5: unexpected "=", hint only variables and fields can be assigned`},
		{"1 = x", `1:1: unexpected "1", hint only variables and fields can be assigned`},
		{"t[1 = 2", `1:5: unexpected "=", hint is a "]" missing before "="?`},
		{"for i = 1 do end", `1:11: unexpected "do", hint a loop over numbers has a first and a last one: for i = 1, 10 do`},
		{"for k, v in pairs(t) print(k) end", `1:22: unexpected "print", hint do is missing behind the for of line 1`},
		{"for k, v in pairs(t)\n  print(k)\nend", `2:3: unexpected "print", hint do is missing behind the for of line 1`},
		{"for (i = 0; i < 3; i++) do end", `1:5: unexpected "(", hint write for i = 1, 10 do ... end, without parentheses`},
		{"local t = [1, 2, 3]", `1:11: unexpected "[", hint lists are written in braces: { 1, 2, 3 }`},
		{"if x => 1 then end", `1:6: unexpected "=", hint write >=`},
		{"if x =< 1 then end", `1:6: unexpected "=", hint write <=`},
		{"if x <> 1 then end", `1:7: unexpected ">", hint write ~= for not equal`},
		{"if x === 1 then end", `1:8: unexpected "=", hint write == to compare`},
		{"local f = (x) -> x end", `1:16: unexpected ">", hint functions are written: function(x) return ... end`},
		{"s:filter(row => row.a > 1)", `1:14: unexpected "=", hint functions are written: function(x) return ... end`},
		{"s:map(lambda row: row.a)", `1:14: unexpected "row", hint functions are written: function name(x) ... end, or function(x) return ... end`},
		{"def f(x):\n  return x", `1:5: an expression alone is no statement; it stands before "f", hint functions are written: function name(x) ... end, or function(x) return ... end`},
		{"var x = 1", `1:5: an expression alone is no statement; it stands before "x", hint write local`},
		{"import etl", `1:8: an expression alone is no statement; it stands before "etl", hint write local etl = require "etl"`},
		{"switch x do end", `1:8: an expression alone is no statement; it stands before "x", hint Lua has no switch; write if, elseif and else`},
		{"foreach x in t do end", `1:9: an expression alone is no statement; it stands before "x", hint write for key, value in pairs(t) do ... end`},
		{"// comment", `1:1: unexpected "/", hint comments begin with --`},
		{"/* comment */", `1:1: unexpected "/", hint comments are written --[[ ... ]]`},
		{"local a = 1\n# comment", `2:1: unexpected "#", hint comments begin with --`},
		{"x = 7 // 2", `1:8: unexpected "/", hint Lua has no //; write math.floor(a / b)`},
		{"x = 1 << 2", `1:8: unexpected "<", hint Lua has no operators for bits; the library bit has functions`},
		{"f(function(row) row.a > 1 end)", `1:23: an expression alone is no statement; it stands before ">", hint the result is not used; is return missing before it?`},
		{"return 1; print(2)", `1:11: unexpected "print", hint return is the last statement of a block; nothing stands behind it`},
		{"return f(1)\nprint(2)", `2:1: unexpected "print", hint return is the last statement of a block; nothing stands behind it`},
		{"return f(a\nb)", `2:1: unexpected "b", hint is a comma missing before "b"?`},
		{"f(a, b,)", `1:8: unexpected ")", hint the comma before it is one too many`},
		{"elseif x then end", `1:1: unexpected "elseif", hint there is no if to which this elseif belongs, or a block before it was not closed`},
		{"print 'a' .. 'b'", `1:11: unexpected "..", hint put what is joined into parentheses: print(... .. ...)`},
		{"local x = x or\nreturn x", `2:1: unexpected "return", hint something is missing behind "or"`},
		{"local x = 10%", `1:14: unexpected end of the file, hint something is missing behind "%"`},
		{"x.y:z", `1:6: unexpected end of the file, hint a method is called with parentheses: z(...)`},
		{"x = 'it's'", `1:5: this text ends at the quote in it, hint write it in the other quotes, as in "it's", or put a \ before the quote`},
		{"local größe = 1", `1:9: unexpected symbol "ö", hint names have the letters a to z, digits and _; a column of another name is row["..."]`},
		{"local x = `y`", `1:11: unexpected symbol "` + "`" + `", hint write strings in straight quotes, "..."`},
		{"break", "1:1: break stands outside of a loop"},
		{"goto nowhere", "1:1: no visible label 'nowhere' for <goto>"},
		{"local function f() return ... end", "1:27: cannot use '...' outside a vararg function"},
		{"local " + strings.Repeat("a,", 230) + "b", " too many local variables, hint a function has room for about 200 local variables and values; split it, or keep values in a table"},
	} {
		t.Run(c.script, func(t *testing.T) {
			t.Parallel()
			_, d := Compile("job.lua", c.script)
			if d == nil {
				t.Fatal("it compiled")
			}
			got := strings.TrimPrefix(d.Error(), "job.lua:")
			for _, n := range d.Notes {
				got += ", note " + strings.TrimPrefix(n.Pos.String(), "job.lua:") + " " + n.Text
			}
			if d.Hint != "" {
				got += ", hint " + d.Hint
			}
			if diff := cmp.Diff(c.want, got); diff != "" || d.Code != "lua.syntax" {
				t.Error(d.Code, diff)
			}
		})
	}
}

// Each of these would crash the process or hang the compiler.
func TestGuards(t *testing.T) {
	t.Parallel()
	const many = 100_000
	for name, script := range map[string]string{
		"long":     strings.Repeat(" ", maxSource+1),
		"braces":   "return " + strings.Repeat("{", many),
		"brackets": "return " + strings.Repeat("(", many) + "1" + strings.Repeat(")", many),
		"nots":     "return " + strings.Repeat("not ", many) + "1",
		"minuses":  "return " + strings.Repeat("- ", many) + "1",
		"blocks":   strings.Repeat("do ", many) + strings.Repeat("end ", many),
		"ifs":      strings.Repeat("if x then ", many),
		"loops":    strings.Repeat("while x do ", many),
		"repeats":  strings.Repeat("repeat ", many),
		"lambdas":  strings.Repeat("return function() ", many),
		"sum":      "return 1" + strings.Repeat("+x", many),
		"powers":   "return 2" + strings.Repeat("^2", many),
		"concat":   "return 'a'" + strings.Repeat("..x", many),
		"calls":    "return f" + strings.Repeat("()", many),
		"fields":   "return f" + strings.Repeat(".x", many),
		"methods":  "return f" + strings.Repeat(":x()", many),
		"items":    "return {" + strings.Repeat("1,", many) + "}",
		"elseifs":  "if x then" + strings.Repeat(" elseif x then", many/2) + " end",
		"numbers":  numbered("t = %d;"),
		"globals":  numbered("x%d = 1;"),
		"names":    numbered("t.x%d();"),
		"uses":     repeated("t=%d;", 8_000) + strings.Repeat("t=1;", many),
		"labels":   numbered("::x%d::"),
		"gotos":    "do " + strings.Repeat("goto x;", many) + "::x:: end",
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, d := Compile("job.lua", script)
			if d == nil || d.Code != "lua.limit" {
				t.Errorf("got %v", d)
			}
		})
	}
}

// numbered is many statements that differ by a number.
func numbered(format string) string { return repeated(format, 40_000) }

func repeated(format string, n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, format, i)
	}
	return b.String()
}

func TestLiteralsThatLoseDigitsAreRefused(t *testing.T) {
	t.Parallel()
	for literal, refused := range map[string]bool{
		"9007199254740991": false, "9007199254740992": false, "9007199254740993": true, "18446744073709551615": true,
		"1e18": false, "123456789012345678901234567890": false, "9007199254740993.5": false,
	} {
		_, d := Compile("job.lua", "local x = "+literal)
		if got := d != nil && d.Code == "lua.number"; got != refused {
			t.Errorf("%s: %v", literal, d)
		}
	}
}
