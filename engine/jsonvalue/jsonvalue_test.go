package jsonvalue_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
)

func decimal(t testing.TB, s string) record.Value {
	t.Helper()
	d, err := record.ParseDecimal(s)
	if err != nil {
		t.Fatal(err)
	}
	return record.DecimalValue(d)
}

// shown writes a value with its kinds.
func shown(v record.Value) string {
	var parts []string
	switch v.Kind() {
	case record.ListOf:
		for _, x := range v.Items() {
			parts = append(parts, shown(x))
		}
		return "[" + strings.Join(parts, " ") + "]"
	case record.MapOf, record.Struct:
		for _, e := range v.Entries() {
			parts = append(parts, fmt.Sprintf("%q=%s", e.Name, shown(e.Value)))
		}
		return v.Kind().String() + "{" + strings.Join(parts, " ") + "}"
	case record.Null:
		return "null"
	}
	return fmt.Sprintf("%s(%s)", v.Kind(), record.FormatValue(v))
}

func TestDecode(t *testing.T) {
	t.Parallel()
	nines := strings.Repeat("9", 38)
	tests := map[string]string{
		` null `:                                 "null",
		`true`:                                   "bool(true)",
		`"a\u00e9\ud83d\ude00\n"`:                "string(aé😀\n)",
		`""`:                                     "string()",
		`9007199254740993`:                       "int(9007199254740993)",
		`-9223372036854775808`:                   "int(-9223372036854775808)",
		`9223372036854775808`:                    "uint(9223372036854775808)",
		`18446744073709551616`:                   "decimal(18446744073709551616)",
		`-9223372036854775809`:                   "decimal(-9223372036854775809)",
		nines:                                    "decimal(" + nines + ")",
		`1.5`:                                    "float(1.5)",
		`1.50`:                                   "float(1.5)",
		`1e3`:                                    "float(1000)",
		`-0`:                                     "float(-0)",
		`0.0`:                                    "float(0)",
		`0.1`:                                    "float(0.1)",
		`0.10000000000000001`:                    "decimal(0.10000000000000001)",
		`0.100000000000000012`:                   "decimal(0.100000000000000012)",
		`9007199254740993.0`:                     "decimal(9007199254740993)",
		`1.7976931348623157e308`:                 "float(1.7976931348623157e+308)",
		`5e-324`:                                 "float(5e-324)",
		`123456789012345678901234567890.12`:      "decimal(123456789012345678901234567890.12)",
		`[]`:                                     "[]",
		`{}`:                                     "map{}",
		`[1,null,"x",[2.5]]`:                     "[int(1) null string(x) [float(2.5)]]",
		`{"b": 1, "a": {"c": [true]}, "": null}`: `map{"b"=int(1) "a"=map{"c"=[bool(true)]} ""=null}`,
	}
	for text, want := range tests {
		v, err := jsonvalue.Decode(text)
		if got := shown(v); err != nil || got != want {
			t.Errorf("%s: got %s, %v; want %s", text, got, err, want)
		}
		if err := jsonvalue.Valid(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestDecodeErrors(t *testing.T) {
	t.Parallel()
	deep := strings.Repeat("[", 101) + strings.Repeat("]", 101)
	tests := []struct {
		text   string
		kind   error
		offset int64
		reason string
	}{
		{``, jsonvalue.ErrSyntax, 0, "there is no value"},
		{`  `, jsonvalue.ErrSyntax, 0, "there is no value"},
		{`{"a":1`, jsonvalue.ErrSyntax, 6, "it ends in the middle of a value"},
		{`{"a" 1}`, jsonvalue.ErrSyntax, 5, "invalid character '1' after object name (expecting ':')"},
		{`[1,]`, jsonvalue.ErrSyntax, 2, "invalid character ',' at start of value"},
		{`1 2`, jsonvalue.ErrSyntax, 2, "something stands behind the value"},
		{`{"a":1,"a":2}`, jsonvalue.ErrTwice, 7, `the name "a" stands twice in one object`},
		{`[{"é":1,"\u00e9":2}]`, jsonvalue.ErrTwice, 9, `the name "é" stands twice in one object`},
		{"\"a\xff\"", jsonvalue.ErrUTF8, 2, "bytes that are no UTF-8"},
		{`"\ud800"`, jsonvalue.ErrSyntax, 1, "invalid surrogate pair `\\ud800\"` in string"},
		{`NaN`, jsonvalue.ErrSyntax, 0, "invalid character 'N' at start of value"},
		{`01`, jsonvalue.ErrSyntax, 1, "something stands behind the value"},
		{`'a'`, jsonvalue.ErrSyntax, 0, "invalid character '\\'' at start of value"},
		{deep, jsonvalue.ErrDepth, 100, "objects and arrays nested more than 100 deep"},
	}
	for _, tt := range tests {
		_, err := jsonvalue.Decode(tt.text)
		var e *jsonvalue.Error
		if !errors.As(err, &e) {
			t.Errorf("%s: got %v", tt.text, err)
			continue
		}
		if !errors.Is(err, tt.kind) || e.Reason != tt.reason || e.Offset != tt.offset {
			t.Errorf("%s: got %v at %d: %s", tt.text, e.Kind, e.Offset, e.Reason)
		}
		if valid := jsonvalue.Valid(tt.text); cmp.Diff(valid.Error(), err.Error()) != "" {
			t.Errorf("%s: Valid says %v", tt.text, valid)
		}
	}
	for _, text := range []string{`1e400`, `4.9e-324`, `1e-400`, strings.Repeat("9", 39), `1.` + strings.Repeat("3", 50)} {
		if v, err := jsonvalue.Decode(text); !errors.Is(err, jsonvalue.ErrNumber) {
			t.Errorf("%s: got %s, %v", text, shown(v), err)
		}
		if err := jsonvalue.Valid(text); err != nil {
			t.Errorf("%s: %v", text, err)
		}
	}
}

func TestDepth(t *testing.T) {
	t.Parallel()
	nested := func(n int) record.Value {
		v := record.IntValue(1)
		for range n {
			v = record.ListValue([]record.Value{v})
		}
		return v
	}
	text, err := jsonvalue.Append(nil, nested(jsonvalue.MaxDepth))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := jsonvalue.Decode(string(text)); err != nil {
		t.Error(err)
	}
	if _, err := jsonvalue.Append(nil, nested(jsonvalue.MaxDepth+1)); !errors.Is(err, jsonvalue.ErrDepth) {
		t.Errorf("got %v", err)
	}
}

func TestAppend(t *testing.T) {
	t.Parallel()
	str := record.StringValue
	tests := []struct {
		value record.Value
		want  string
	}{
		{record.Value{}, `null`},
		{record.IntValue(math.MinInt64), `-9223372036854775808`},
		{record.UintValue(math.MaxUint64), `18446744073709551615`},
		{record.FloatValue(0.1), `0.1`},
		{record.FloatValue(math.Copysign(0, -1)), `-0`},
		{decimal(t, "12345678901234567890123456789012345678"), `12345678901234567890123456789012345678`},
		{decimal(t, "1.50"), `1.5`},
		{str("\"\\/\n\r\t\b\f\x00é\u2028"), `"\"\\/\n\r\t\b\f\u0000é` + "\u2028" + `"`},
		{record.TextValue(record.Bytes, "\x00\xff"), `"AP8="`},
		{record.TextValue(record.JSON, `{"a": 1.50}`), `{"a": 1.50}`},
		{record.TextValue(record.JSON, "{\"a\":\n 1.50, \"b\": \"\\u0041 \"}"), `{"a":1.50,"b":"\u0041 "}`},
		{record.TemporalValue(record.Date, 15736), `"2013-01-31"`},
		{record.TemporalValue(record.Interval, 3_723_500_000), `"PT1H2M3.500000S"`},
		{record.ListValue([]record.Value{record.IntValue(1), {}, str("x")}), `[1,null,"x"]`},
		{record.StructValue([]record.Entry{{Name: "a b", Value: record.MapValue(nil)}, {Name: "", Value: record.ListValue(nil)}}), `{"a b":{},"":[]}`},
	}
	for _, tt := range tests {
		got, err := jsonvalue.Append([]byte("> "), tt.value)
		if err != nil || string(got) != "> "+tt.want {
			t.Errorf("got %s, %v; want %s", got, err, tt.want)
		}
	}
	failing := []struct {
		value record.Value
		kind  error
	}{
		{record.FloatValue(math.NaN()), jsonvalue.ErrNumber},
		{record.ListValue([]record.Value{record.FloatValue(math.Inf(-1))}), jsonvalue.ErrNumber},
		{str("a\xff"), jsonvalue.ErrUTF8},
		{record.MapValue([]record.Entry{{Name: "\xff"}}), jsonvalue.ErrUTF8},
		{record.MapValue([]record.Entry{{Name: "a"}, {Name: "a"}}), jsonvalue.ErrTwice},
		{record.TextValue(record.JSON, "{"), jsonvalue.ErrSyntax},
		{record.TextValue(record.JSON, `{"a":1,"a":2}`), jsonvalue.ErrTwice},
	}
	for _, tt := range failing {
		if got, err := jsonvalue.Append(nil, tt.value); !errors.Is(err, tt.kind) {
			t.Errorf("%s: got %s, %v", shown(tt.value), got, err)
		}
	}
}

func TestDecodeAs(t *testing.T) {
	t.Parallel()
	tests := []struct{ text, typ, want string }{
		{`[1.50,"2.25",3]`, "list(decimal(5,2))", "[decimal(1.5) decimal(2.25) decimal(3)]"},
		{`{"day":"2013-01-31","n":[1,null]}`, "struct{n: list(float), day: date, x: int}", `struct{"n"=[float(1) null] "day"=date(2013-01-31) "x"=null}`},
		{`{"a":"AP8=","b":null}`, "map(bytes)", "map{\"a\"=bytes(\x00\xff) \"b\"=null}"},
		{`[{"a": [1]}, "x", null]`, "list(json)", `[json({"a": [1]}) json("x") null]`},
		{`{"a": 1, "b": "x"}`, "any", `map{"a"=int(1) "b"=string(x)}`},
		{`[0.10000000000000001, 1e-400, 3]`, "list(float)", "[float(0.1) float(0) float(3)]"},
		{`["2016-12-31T23:59:59Z"]`, "list(timestamp)", "[timestamp(2016-12-31T23:59:59Z)]"},
	}
	for _, tt := range tests {
		typ, err := record.ParseType(tt.typ)
		if err != nil {
			t.Fatal(err)
		}
		v, err := jsonvalue.DecodeAs(tt.text, typ)
		if got := shown(v); err != nil || got != tt.want {
			t.Errorf("%s as %s: got %s, %v; want %s", tt.text, tt.typ, got, err, tt.want)
		}
	}
	failing := []struct{ text, typ, want string }{
		{`[1.505]`, "list(decimal(5,2))", "[1]: the float 1.505 is no decimal(5,2)"},
		{`{"a":"x"}`, "map(date)", `"x" is no date: a date is written 2013-01-31`},
		{`{"a":1}`, "struct{b: int}", "has no field"},
		{`{"a":1}`, "list(int)", "is no list(int)"},
		{`["?"]`, "list(bytes)", "not base64"},
		{`[`, "list(int)", "it ends in the middle of a value"},
	}
	for _, tt := range failing {
		typ, err := record.ParseType(tt.typ)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := jsonvalue.DecodeAs(tt.text, typ); err == nil || !strings.Contains(err.Error(), tt.want) {
			t.Errorf("%s as %s: got %v, want %s", tt.text, tt.typ, err, tt.want)
		}
	}
}

// values are random values that JSON carries, and their types.
func values(depth int) *rapid.Generator[record.Value] {
	text := rapid.OneOf(rapid.String(), rapid.StringMatching(`[a-z"\\\x00-\x1f]{0,4}`)).Filter(utf8.ValidString)
	kinds := []*rapid.Generator[record.Value]{
		rapid.Just(record.Value{}),
		rapid.Map(rapid.Int64(), record.IntValue),
		rapid.Map(rapid.Uint64(), record.UintValue),
		rapid.Map(rapid.Bool(), record.BoolValue),
		rapid.Map(rapid.Float64().Filter(func(f float64) bool { return !math.IsInf(f, 0) && !math.IsNaN(f) }), record.FloatValue),
		rapid.Map(text, record.StringValue),
		rapid.Custom(func(t *rapid.T) record.Value {
			digits := rapid.StringMatching(`-?[1-9][0-9]{0,37}`).Draw(t, "digits")
			if places := rapid.IntRange(0, 30).Draw(t, "places"); places < len(digits)-1 {
				digits = digits[:len(digits)-places] + "." + digits[len(digits)-places:]
			}
			d, err := record.ParseDecimal(strings.TrimSuffix(digits, "."))
			if err != nil {
				t.Fatal(digits, err)
			}
			return record.DecimalValue(d)
		}),
		rapid.Custom(func(t *rapid.T) record.Value {
			kind := rapid.SampledFrom([]record.Kind{record.Date, record.Time, record.Datetime, record.Timestamp, record.Interval}).Draw(t, "kind")
			return record.TemporalValue(kind, rapid.Int64Range(0, 86_399_999_999).Draw(t, "n")%map[bool]int64{true: 100_000, false: math.MaxInt64}[kind == record.Date])
		}),
	}
	if depth > 0 {
		kinds = append(kinds,
			rapid.Map(rapid.SliceOfN(values(depth-1), 0, 4), record.ListValue),
			rapid.Custom(func(t *rapid.T) record.Value {
				names := rapid.SliceOfNDistinct(text, 0, 4, rapid.ID[string]).Draw(t, "names")
				entries := make([]record.Entry, len(names))
				for i, name := range names {
					entries[i] = record.Entry{Name: name, Value: values(depth-1).Draw(t, "value")}
				}
				return rapid.SampledFrom([]func([]record.Entry) record.Value{record.MapValue, record.StructValue}).Draw(t, "make")(entries)
			}))
	}
	return rapid.OneOf(kinds...)
}

// typeOf is a type for exactly such values.
func typeOf(v record.Value) record.Type {
	switch v.Kind() {
	case record.Null:
		return record.Of(record.String)
	case record.DecimalOf:
		precision, scale := v.Decimal().Digits()
		return record.Type{Kind: record.DecimalOf, Precision: max(precision, scale, 1), Scale: scale}
	case record.Struct:
		t := record.Type{Kind: record.Struct}
		for _, e := range v.Entries() {
			t.Fields = append(t.Fields, record.Field{Name: e.Name, Type: typeOf(e.Value)})
		}
		return t
	}
	return record.Of(v.Kind())
}

// Decode undoes Append, and DecodeAs knows the kinds that JSON has no form for.
func TestDecodeUndoesAppend(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v := values(3).Draw(t, "value")
		text, err := jsonvalue.Append(nil, v)
		if err != nil {
			t.Fatal(err)
		}
		back, err := jsonvalue.Decode(string(text))
		if err != nil {
			t.Fatalf("%s: %v", text, err)
		}
		again, err := jsonvalue.Append(nil, back)
		if err != nil || string(again) != string(text) {
			t.Fatalf("%s became %s, %v", text, again, err)
		}
		requireSame(t, v, back)
	})
}

// requireSame compares item by item, since the type of a list has one type for
// all items.
func requireSame(t *rapid.T, v, back record.Value) {
	switch v.Kind() {
	case record.ListOf:
		if len(v.Items()) != len(back.Items()) {
			t.Fatalf("%s became %s", shown(v), shown(back))
		}
		for i, x := range v.Items() {
			requireSame(t, x, back.Items()[i])
		}
		return
	case record.MapOf, record.Struct:
		if len(v.Entries()) != len(back.Entries()) {
			t.Fatalf("%s became %s", shown(v), shown(back))
		}
		for i, e := range v.Entries() {
			if back.Entries()[i].Name != e.Name {
				t.Fatalf("%q became %q", e.Name, back.Entries()[i].Name)
			}
			requireSame(t, e.Value, back.Entries()[i].Value)
		}
		return
	}
	text, err := jsonvalue.Append(nil, back)
	if err != nil {
		t.Fatal(err)
	}
	got, err := jsonvalue.DecodeAs(string(text), typeOf(v))
	if err != nil || shown(got) != shown(v) {
		t.Fatalf("%s became %s, %v", shown(v), shown(got), err)
	}
}

// What Decode takes, encoding/json takes too, and Append writes back as a text
// that means the same.
func FuzzDecode(f *testing.F) {
	for _, seed := range []string{`{"a":[1,2.5,null,"x"],"b":{"c":true}}`, `[1e400]`, `"\ud83d\ude00"`, `-0`, `{"a":1,"a":2}`, `9007199254740993.5`, `1E-7`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		v, err := jsonvalue.Decode(text)
		if err != nil {
			return
		}
		if !json.Valid([]byte(text)) {
			t.Fatalf("%q was taken as %s", text, shown(v))
		}
		written, err := jsonvalue.Append(nil, v)
		if err != nil {
			t.Fatalf("%q: %v", text, err)
		}
		again, err := jsonvalue.Decode(string(written))
		if err != nil {
			t.Fatalf("%q became %s: %v", text, written, err)
		}
		twice, err := jsonvalue.Append(nil, again)
		if err != nil || string(twice) != string(written) {
			t.Fatalf("%s became %s, %v", written, twice, err)
		}
		if !floatsAgree(t, text, string(written)) {
			t.Fatalf("%s became %s", text, written)
		}
	})
}

// floatsAgree compares two texts as encoding/json reads them.
func floatsAgree(t *testing.T, a, b string) bool {
	t.Helper()
	var x, y any
	if json.Unmarshal([]byte(a), &x) != nil {
		return true // a number beyond a float
	}
	return json.Unmarshal([]byte(b), &y) == nil && cmp.Equal(x, y)
}

func ExampleDecode() {
	v, _ := jsonvalue.Decode(`{"id": 9007199254740993, "tags": ["a", null]}`)
	text, _ := jsonvalue.Append(nil, v)
	fmt.Println(string(text))
	// Output: {"id":9007199254740993,"tags":["a",null]}
}
