package value

import (
	"math"
	"testing"
	"time"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/record"
)

// parts is a table of named numbers.
func parts(pairs map[string]lua.LValue) *lua.LTable {
	t := &lua.LTable{Metatable: lua.LNil}
	for k, v := range pairs {
		t.RawSetString(k, v)
	}
	return t
}

func zone(t testing.TB, name string) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation(name)
	if err != nil {
		t.Fatal(err)
	}
	return loc
}

func TestToTemporal(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	at := Temporal{record.Timestamp, 1689459784000005} // 2023-07-15T22:23:04.000005Z
	day := Temporal{record.Date, 15736}
	type nums = map[string]lua.LValue
	for _, c := range []struct {
		kind record.Kind
		in   lua.LValue
		loc  *time.Location
		want string
	}{
		{record.Date, lua.LString("2013-01-31"), nil, "date 2013-01-31"},
		{record.Date, lua.LString("2013-02-31"), nil, `value.text: "2013-02-31" is no date: February 2013 has 28 days`},
		{record.Date, parts(nums{"year": lua.LNumber(2013), "month": lua.LNumber(1), "day": lua.LNumber(31)}), nil, "date 2013-01-31"},
		{record.Date, parts(nums{"year": lua.LNumber(-44)}), nil, "date -0044-01-01"},
		{record.Date, parts(nums{"year": lua.LNumber(12013)}), nil, "date +12013-01-01"},
		{record.Date, parts(nums{"month": lua.LNumber(2)}), nil, "value.part: a date needs a year"},
		{record.Date, parts(nums{"year": lua.LNumber(2013), "hour": lua.LNumber(2)}), nil, `value.part: a date has no "hour"`},
		{record.Date, parts(nums{"year": lua.LNumber(2013.5)}), nil, "value.part: the year of a date is the number 2013.5"},
		{record.Date, parts(nums{"year": lua.LNumber(2013), "month": lua.LNumber(-1)}), nil, "value.part: the month of a date is the number -1"},
		{record.Date, parts(nums{"year": lua.LString("2013")}), nil, "value.part: the year of a date is a string"},
		{record.Date, parts(nums{"year": lua.LNumber(2013), "month": lua.LNumber(13)}), nil, `value.text: "2013-13-01" is no date: month is 1 to 12`},
		{record.Date, at, nil, "date 2023-07-15"},
		{record.Date, at, berlin, "date 2023-07-16"},
		{record.Time, at, berlin, "time 00:23:04.000005"},
		{record.Datetime, at, berlin, "datetime 2023-07-16T00:23:04.000005"},
		{record.Timestamp, Temporal{record.Datetime, 0}, berlin, "timestamp 1969-12-31T23:00:00Z"},
		{record.Timestamp, day, nil, "timestamp 2013-01-31T00:00:00Z"},
		{record.Datetime, day, nil, "datetime 2013-01-31T00:00:00"},
		{record.Datetime, Temporal{record.Date, lastDay}, nil, "value.convert: a date cannot become a datetime"},
		{record.Date, Temporal{record.Datetime, -1}, nil, "date 1969-12-31"},
		{record.Time, day, nil, "value.convert: a date cannot become a time"},
		{record.Date, Temporal{record.Time, 1}, nil, "value.convert: a time cannot become a date"},
		{record.Interval, Temporal{record.Time, 1}, nil, "value.convert: a time cannot become an interval"},
		{record.Interval, at, nil, "value.convert: a timestamp cannot become an interval"},
		{record.Time, parts(nums{"hour": lua.LNumber(5), "microsecond": lua.LNumber(7)}), nil, "time 05:00:00.000007"},
		{record.Time, parts(nums{"hour": lua.LNumber(25)}), nil, `value.text: "25:00:00.000000" is no time: hour is 0 to 23`},
		{record.Timestamp, lua.LString("2023-07-15T12:00:00"), berlin, "timestamp 2023-07-15T10:00:00Z"},
		{record.Timestamp, lua.LString("2023-07-15T12:00:00+01:00"), berlin, "timestamp 2023-07-15T11:00:00Z"},
		{record.Timestamp, lua.LString("2023-03-26T02:30:00"), berlin, `value.text: "2023-03-26T02:30:00" is no timestamp: clocks in Europe/Berlin skip this time`},
		{record.Timestamp, parts(nums{"year": lua.LNumber(2023), "month": lua.LNumber(7), "hour": lua.LNumber(2)}), berlin, "timestamp 2023-07-01T00:00:00Z"},
		{record.Interval, lua.LString("P1DT1.5S"), nil, "interval PT24H1.500000S"},
		{record.Interval, lua.LString("1h"), nil, `value.text: "1h" is no interval: an interval is written PT1H2M3.5S or P2DT3H`},
		{record.Interval, parts(nums{"days": lua.LNumber(1), "seconds": lua.LNumber(0.1), "hours": dec("0.5")}), nil, "interval PT24H30M0.100000S"},
		{record.Interval, parts(nums{"weeks": lua.LNumber(1)}), nil, `value.part: an interval has no "weeks"`},
		{record.Interval, parts(nums{"days": lua.LNumber(1e300)}), nil, "temporal.range: the interval is out of range"},
		{record.Interval, parts(nums{"days": lua.LNumber(math.NaN())}), nil, "value.part: the days of an interval are the number NaN"},
		{record.Interval, lua.LNumber(5), nil, "value.convert: the number 5 cannot become an interval"},
		{record.Date, lua.LNil, nil, "value.convert: nil cannot become a date"},
	} {
		if got := shown(ToTemporal(c.kind, c.in, c.loc)); got != c.want {
			t.Errorf("etl.%s(%s): got %q, want %q", c.kind, PlainText(c.in), got, c.want)
		}
	}
}

func TestMomentsInFormats(t *testing.T) {
	t.Parallel()
	berlin := zone(t, "Europe/Berlin")
	for _, c := range []struct {
		text, format string
		loc          *time.Location
		want         string
	}{
		{"31.01.2013", "%d.%m.%Y", nil, "date 2013-01-31"},
		{"05:06", "%H:%M", nil, "time 05:06:00"},
		{"31.01.2013 05:06", "%d.%m.%Y %H:%M", nil, "datetime 2013-01-31T05:06:00"},
		{"31.01.2013 05:06", "%d.%m.%Y %H:%M", berlin, "timestamp 2013-01-31T04:06:00Z"},
		{"2013-01-31T05:06:07+0200", "%FT%T%z", nil, "timestamp 2013-01-31T03:06:07Z"},
		{"31.02.2013", "%d.%m.%Y", nil, `value.text: "31.02.2013" does not fit "%d.%m.%Y": February 2013 has 28 days`},
		{"x", "%d.%m.%Y", nil, `value.text: "x" does not fit "%d.%m.%Y": does not fit the format`},
		{"31.01", "%d.%m", nil, `value.format: format "%d.%m" has no year`},
	} {
		l, err := record.NewLayout(c.format)
		if err != nil {
			t.Fatal(err)
		}
		v, d := ParseMoment(c.text, l, c.loc)
		if got := shown(v, d); got != c.want {
			t.Errorf("parse %q: got %q, want %q", c.text, got, c.want)
		}
		if d != nil {
			continue
		}
		if text, d := FormatMoment(v, l, time.FixedZone("", 2*3600)); v.(Temporal).Kind != record.Timestamp && (text != c.text || d != nil) {
			t.Errorf("format %s: got %q %v, want %q", v, text, d, c.text)
		}
	}
	l, err := record.NewLayout("%H")
	if err != nil {
		t.Fatal(err)
	}
	for v, want := range map[lua.LValue]string{
		Temporal{record.Date, 0}: `format "%H": a date has nothing for %H`,
		lua.LNumber(1):           "the number 1 has no date to write",
	} {
		if _, d := FormatMoment(v, l, nil); d == nil || d.Message != want {
			t.Errorf("format %s: got %v", v, d)
		}
	}
}

// TestFieldsAgreeWithGo compares the parts of dates, and days that are added,
// with package time.
func TestFieldsAgreeWithGo(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		day := rapid.Int64Range(-4e6, 4e6).Draw(t, "day")
		more := rapid.Int64Range(-1e6, 1e6).Draw(t, "more")
		moved, d := Arith("+", Temporal{record.Date, day}, Temporal{record.Interval, more * microsPerDay})
		if d != nil {
			t.Fatal(d)
		}
		at := time.Unix(0, 0).UTC().AddDate(0, 0, int(day+more))
		for name, want := range map[string]int{
			"year": at.Year(), "month": int(at.Month()), "day": at.Day(), "yday": at.YearDay(), "weekday": (int(at.Weekday())+6)%7 + 1,
		} {
			if got, ok := moved.(Temporal).Field(name); !ok || got != lua.LNumber(want) {
				t.Fatalf("%s of %s: got %v, want %d", name, moved, got, want)
			}
		}
		back, d := Arith("-", moved, Temporal{record.Date, day})
		if d != nil || back != (Temporal{record.Interval, more * microsPerDay}) {
			t.Fatalf("%s - %s: got %v %v", moved, Temporal{record.Date, day}, back, d)
		}
	})
}
