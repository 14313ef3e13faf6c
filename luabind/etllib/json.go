package etllib

import (
	"bytes"
	"encoding/json"
	"strings"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// The limits of JSON.
const (
	maxJSON   = 16 << 20 // bytes of a text that is decoded
	maxIndent = 8        // blanks for a level
)

// jsonEntries are the functions over JSON.
func jsonEntries() []Entry {
	return []Entry{
		{
			Name: "json.encode", Params: []Param{{Name: "value", Takes: Any}, {Name: "options", Takes: Table, Optional: true}},
			Pure: true, Kind: record.String, Gives: "string", run: jsonEncode,
			Doc: "The value as JSON. A table is an array when etl.array made it or it has items, else an object in the order of its keys; " +
				"etl.null is null. Integers and decimals keep all digits; NaN, infinities and invalid UTF-8 are errors. " +
				"The option indent is the number of blanks for a level.",
			Example: `etl.json.encode({ id = 9, tags = etl.array{}, note = etl.null }) == '{"id":9,"tags":[],"note":null}'`,
		},
		{
			Name: "json.decode", Params: []Param{{Name: "text"}}, Pure: true, MakesOwn: true, Gives: "value", run: jsonDecode,
			Doc: "The value that a JSON text means, with etl.null for null. No number loses a digit: integers from 2^53 on and " +
				"fractions that a number would not hold exactly are values of their own. A name twice in one object is an error.",
			Example: `etl.json.decode('{"a":[1,null]}').a[2] == etl.null`,
		},
	}
}

func jsonEncode(c call) int {
	indent := c.indent(1)
	v, err := value.FromLuaCounted(c.arg(0), record.Of(record.Any), func(bytes int) { c.spend(bytesPerInstruction + bytes) })
	if err != nil {
		c.fail("json.encode", "%w", err)
	}
	out, err := jsonvalue.Append(nil, v)
	if err != nil {
		c.fail("json.encode", "%w", err)
	}
	vm.Spend(c.L, int64(len(out))/8)
	vm.CheckSize(c.L, len(out))
	if indent == 0 {
		return c.giveText(string(out))
	}
	var b bytes.Buffer
	if err := json.Indent(&b, out, "", strings.Repeat(" ", indent)); err != nil {
		c.fail("json.encode", "%w", err)
	}
	return c.giveText(b.String())
}

// indent is the option of argument i, 0 when it is not given.
func (c call) indent(i int) int {
	options, indent := c.table(i), 0
	if options == nil {
		return 0
	}
	for k, v := options.Next(lua.LNil); k != lua.LNil; k, v = options.Next(k) {
		if k != lua.LString("indent") {
			c.refuse(i, "there is no option %s; the only one is indent", value.PlainText(k))
		}
		n, ok := v.(lua.LNumber)
		if !ok || !Whole.holds(n) || n < 0 || n > maxIndent {
			c.refuse(i, "indent is 0 to %d blanks, not %s", maxIndent, described(v))
		}
		indent = int(n)
	}
	return indent
}

func jsonDecode(c call) int {
	text := c.text(0)
	if len(text) > maxJSON {
		c.refuse(0, "a text of %d bytes is too long; the limit is %d MiB", len(text), maxJSON>>20)
	}
	vm.Spend(c.L, int64(len(text))/8)
	v, err := jsonvalue.Decode(text)
	if err != nil {
		c.fail("json.decode", "%w", err)
	}
	if v.IsNull() {
		return c.give(value.Null{})
	}
	return c.give(value.NewMaker(c.L).Lua(v))
}
