package vm

// deviation is a difference from PUC Lua 5.1 that we want, or cannot help.
type deviation struct {
	title string
	why   string
	// program shows it; both answers are in docs/lua-deviations.md. It is empty
	// where no program can show it.
	program string
}

// chapter is a chapter of docs/lua-deviations.md.
type chapter struct {
	title      string
	deviations []deviation
}

// deviations is the whole list. What is not on it is a fault.
func deviations() []chapter {
	return []chapter{
		{"Numbers", numberDeviations()},
		{"Texts", textDeviations()},
		{"Patterns", patternDeviations()},
		{"Tables and objects", tableDeviations()},
		{"Errors", errorDeviations()},
		{"Limits", limitDeviations()},
		{"Syntax and names", syntaxDeviations()},
	}
}

func numberDeviations() []deviation {
	return []deviation{
		{
			"Numbers are written with all their digits",
			"A number becomes the shortest text that reads back as the same number. PUC Lua writes 14 digits (`%.14g`) and loses the others.",
			`emit(0.1 + 0.2 .. "", tostring(2^53), 1e15 .. "", tostring(123456789.12345678))`,
		},
		{
			"Infinities and NaN have one spelling",
			"They are written as in every other place of etlscript. PUC Lua writes what the C library of the machine writes.",
			`emit(tostring(1 / 0), tostring(-1 / 0), tostring(0 / 0), string.format("%.1f", 1 / 0))`,
		},
		{
			"Arithmetic gives no negative zero",
			"A result of -0 is 0: gopher-lua shares one zero among the numbers that it computes.",
			`local zero = 0 emit(tostring(zero * -1), 1 / (zero * -1))`,
		},
		{
			"What counts as a number in a text",
			"Decimal numbers, and hexadecimal integers with 0x. The words inf and nan, hexadecimal fractions and what stands before a zero byte are none.",
			`emit(tonumber("inf"), tonumber("nan"), tonumber("0x1p4"), tonumber("0x.8"), tonumber("12\0x"))`,
		},
		{
			"tonumber with a base keeps the sign, and does not saturate",
			"PUC Lua wraps negative numbers around and makes the largest integer of numbers that are too large.",
			`emit(tonumber("-10", 2), tonumber("fffffffffffffffff", 16))`,
		},
		{
			"Large integers stay exact",
			"tonumber makes an exact integer of a text that a plain number cannot hold. A literal in digits beyond 2^53 is refused, since it may lose digits.",
			`emit(tostring(tonumber("9007199254740993")))`,
		},
		{
			"Literals that lose digits are refused",
			"Write tonumber(\"9007199254740993\") for an exact integer, or an exponent for a float.",
			`emit(9007199254740993)`,
		},
		{
			"The last digit of powers and of functions like math.sin",
			"`^`, math.pow, exp, log, sin, cos and tan are computed by Go's library, whose last digit may be another one than that of C's.",
			`emit(100 ^ -1.5)`,
		},
		{
			"The remainder is exact",
			"`a % b` is computed without rounding a / b first.",
			`emit(5.3 % 0.1, 5 % math.huge)`,
		},
		{
			"Positions beyond 2^53 are cut to it",
			"PUC Lua makes the smallest integer of numbers that are too large for one.",
			`emit(string.sub("abc", 1e300))`,
		},
		{
			"math.random has a generator of its own",
			"Its numbers depend on the seed of the run and on the row, so that a run can be repeated; math.randomseed starts another sequence.",
			"",
		},
	}
}

func textDeviations() []deviation {
	return []deviation{
		{
			"upper and lower know Unicode",
			"Texts are UTF-8. Bytes that are none stay as they are.",
			`emit(("äé\255"):upper(), ("ÄÉ"):lower())`,
		},
		{
			"Width and precision of %s and %c count characters",
			"PUC Lua counts bytes, and cuts characters to pieces.",
			`emit(string.format("%5s|%.1s", "ä", "ä"))`,
		},
		{
			"%s takes values that know their own text",
			"Those with a metamethod __tostring, such as dates and decimals. PUC Lua takes texts and numbers only.",
			`emit(pcall(string.format, "%s", setmetatable({}, { __tostring = function() return "mine" end })))`,
		},
		{
			"%d refuses what is no integer",
			"NaN, infinities and numbers beyond 2^63 raise. PUC Lua writes the smallest integer. A fraction is cut off in both.",
			`emit(pcall(string.format, "%d", 0 / 0), pcall(string.format, "%d", 1e300))`,
		},
		{
			"format keeps zero bytes",
			"C ends a text there.",
			`emit(string.format("%s|%c", "a\0b", 0))`,
		},
		{
			"tostring returns a text",
			"A metamethod __tostring that returns anything else than a text or a number raises.",
			`local o = setmetatable({}, { __tostring = function() return {} end }) emit(pcall(tostring, o))`,
		},
		{
			"The metatable of texts is hidden",
			"Scripts cannot change what texts do.",
			`emit(type(getmetatable("")))`,
		},
		{
			"There are more libraries",
			"`utf8` as in Lua 5.3 (char, charpattern, codepoint, codes, len, offset; surrogates are no characters) and `bit` as in LuaJIT (arshift, band, bnot, bor, bswap, bxor, lshift, rol, ror, rshift, tobit, tohex; fractions raise).",
			"",
		},
	}
}

func patternDeviations() []deviation {
	return []deviation{
		{
			"A malformed pattern is always an error",
			"PUC Lua notices it when a match gets that far.",
			`emit(pcall(string.find, "abc", "x("), pcall(string.gsub, "abc", "(", "x"))`,
		},
		{
			"A malformed replacement is always an error",
			"PUC Lua writes a zero byte for a % at the end, and notices a wrong capture when something matches.",
			`emit(pcall(string.gsub, "abc", "b", "%"), pcall(string.gsub, "abc", "x", "%2"))`,
		},
		{
			"A zero byte in a pattern stands for itself",
			"PUC Lua ends the pattern there. `%z` works in both.",
			`emit(string.match("ab\0c", ".\0(.)"))`,
		},
	}
}

func tableDeviations() []deviation {
	return []deviation{
		{
			"pairs goes in the order of insertion",
			"List items first, then keys in the order in which they were first set. PUC Lua's order is any.",
			`local keys = {} for k in pairs({ z = 1, a = 2, m = 3 }) do keys[#keys + 1] = k end emit(table.concat(keys))`,
		},
		{
			"pairs asks the metamethod __pairs, and # asks __len",
			"As in Lua 5.2.",
			`local t = setmetatable({}, { __len = function() return 7 end, __pairs = function() return next, { x = 1 } end })
emit(#t) for k in pairs(t) do emit(k) end`,
		},
		{
			"table.insert refuses a position beyond the end",
			"As in Lua 5.3. PUC Lua 5.1 makes a list with a hole, whose length is not defined.",
			`emit(pcall(table.insert, { 1 }, 5, "x"))`,
		},
		{
			"table.sort does not notice an inconsistent order",
			"The result is some order then. A comparison that raises leaves the table as it was; which pair is compared first is not defined in either.",
			`emit((pcall(table.sort, { 3, 1, 2, 5, 4 }, function() return true end)))`,
		},
		{
			"next of a key that the table does not have",
			"It goes on with some key, or ends.",
			`emit(pcall(next, {}, "x"))`,
		},
		{
			"The length of a list with holes",
			"Both may give any of its borders, and do not always give the same.",
			"",
		},
	}
}

func errorDeviations() []deviation {
	return []deviation{
		{
			"Messages name what is to blame at their end",
			"The name stands in parentheses behind the message, also where it is a constant, an index or the result of a call; PUC Lua has it in the middle.",
			`local order = {} emit(pcall(function() return order.customer.name end))`,
		},
		{
			"Messages about numbers in texts show the text",
			"",
			`emit(pcall(function() return "1x" + 1 end))`,
		},
		{
			"Messages about calls do not tell tables, texts and other objects apart",
			"gopher-lua does not say what was called.",
			`local t = {} emit(pcall(function() t() end))`,
		},
		{
			"assert raises any value",
			"As in Lua 5.3, the message may be a table. PUC Lua takes texts only.",
			`emit(pcall(assert, false, { code = 1 }))`,
		},
		{
			"coroutine.wrap hands errors on as they are",
			"PUC Lua puts the place of the call before the place of the error.",
			`emit(pcall(function() coroutine.wrap(function() error("inner") end)() end))`,
		},
		{
			"Where yield is not possible is told in other words",
			"It is possible in the same places.",
			`emit(coroutine.resume(coroutine.create(function() return pcall(coroutine.yield) end)))`,
		},
		{
			"Comparing a coroutine with a text",
			"PUC Lua compares the third letters of the types and takes them for the same.",
			`emit(pcall(function() return coroutine.create(function() end) < "x" end))`,
		},
		{
			"Sorting values that do not compare tells the place",
			"",
			`emit(pcall(function() table.sort({ 1, "x" }) end))`,
		},
	}
}

func limitDeviations() []deviation {
	return []deviation{
		{
			"Texts have at most 64 MiB",
			"string.rep, `..`, table.concat, gsub and format raise beyond.",
			`emit((pcall(string.rep, "x", 70000000)))`,
		},
		{
			"Calls nest at most 200 deep",
			"Protected calls 180 deep, coroutines that resume one another 100 deep. Tail calls do not count.",
			`local function f(n) return n == 0 and 0 or 1 + f(n - 1) end emit(pcall(f, 250))`,
		},
		{
			"Scripts have a budget of instructions",
			"docs/limits.md tells how large it is. pcall cannot catch its end.",
			"",
		},
	}
}

func syntaxDeviations() []deviation {
	return []deviation{
		{
			"Globals are strict",
			"Reading a variable that nobody declared is an error, as is assigning one in a function. The main part of a file declares globals by assigning them.",
			`emit(pcall(function() return undeclared end)) emit(pcall(function() undeclared = 1 end))`,
		},
		{
			"goto is a word of the language",
			"gopher-lua knows goto and labels, as Lua 5.2 does, so that no variable may be called goto.",
			`local goto = 1 emit(goto)`,
		},
		{
			"A for loop takes numbers only",
			"PUC Lua takes texts that mean numbers, too.",
			`emit(pcall(function() for i = "1", 2 do emit(i) end end))`,
		},
		{
			"Statements may be empty",
			"As in Lua 5.2.",
			`; emit(1);;`,
		},
		{
			"A line may begin with a parenthesis",
			"PUC Lua refuses a call whose parenthesis stands on a new line, since it may be meant as a new statement. Here it is a call.",
			"local f = function(x) return x end\nlocal g = f\n(7)\nemit(g)",
		},
		{
			"What is not there",
			"collectgarbage, dofile, gcinfo, getfenv, load, loadfile, loadstring, module, newproxy, setfenv; the libraries debug, io and package; os but for clock, date, difftime and time; math.mod, string.dump, string.gfind, table.foreach, table.foreachi and table.setn. `require` loads files beside the script only, print writes to the log.",
			"",
		},
	}
}
