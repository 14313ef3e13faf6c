package syntax
import ("testing";"strings";"os"
"github.com/etlscript/etlscript/engine/diag")
func TestZZSpot(t *testing.T) {
	for _, s := range []string{
		"local x == 1", "if x then return 1 else return 2", "function f( return 1 end", "local function (x) return x end",
		"for i in 1, 10 do end", "for i = 1 do end", "for k, v in pairs(t) print(k) end", "for (i = 0; i < 3; i++) do end", "local t = { a = 1, b = 2",
		"local t = [1, 2, 3]", "return x.y.", "x.y:z", "local s = \"a\" + \"b", "if (x > 1) { print(1) }", "if x => 1 then end", "if x =< 1 then end", "if x <> 1 then end", "if x === 1 then end",
		"local class = 1\nlocal end = 2", "return x ? 1 : 2", "local x = x or\nreturn x", "print 'a' .. 'b'", "try f() catch end", "local f = (x) -> x end", "local f = x => x + 1", "def f(x):\n  return x", "var x = 1", "let x = 1", "const x = 1", "local x : int = 1",
		"x = null", "foreach x in t do end", "while x { }", "repeat x() end", "switch x do end", "return function(row) row.x = 1", "etl.read_csv { path = 'x' } :map(function(row) end", "s:filter(function(row) row.a > 1 end)", "s:filter(row => row.a > 1)", "s:map(lambda row: row.a)",
		"local a = 1,", "return 1; print(2)", "f(a, b,)", "t[1 = 2", "if not x == 1 then", "elseif x then end", "local x = 1 local y 2", "a = b c = d", "a, b := 1, 2", "-- comment\n/* other */", "// comment", "# comment\nlocal x = 1\n# again", "local x = @y", "local x = $y", "local x = `y`", "goto continue", "x = 'it's'", "local x = 10%", "local 1x = 3", "1 = x", "f() = 1", "(x) = 1", "and x", "return return", "function t.x:y.z() end", "local t.x = 1", "local x, = 1", "null", "f(\n)(x", "x = {1, 2; 3,, 4}", "local x <const> = 1", "x //= 2", "x = 7 // 2", "x = 1 << 2", "x = a != b", "x = !a", "import etl", "from etl import x", "require etl", "local etl = require \"etl\"\netl.read_csv { path = \"a.csv\", header = True, }\nreturn etl.job { name = x y }",
	} {
		_, d := Compile("job.lua", s)
		var b strings.Builder
		if d == nil { b.WriteString("OK\n") } else { diag.Print(&b, diag.List{d}, diag.Texts{"job.lua": s}) }
		os.Stdout.WriteString(b.String())
	}
}
