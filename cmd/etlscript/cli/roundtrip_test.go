package cli_test

import (
	"fmt"
	"math"
	"math/big"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine"
)

// The hardest values of each type, as CSV has them.
func texts(t *rapid.T, column string) string {
	pick := func(edges ...string) *rapid.Generator[string] { return rapid.SampledFrom(edges) }
	switch column {
	case "id":
		n := rapid.OneOf(rapid.Int64(), rapid.SampledFrom([]int64{math.MinInt64, math.MaxInt64, 1<<53 - 1, 1 << 53, 1<<53 + 1, -1<<53 - 1, 0})).Draw(t, "id")
		return strconv.FormatInt(n, 10)
	case "count":
		n := rapid.OneOf(rapid.Uint64(), rapid.SampledFrom([]uint64{math.MaxUint64, 1 << 63, 1<<53 + 1, 0})).Draw(t, "count")
		return strconv.FormatUint(n, 10)
	case "price":
		digits := rapid.StringMatching(`[1-9][0-9]{0,27}`).Draw(t, "digits")
		return rapid.SampledFrom([]string{"", "-"}).Draw(t, "sign") + digits + "." + rapid.StringMatching(`[0-9]{10}`).Draw(t, "fraction")
	case "at":
		return pick("2016-12-31T23:59:60Z", "2017-01-01T05:29:60+05:30", "2013-01-31T12:00:00.000001-03:30", "0001-01-01T00:00:00Z",
			"9999-12-31T23:59:59.999999Z", "1969-12-31T23:59:59Z", "2013-03-31 02:30:00+02:00").Draw(t, "at")
	case "seen":
		return pick("2016-12-31T23:59:60", "2013-03-31T02:30:00", "1900-02-28T00:00:00.5").Draw(t, "seen")
	case "day":
		return pick("2000-02-29", "1582-10-10", "0001-01-01", "9999-12-31").Draw(t, "day")
	case "lasts":
		return pick("PT1H2M3.500000S", "-PT5S", "PT0S", "PT2562047788H").Draw(t, "lasts")
	case "ratio":
		return strings.TrimSuffix(fmt.Sprint(big.NewFloat(rapid.Float64Range(-1e20, 1e20).Draw(t, "ratio")).Text('f', 3)), ".000")
	case "ok":
		return pick("true", "false").Draw(t, "ok")
	}
	return rapid.OneOf(rapid.StringOf(rapid.RuneFrom([]rune("aé日😀\",;\n\r\t \\0"))), pick("", "null", "NULL", "007", "1e5", "\u2028")).Draw(t, "text")
}

// handOn are row functions that leave all values as they are: values that are
// not mentioned, handed on, or taken through a variable, a table and a helper.
func handOn() []string {
	return []string{
		`function(row) end`,
		`function(row) row.id = row.id; row.count = row.count; row.price = row.price; row.at = row.at; row.seen = row.seen
		   row.day = row.day; row.lasts = row.lasts; row.ratio = row.ratio; row.ok = row.ok; row.text = row.text end`,
		`function(row) local t = {}; for k, v in pairs(row) do t[k] = v end; for k, v in pairs(t) do row[k] = v end end`,
		`function(row)
		   assert(row.id == nil or row.id == row.id + 0 and not (row.id < row.id))
		   assert(row.count == nil or row.count >= 0)
		   assert(row.price == nil or row.price - row.price == 0)
		   assert(row.at == nil or row.at - row.at == etl.interval "PT0S")
		 end`,
	}
}

// What CSV → Lua → NDJSON → Lua → CSV gives is what it got, byte for byte.
func TestRoundTrip(t *testing.T) {
	t.Parallel()
	columns := []string{"id", "count", "price", "at", "seen", "day", "lasts", "ratio", "ok", "text"}
	const types = `{ id = "int", count = "uint", price = "decimal(38,10)", at = "timestamp", seen = "datetime", day = "date",
		lasts = "interval", ratio = "float", ok = "bool", text = "string" }`
	rapid.Check(t, func(rt *rapid.T) {
		dir, err := os.MkdirTemp(t.TempDir(), "")
		if err != nil {
			rt.Fatal(err)
		}
		var in strings.Builder
		in.WriteString(strings.Join(columns, ",") + "\n")
		for range rapid.IntRange(1, 6).Draw(rt, "rows") {
			in.WriteString(line(rt, columns) + "\n")
		}
		write(rt, filepath.Join(dir, "in.csv"), in.String())
		for i, step := range []string{
			`etl.read_csv { path = "in.csv", types = types }:map(%s):write_json { path = "middle.ndjson" }`,
			`etl.read_json { path = "middle.ndjson", types = types }:map(%s):write_csv { path = "out.csv" }`,
		} {
			fn := rapid.SampledFrom(handOn()).Draw(rt, "function")
			script := "local etl = require \"etl\"\nlocal types = " + types + "\n" + fmt.Sprintf(step, fn) + "\nreturn etl.job { name = \"j\" }"
			c := engine.Config{Workers: 1 + i, BatchRows: rapid.IntRange(1, 4).Draw(rt, "batch")}
			if err := runJob(t.Context(), dir, script, c); err != nil {
				rt.Fatalf("%s\n%s\n%v", script, in.String(), err)
			}
		}
		out, err := os.ReadFile(filepath.Join(dir, "out.csv"))
		if err != nil {
			rt.Fatal(err)
		}
		if diff := cmp.Diff(in.String(), string(out)); diff != "" {
			rt.Fatalf("-in +out:\n%s", diff)
		}
	})
}

// line is a row of CSV as our writer quotes it; NULL is nothing, the empty text "".
func line(t *rapid.T, columns []string) string {
	fields := make([]string, len(columns))
	for i, c := range columns {
		if rapid.IntRange(0, 5).Draw(t, "null") == 0 {
			continue
		}
		fields[i] = quoted(texts(t, c))
	}
	return strings.Join(fields, ",")
}

func quoted(s string) string {
	if s == "" {
		return `""`
	}
	if strings.ContainsAny(s, ",\"\r\n") {
		return `"` + strings.ReplaceAll(s, `"`, `""`) + `"`
	}
	return s
}

func write(t *rapid.T, path, text string) {
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
}
