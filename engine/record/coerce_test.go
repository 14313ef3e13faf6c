package record

import (
	"errors"
	"math"
	"testing"

	"pgregory.net/rapid"
)

func mustType(t testing.TB, text string) Type {
	t.Helper()
	typ, err := ParseType(text)
	if err != nil {
		t.Fatal(err)
	}
	return typ
}

func TestCoerce(t *testing.T) {
	t.Parallel()
	prices := ListValue([]Value{
		MapValue([]Entry{{"price", FloatValue(19.99)}, {"qty", IntValue(2)}}),
		MapValue([]Entry{{"price", decimal("19.999")}}),
	})
	tests := []struct {
		v       Value
		t       string
		want    string // kind and canonical text
		wantErr string
	}{
		{v: Value{}, t: "int", want: "null "},
		{v: prices, t: "any", want: `list [{"price":19.99,"qty":2},{"price":19.999}]`},
		{v: StringValue("x"), t: "string", want: "string x"},
		{v: StringValue("1"), t: "int", wantErr: `the string "1" is no int`},
		{v: StringValue("2013-01-31"), t: "date", wantErr: `the string "2013-01-31" is no date`},
		{v: BoolValue(true), t: "string", wantErr: "the bool true is no string"},

		{v: UintValue(7), t: "int", want: "int 7"},
		{v: UintValue(math.MaxUint64), t: "int", wantErr: "the uint 18446744073709551615 is no int: out of range"},
		{v: IntValue(-1), t: "uint", wantErr: "the int -1 is no uint: out of range"},
		{v: IntValue(1), t: "uint", want: "uint 1"},
		{v: FloatValue(2), t: "int", want: "int 2"},
		{v: FloatValue(2.5), t: "int", wantErr: "the float 2.5 is no int: not a whole number"},
		{v: FloatValue(1 << 53), t: "int", wantErr: "the float 9007199254740992 is no int: beyond 2^53 floats may have lost digits"},
		{v: FloatValue(math.NaN()), t: "int", wantErr: "the float NaN is no int: not a number"},
		{v: decimal("12"), t: "int", want: "int 12"},
		{v: decimal("12.5"), t: "uint", wantErr: "the decimal 12.5 is no uint: not a whole number"},
		{v: IntValue(1 << 53), t: "float", want: "float 9007199254740992"},
		{v: IntValue(18014398811471870), t: "float", wantErr: "the int 18014398811471870 is no float: a float loses digits of it"}, // it prints the same
		{v: IntValue(1<<53 + 1), t: "float", wantErr: "the int 9007199254740993 is no float: a float loses digits of it"},
		{v: decimal("0.1"), t: "float", want: "float 0.1"},
		{v: decimal("0.12345678901234567891"), t: "float", wantErr: "the decimal 0.12345678901234567891 is no float: a float loses digits of it"},
		{v: FloatValue(math.Inf(1)), t: "float", want: "float Inf"},
		{v: IntValue(5), t: "decimal(3,2)", want: "decimal 5"},
		{v: FloatValue(0.25), t: "decimal(3,2)", want: "decimal 0.25"},
		{v: FloatValue(0.1 + 0.2), t: "decimal(3,2)", want: "decimal 0.3"}, // a constant is exact
		{v: FloatValue(1e300), t: "decimal(3,2)", wantErr: "the float 1e+300 is no decimal(3,2): more than 38 digits"},
		{v: decimal("19.999"), t: "decimal(5,2)", wantErr: "the decimal 19.999 is no decimal(5,2): it loses digits: 3 stand behind the point, the type has 2"},
		{v: IntValue(1000), t: "decimal(5,2)", wantErr: "the int 1000 is no decimal(5,2): it loses digits: 4 stand before the point, the type has 3"},

		{v: prices, t: "list(map(decimal(5,3)))", want: `list [{"price":19.99,"qty":2},{"price":19.999}]`},
		{v: prices, t: "list(struct{qty: int, price: decimal(5,3)})", want: `list [{"qty":2,"price":19.99},{"qty":null,"price":19.999}]`},
		{v: prices, t: "list(struct{qty: int, price: decimal(5,2)})", wantErr: "[2].price: the decimal 19.999 is no decimal(5,2): it loses digits: 3 stand behind the point, the type has 2"},
		{v: prices, t: "list(struct{price: decimal(5,3)})", wantErr: `[1]: the map {"price":19.99,"qty":2} is no struct{price: decimal(5,3)}: the type has no field "qty"`},
		{v: StructValue([]Entry{{"a", ListValue([]Value{BoolValue(true)})}}), t: "map(list(int))", wantErr: "a[1]: the bool true is no int"},
		{v: StructValue([]Entry{{"a", StructValue([]Entry{{"b", Value{}}})}}), t: "map(map(int))", want: `map {"a":{"b":null}}`},
		{v: prices, t: "map(any)", wantErr: `the list [{"price":19.99,"qty":2},{"price":19.999}] is no map(any)`},
		{v: MapValue(nil), t: "list(any)", wantErr: "the map {} is no list(any)"},
		{v: IntValue(1), t: "struct{a: int}", wantErr: "the int 1 is no struct{a: int}"},

		{v: TextValue(JSON, "[1]"), t: "json", want: "json [1]"},
		{v: prices, t: "json", want: `json [{"price":19.99,"qty":2},{"price":19.999}]`},
		{v: StringValue("[1]"), t: "json", wantErr: `the string "[1]" is no json: a string may be text or JSON`},
		{v: ListValue([]Value{FloatValue(math.NaN())}), t: "json", wantErr: "the list [NaN] is no json: JSON has no NaN and no infinite numbers"},
		{v: MapValue([]Entry{{"a", StringValue("\xff")}}), t: "json", wantErr: "the map {\"a\":\"\xff\"} is no json: bytes that are no UTF-8"},
		{v: TextValue(JSON, "[1]"), t: "list(int)", wantErr: "the json [1] is no list(int)"},
	}
	for _, tt := range tests {
		got, err := Coerce(tt.v, mustType(t, tt.t))
		text := got.Kind().String() + " " + FormatValue(got)
		if err != nil {
			text = ""
		}
		if text != tt.want || reasonOf(err) != tt.wantErr {
			t.Errorf("%s as %s:\ngot  %s, %v\nwant %s, %s", FormatValue(tt.v), tt.t, text, err, tt.want, tt.wantErr)
		}
		if problem := (*CoerceError)(nil); err != nil && !errors.As(err, &problem) {
			t.Errorf("%s as %s: the error is a %T", FormatValue(tt.v), tt.t, err)
		}
	}
}

// A value that was coerced is the same number or text, and coercing it again
// changes nothing.
func TestCoerceLosesNothing(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		v, typ := drawValue(t, Any), typeOf(rapid.SampledFrom(allKinds()).Draw(t, "kind"))
		got, err := Coerce(v, typ)
		if err != nil || v.IsNull() {
			return
		}
		again, err := Coerce(got, typ)
		if err != nil || Compare(Any, got, again) != 0 {
			t.Fatalf("%s as %s is %s, then %s, %v", FormatValue(v), typ, FormatValue(got), FormatValue(again), err)
		}
		if typ.Kind != Any && got.Kind() != typ.Kind {
			t.Fatalf("%s as %s is a %s", FormatValue(v), typ, got.Kind())
		}
		zero := v.Kind() == Float && v.Float() == 0 // -0 becomes 0
		if typ.Kind != JSON && typ.Kind != Struct && !zero && FormatValue(got) != FormatValue(v) {
			t.Fatalf("%s as %s is %s", FormatValue(v), typ, FormatValue(got))
		}
	})
}

func TestCloneSharesNothing(t *testing.T) {
	t.Parallel()
	items := []Value{StringValue("a"), MapValue([]Entry{{"k", StringValue("b")}})}
	v := ListValue(items)
	c := v.Clone()
	items[0] = IntValue(1)
	items[1].Entries()[0].Name = "other"
	if got, want := FormatValue(c), `["a",{"k":"b"}]`; got != want {
		t.Errorf("the clone is %s, want %s", got, want)
	}
}
