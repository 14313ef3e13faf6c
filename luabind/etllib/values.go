package etllib

import (
	"github.com/etlscript/etlscript/engine/record"
)

// valueEntries are the functions of package vm that make values of types that
// Lua lacks, and calculate with them.
func valueEntries() []Entry {
	v := Param{Name: "value", Takes: Any}
	zone := Param{Name: "zone", Optional: true}
	format := Param{Name: "format"}
	entries := []Entry{
		{
			Name: "decimal", Params: []Param{v}, MakesOwn: true, Kind: record.DecimalOf, Gives: "decimal",
			Doc:     "The exact decimal number that a text, an integer or a decimal means. A number with a fraction is refused, since it is not exact.",
			Example: `tostring(etl.decimal("19.90") * 3) == "59.7"`,
		},
		{
			Name: "int", Params: []Param{v}, MakesOwn: true, Gives: "number, Int64 or Uint64",
			Doc:     "The whole number that a text or a number of any type means. Nothing is rounded.",
			Example: `etl.int("42") == 42`,
		},
		{
			Name: "float", Params: []Param{v}, Kind: record.Float, Gives: "number",
			Doc:     "The plain number nearest to a number of any type, or to the one that a text means.",
			Example: `etl.float("1.5") == 1.5`,
		},
		{
			Name: "idiv", Params: []Param{{Name: "a", Takes: Any}, {Name: "b", Takes: Any}}, MakesOwn: true, Gives: "number of the operands' type",
			Doc:     "a / b rounded down, exact for integers and decimals.",
			Example: `etl.idiv(7, 2) == 3`,
		},
		{
			Name: "round", Params: []Param{v, {Name: "places", Takes: Whole, Optional: true}, {Name: "mode", Optional: true}}, MakesOwn: true,
			Gives:   "number of the value's type",
			Doc:     "The number with that many digits behind the point, 0 by default. The mode is \"half_up\" (the default) or \"half_even\".",
			Example: `etl.round(1.005, 2) == 1.01`,
		},
		{
			Name: "is_null", Params: []Param{{Name: "value", Takes: Any, Optional: true}}, Kind: record.Bool, Gives: "boolean",
			Doc:     "Whether the value is nil or etl.null.",
			Example: `etl.is_null(etl.null) and etl.is_null(nil)`,
		},
		{
			Name: "array", Params: []Param{{Name: "table", Takes: Table, Optional: true}}, Gives: "table",
			Doc:     "The table, marked as a list, so that it is one in JSON even when it is empty.",
			Example: `etl.json.encode(etl.array{}) == "[]"`,
		},
		{
			Name: "parse_date", Params: []Param{{Name: "text"}, format, zone}, MakesOwn: true, Gives: "date, time, datetime or timestamp",
			Doc:     "What a text in a format of strftime means: a date, a time or both; with a zone, an instant.",
			Example: `etl.parse_date("31.01.2024", "%d.%m.%Y") == etl.date("2024-01-31")`,
		},
		{
			Name: "format_date", Params: []Param{v, format, zone}, Kind: record.String, Gives: "string",
			Doc:     "A date or time in a format of strftime.",
			Example: `etl.format_date(etl.date("2024-01-31"), "%d.%m.%Y") == "31.01.2024"`,
		},
	}
	examples := map[record.Kind]string{
		record.Date:      `etl.date("2024-01-31").day == 31`,
		record.Time:      `etl.time("13:45:00").hour == 13`,
		record.Datetime:  `etl.datetime("2024-01-31T13:45:00").minute == 45`,
		record.Timestamp: `etl.timestamp("2024-01-31T13:45:00Z").year == 2024`,
		record.Interval:  `(etl.date("2024-02-01") - etl.date("2024-01-31")).seconds == 86400`,
	}
	for _, k := range []record.Kind{record.Date, record.Time, record.Datetime, record.Timestamp, record.Interval} {
		params := []Param{v, zone}
		if k == record.Interval {
			params = params[:1]
		}
		entries = append(entries, Entry{
			Name: k.String(), Params: params, MakesOwn: true, Kind: k, Gives: k.String(),
			Doc: "The " + k.String() + " that a text in ISO 8601, a table of parts or another date or time means; the zone is UTC by default.", Example: examples[k],
		})
	}
	for i := range entries {
		entries[i].Pure = entries[i].Name != "array" // which changes the table
		entries[i].run = func(c call) int { return c.lib.values[entries[i].Name](c.L) }
	}
	return entries
}
