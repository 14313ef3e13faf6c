package csv

import (
	"fmt"
	"math"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

func TestInference(t *testing.T) {
	t.Parallel()
	tests := []struct {
		values []string
		want   record.Kind
	}{
		{nil, record.String},
		{[]string{"", ""}, record.String},
		{[]string{"0", "1", "-1", "9223372036854775807", "-9223372036854775808"}, record.Int},
		{[]string{"1", "", "2"}, record.Int},
		{[]string{"9223372036854775808"}, record.String},
		{[]string{"01"}, record.String},
		{[]string{"+1"}, record.String},
		{[]string{"-0"}, record.String},
		{[]string{"-"}, record.String},
		{[]string{" 1"}, record.String},
		{[]string{"1_000"}, record.String},
		{[]string{"1E5"}, record.String},
		{[]string{"1.5", "1e5"}, record.String},
		{[]string{"1.5", "-0.25", "3", "0.0", "-0.0", ".5", "-.5", "5.", "100.10"}, record.Float},
		{[]string{"1.5", "9007199254740992"}, record.Float},
		{[]string{"1.5", "9007199254740993"}, record.String},
		{[]string{"1.5", "100000000000000000000"}, record.String},
		{[]string{"9007199254740993"}, record.Int},
		{[]string{"00.5"}, record.String},
		{[]string{"-01.5"}, record.String},
		{[]string{"+0.5"}, record.String},
		{[]string{"."}, record.String},
		{[]string{"1.5", "NaN"}, record.String},
		{[]string{"Inf"}, record.String},
		{[]string{"0x1.8p1"}, record.String},
		{[]string{"10.357019999999999", "0.10000000000000001"}, record.Float},
		{[]string{"10.3570199999999991"}, record.String},
		{[]string{"0.00000000000005684341886080802"}, record.Float}, // the shortest form of 2^-44, not the nearest
		{[]string{"0.1000000000000000055511151231257827"}, record.String},
		{[]string{"123456789.12345678901"}, record.String},
		{[]string{"0." + strings.Repeat("0", 400) + "1"}, record.String},
		{[]string{"true", "false"}, record.Bool},
		{[]string{"true", "True"}, record.String},
		{[]string{"true", "1"}, record.String},
		{[]string{"2024-02-29", "1970-01-01"}, record.Date},
		{[]string{"2023-02-29"}, record.String},
		{[]string{"2024-02-29T00:00:00"}, record.String},
		{[]string{"+12024-02-29"}, record.String},
		{[]string{"2024-2-9"}, record.String},
		{[]string{"2024-02-29", "x"}, record.String},
		{[]string{"1", "x"}, record.String},
		{[]string{"1", "true"}, record.String},
	}
	for _, tt := range tests {
		var e evidence
		for _, v := range tt.values {
			if v != "" {
				e.add(v)
			}
		}
		if got := e.kind(); got != tt.want {
			t.Errorf("%q: got %s, want %s", tt.values, got, tt.want)
		}
	}
}

// What was inferred as a number prints its digits again.
func TestInferenceKeepsDigits(t *testing.T) {
	t.Parallel()
	number := rapid.StringMatching(`-?[0-9]{0,19}(\.[0-9]{0,20})?`)
	rapid.Check(t, func(t *rapid.T) {
		text := number.Draw(t, "text")
		if n, err := inferredInt(text); err == nil && strconv.FormatInt(n, 10) != text {
			t.Fatalf("int %s prints as %d", text, n)
		}
		f, err := inferredFloat(text)
		if err != nil {
			return
		}
		if want, err := strconv.ParseFloat(text, 64); err != nil || math.Float64bits(f) != math.Float64bits(want) {
			t.Fatalf("float %s is %v, strconv says %v and %v", text, f, want, err)
		}
		_, fraction, _ := strings.Cut(text, ".")
		printed := strconv.FormatFloat(f, 'f', len(fraction), 64)
		if whole, _, _ := strings.Cut(text, "."); whole == "" || whole == "-" {
			text = strings.Replace(text, ".", "0.", 1)
		}
		text = strings.TrimSuffix(text, ".")
		if shortest := strconv.FormatFloat(f, 'f', -1, 64); printed != text && shortest != text {
			t.Fatalf("float %s prints as %s and %s", text, printed, shortest)
		}
	})
}

// Every float that is printed in the shortest form is a float again.
func TestInferenceTakesPrintedFloats(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		f := rapid.Float64Range(-1e15, 1e15).Draw(t, "f")
		if math.Abs(f) < 1e-15 {
			t.Skip("printed with an exponent")
		}
		text := strconv.FormatFloat(f, 'f', -1, 64)
		if got, err := inferredFloat(text); text != "-0" && (err != nil || got != f) {
			t.Fatalf("%s reads as %v with error %v", text, got, err)
		}
	})
}

// resolvedSchema resolves a file of the given text.
func resolvedSchema(t *testing.T, r reading) (string, diag.List) {
	t.Helper()
	r.write(t)
	s, problems := r.build()
	if len(problems) > 0 {
		t.Fatal(problems)
	}
	table, err := s.Resolve(t.Context(), r.env)
	if err != nil {
		return "", diag.ListOf(err)
	}
	return table.Schema().String(), nil
}

func TestInferenceLooksBehindTheFirstRows(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("a,b,c,d\n")
	for i := range 200_000 {
		b.WriteString("1,,\"x\ny\",2\n")
		if i == 100_000 {
			for range 50_000 {
				b.WriteString("1.5,7,\"x\ny\",z\n")
			}
		}
	}
	for _, r := range []reading{
		{files: one(b.String()), options: opts("sample", 10)},
		{files: one(b.String()), options: opts("sample", 10, "on_error", "reject")},
		{files: map[string]string{"a.csv": "a,b,c,d\n1,2,3,4\n", "b.csv": b.String()}, options: dict("path", list("a.csv", "b.csv"), "sample", 10)},
	} {
		got, problems := resolvedSchema(t, r)
		if want := "a float, b int, c string, d string"; got != want {
			t.Errorf("got %q (%v), want %q", got, problems, want)
		}
	}
}

// A sample that begins in the midst of a quoted field must not count.
func TestInferenceSkipsPiecesThatDoNotSplit(t *testing.T) {
	t.Parallel()
	var b strings.Builder
	b.WriteString("a,b\n")
	for range 60_000 {
		b.WriteString("1,\"x\nnot, one row,\ny\"\n")
	}
	got, problems := resolvedSchema(t, reading{files: one(b.String()), options: opts("sample", 10)})
	if want := "a int, b string"; got != want {
		t.Errorf("got %q (%v), want %q", got, problems, want)
	}
}

func TestInferenceOfManyFiles(t *testing.T) {
	t.Parallel()
	files := map[string]string{}
	for i := range 40 {
		files[fmt.Sprintf("f%02d.csv", i)] = fmt.Sprintf("a,b\n1,%d\n", i)
	}
	files["f99.csv"] = "b,a\nx,2\n"
	got, problems := resolvedSchema(t, reading{files: files, options: dict("path", "*.csv", "sample", 1)})
	if want := "a int, b string"; got != want {
		t.Errorf("got %q (%v), want %q", got, problems, want)
	}
}

func TestValuesAgainstInference(t *testing.T) {
	t.Parallel()
	tests := map[string]string{ // a later value, and the reason that it is refused
		"int 1|+2":                         "another form than the values before",
		"int 1|007":                        "another form than the values before",
		"int 1|1.5":                        "not a whole number",
		"float 1.5|1e5":                    "another form than the values before",
		"float 1.5|0.12345678901234567891": "a float would lose digits",
		"float 1.5|x":                      "not a number",
		"bool true|TRUE":                   "another form than the values before",
		"bool true|1":                      "neither true nor false",
		"date 2024-01-01|+12024-01-01":     "another form than the values before",
		"date 2024-01-01|01.01.2024":       "a date is written 2013-01-31",
	}
	for test, reason := range tests {
		kind, values, _ := strings.Cut(test, " ")
		first, second, _ := strings.Cut(values, "|")
		r := reading{stdin: strings.NewReader("the x\n" + first + "\n" + second + "\n"), options: dict("path", "-", "sample", 1), use: op.ReadOptions{BatchRows: 1}}
		got := r.run(t)
		if got.Schema != "the x "+kind {
			t.Errorf("%s: the schema is %s", test, got.Schema)
		}
		want := fmt.Sprintf(`2: !%q is no %s: %s; the type was inferred from a sample of the file, pin another one: types = { ["the x"] = "string" }`, second, kind, reason)
		if diff := cmp.Diff(want, got.Rows[1]); diff != "" {
			t.Error(diff)
		}
	}
}

// The real files. The pressure in five rows of weather.csv is 1e3, which is
// no canonical number.
func TestInferenceOfFlights(t *testing.T) {
	t.Parallel()
	dir := filepath.Join("..", "..", "testdata", "flights")
	if _, err := os.Stat(filepath.Join(dir, "weather.csv")); err != nil {
		t.Skip("the flights data are not there; make flights-data fetches them")
	}
	tests := map[string]string{
		"weather.csv": "origin string, year int, month int, day int, hour int, temp float, dewp float, humid float, " +
			"wind_dir int, wind_speed float, wind_gust float, precip float, pressure string, visib float, time_hour string",
		"planes.csv":   "tailnum string, year int, type string, manufacturer string, model string, engines int, seats int, speed int, engine string",
		"airports.csv": "faa string, name string, lat float, lon float, alt int, tz int, dst string, tzone string",
		"flights.csv": "year int, month int, day int, dep_time int, sched_dep_time int, dep_delay int, arr_time int, sched_arr_time int, " +
			"arr_delay int, carrier string, flight int, tailnum string, origin string, dest string, air_time int, distance int, hour int, minute int, time_hour string",
	}
	for file, want := range tests {
		r := reading{options: dict("path", file, "null", list("NA", ""))}
		s, problems := r.build()
		if len(problems) > 0 {
			t.Fatal(problems)
		}
		table, err := s.Resolve(t.Context(), op.Env{Dir: dir})
		if err != nil {
			t.Fatal(err)
		}
		if got := table.Schema().String(); got != want {
			t.Errorf("%s:\n got %s\nwant %s", file, got, want)
		}
	}
}
