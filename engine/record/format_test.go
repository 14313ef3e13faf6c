package record

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestAppendFloat(t *testing.T) {
	t.Parallel()
	tests := map[float64]string{
		0: "0", math.Copysign(0, -1): "-0", 1: "1", -1: "-1", 0.1: "0.1", 100: "100", 1e20: "100000000000000000000",
		1e21: "1e+21", -1e21: "-1e+21", 1.5e300: "1.5e+300", 1e-6: "0.000001", 1e-7: "1e-7", 1.25e-7: "1.25e-7",
		5e-324: "5e-324", 1 << 53: "9007199254740992", math.Inf(1): "Inf", math.Inf(-1): "-Inf", math.NaN(): "NaN",
		math.MaxFloat64: "1.7976931348623157e+308", 1.0 / 3: "0.3333333333333333", 1e-10: "1e-10",
	}
	for f, want := range tests {
		if got := string(AppendFloat([]byte("x"), f)); got != "x"+want {
			t.Errorf("%g: got %s, want x%s", f, got, want)
		}
	}
}

// JSON's rule for floats is ours.
func TestAppendFloatAgreesWithJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := math.Float64frombits(rapid.Uint64().Draw(t, "bits"))
		if rapid.Bool().Draw(t, "usual") {
			f = rapid.Float64Range(-1e22, 1e22).Draw(t, "f")
		}
		if math.IsNaN(f) || math.IsInf(f, 0) {
			return
		}
		want, err := json.Marshal(f)
		if err != nil {
			t.Fatal(err)
		}
		got := string(AppendFloat(nil, f))
		if got != string(want) {
			t.Fatalf("%x: got %s, want %s", f, got, want)
		}
		if back, err := strconv.ParseFloat(got, 64); err != nil || math.Float64bits(back) != math.Float64bits(f) {
			t.Fatalf("%s reads back as %x, want %x", got, back, f)
		}
	})
}

func TestFormatValue(t *testing.T) {
	t.Parallel()
	const lastMicro = microsPerDay - 1
	tests := []struct {
		v    Value
		want string
	}{
		{Value{}, ""},
		{StringValue("a b"), "a b"},
		{StringValue(""), ""},
		{TextValue(Bytes, "\xff"), "\xff"},
		{TextValue(JSON, `{"a":1}`), `{"a":1}`},
		{IntValue(math.MinInt64), "-9223372036854775808"},
		{UintValue(math.MaxUint64), "18446744073709551615"},
		{FloatValue(1.5), "1.5"},
		{BoolValue(true), "true"},
		{BoolValue(false), "false"},
		{TemporalValue(Date, 0), "1970-01-01"},
		{TemporalValue(Date, 15736), "2013-01-31"},
		{TemporalValue(Date, -719528), "0000-01-01"},
		{TemporalValue(Date, -719529), "-0001-12-31"},
		{TemporalValue(Date, 2932897), "+10000-01-01"},
		{TemporalValue(Date, -719528-366*10000), "-10021-04-06"},
		{TemporalValue(Date, math.MaxInt64), "+25252734927768524-07-27"},
		{TemporalValue(Date, math.MinInt64), "-25252734927764585-06-07"},
		{TemporalValue(Time, 0), "00:00:00"},
		{TemporalValue(Time, lastMicro), "23:59:59.999999"},
		{TemporalValue(Time, 18367_500_000), "05:06:07.500000"},
		{TemporalValue(Datetime, 1359608767_000_000), "2013-01-31T05:06:07"},
		{TemporalValue(Datetime, -1), "1969-12-31T23:59:59.999999"},
		{TemporalValue(Timestamp, 1359608767_000_001), "2013-01-31T05:06:07.000001Z"},
		{TemporalValue(Timestamp, math.MaxInt64), "+294247-01-10T04:00:54.775807Z"},
		{TemporalValue(Timestamp, math.MinInt64), "-290308-12-21T19:59:05.224192Z"},
		{TemporalValue(Interval, 0), "PT0S"},
		{ListValue(nil), "[]"},
		{ListValue([]Value{{}, BoolValue(true), FloatValue(1e21), UintValue(7)}), "[null,true,1e+21,7]"},
		{StructValue([]Entry{{`a"\`, StringValue("\x01\n\r\tü")}, {"t", TemporalValue(Date, 0)}}), `{"a\"\\":"\u0001\n\r\tü","t":"1970-01-01"}`},
		{MapValue([]Entry{{"", TextValue(Bytes, "\xff")}, {"j", TextValue(JSON, "[ ]")}}), `{"":"/w==","j":[ ]}`},
		{TemporalValue(Interval, 93784_500_000), "PT26H3M4.500000S"},
		{TemporalValue(Interval, -60_000_000), "-PT1M"},
		{TemporalValue(Interval, math.MinInt64), "-PT2562047788H54.775808S"},
	}
	for _, tt := range tests {
		if got := FormatValue(tt.v); got != tt.want {
			t.Errorf("%s %d: got %s, want %s", tt.v.kind, tt.v.num, got, tt.want)
		}
		if tt.v.IsNull() {
			continue
		}
		for _, k := range []Kind{tt.v.kind, Any} {
			column := typeOf(k)
			v, _ := Constant(column, 1, tt.v).Decode()
			if got := string(v.AppendCanonical(nil, &column, 0)); got != tt.want {
				t.Errorf("in a column of type %s: got %s, want %s", k, got, tt.want)
			}
		}
	}
}

func TestAppendCanonicalOfNull(t *testing.T) {
	t.Parallel()
	column := Of(Int)
	v, _ := Constant(column, 1, Value{}).Decode()
	if got := string(v.AppendCanonical([]byte("x"), &column, 0)); got != "x" {
		t.Errorf("got %q", got)
	}
}

// The calendar agrees with package time wherever that can go.
func TestCivilAgreesWithTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		days := rapid.Int64Range(-1e8, 1e8).Draw(t, "days")
		want := time.Unix(days*24*60*60, 0).UTC()
		year, month, day := civil(days)
		if int(year) != want.Year() || month != int(want.Month()) || day != want.Day() {
			t.Fatalf("day %d is %d-%d-%d, want %s", days, year, month, day, want.Format(time.DateOnly))
		}
		if back := daysOf(year, month, day); back != days {
			t.Fatalf("%d-%d-%d is day %d, want %d", year, month, day, back, days)
		}
	})
}

func TestCivilIsExactAtTheEnds(t *testing.T) {
	t.Parallel()
	for _, days := range []int64{math.MinInt64, math.MinInt64 + 1, -719469, -719468, -1, 0, math.MaxInt64 - 1, math.MaxInt64} {
		if back := daysOf(civil(days)); back != days {
			t.Errorf("day %d comes back as %d", days, back)
		}
	}
}

func ExampleFormatValue() {
	fmt.Println(FormatValue(FloatValue(2)))
	fmt.Println(FormatValue(TemporalValue(Date, 15736)))
	// Output:
	// 2
	// 2013-01-31
}

func TestDecimalColumnsPad(t *testing.T) {
	t.Parallel()
	column := Type{Kind: DecimalOf, Precision: 12, Scale: 2}
	c := Constant(column, 1, decimal("19.9"))
	if got := string(c.AppendText(nil, 0)); got != "19.90" {
		t.Errorf("in a column of type %s: %s", column, got)
	}
	if got := string(AppendAs(nil, decimal("19.9"), &column)); got != "19.90" {
		t.Errorf("as %s: %s", column, got)
	}
	for _, typ := range []Type{Of(Any), column} {
		if got := string(AppendAs(nil, IntValue(5), &typ)); got != "5" {
			t.Errorf("an int as %s: %s", typ, got)
		}
	}
}

// A builder keeps the text that a decimal was read from, also where it equals
// the number without the zeros of the type.
func TestBuilderKeepsTheTextOfDecimals(t *testing.T) {
	t.Parallel()
	b := NewBuilder(NewSchema(Field{"d", Type{Kind: DecimalOf, Precision: 12, Scale: 2}}), 3)
	for _, text := range []string{"19.9", "19.90", "019.9"} {
		b.Column(0).AppendText(decimal(text), text)
	}
	batch := b.Build()
	for i, want := range []string{"19.9", "19.90", "019.9"} {
		if got := string(batch.Columns[0].AppendText(nil, i)); got != want {
			t.Errorf("row %d: %s, want %s", i, got, want)
		}
	}
}
