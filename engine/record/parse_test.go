package record

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestParse(t *testing.T) {
	t.Parallel()
	const clock = 18367_000_000 // 05:06:07
	const moment = 1359608767_000_000
	tests := []struct {
		kind Kind
		text string
		want Value
		err  string
	}{
		{String, "", StringValue(""), ""},
		{Any, "1", StringValue("1"), ""},
		{Bytes, "\xff", TextValue(Bytes, "\xff"), ""},
		{Int, "0", IntValue(0), ""},
		{Int, "-0", IntValue(0), ""},
		{Int, "+007", IntValue(7), ""},
		{Int, "9223372036854775807", IntValue(math.MaxInt64), ""},
		{Int, "-9223372036854775808", IntValue(math.MinInt64), ""},
		{Int, "9223372036854775808", Value{}, "out of range"},
		{Int, "-9223372036854775809", Value{}, "out of range"},
		{Int, "99999999999999999999999", Value{}, "out of range"},
		{Int, "000000000000000000000000000000042", IntValue(42), ""},
		{Int, "", Value{}, "not a number"},
		{Int, "-", Value{}, "not a number"},
		{Int, " 1", Value{}, "not a number"},
		{Int, "1 ", Value{}, "not a number"},
		{Int, "1.0", Value{}, "not a whole number"},
		{Int, "1E5", Value{}, "not a whole number"},
		{Int, "1_000", Value{}, "not a number"},
		{Int, "0x10", Value{}, "not a number"},
		{Int, "--1", Value{}, "not a number"},
		{Uint, "+18446744073709551615", UintValue(math.MaxUint64), ""},
		{Uint, "18446744073709551616", Value{}, "out of range"},
		{Uint, "-1", Value{}, "out of range"},
		{Uint, "-x", Value{}, "not a number"},
		{Float, "1", FloatValue(1), ""},
		{Float, "-1.5e+3", FloatValue(-1500), ""},
		{Float, ".5", FloatValue(0.5), ""},
		{Float, "5.", FloatValue(5), ""},
		{Float, "1e-400", FloatValue(0), ""},
		{Float, "infinity", FloatValue(math.Inf(1)), ""},
		{Float, "+Inf", FloatValue(math.Inf(1)), ""},
		{Float, "-INF", FloatValue(math.Inf(-1)), ""},
		{Float, "1e400", Value{}, "out of range"},
		{Float, "", Value{}, "empty"},
		{Float, ".", Value{}, "not a number"},
		{Float, "1e", Value{}, "not a number"},
		{Float, "0x1p-2", Value{}, "not a number"},
		{Float, "1_0", Value{}, "not a number"},
		{Float, "1,5", Value{}, "not a number"},
		{Float, "+nan", Value{}, "not a number"},
		{Float, "-", Value{}, "not a number"},
		{Bool, "true", BoolValue(true), ""},
		{Bool, "FALSE", BoolValue(false), ""},
		{Bool, "True", BoolValue(true), ""},
		{Bool, "tRUE", Value{}, "neither true nor false"},
		{Bool, "1", Value{}, "neither true nor false"},
		{Date, "2013-01-31", TemporalValue(Date, 15736), ""},
		{Date, "2012-02-29", TemporalValue(Date, 15399), ""},
		{Date, "+10000-01-01", TemporalValue(Date, 2932897), ""},
		{Date, "-0001-12-31", TemporalValue(Date, -719529), ""},
		{Date, "0000-01-01", TemporalValue(Date, -719528), ""},
		{Date, "2013-02-29", Value{}, "February 2013 has 28 days"},
		{Date, "2013-04-31", Value{}, "April 2013 has 30 days"},
		{Date, "2013-13-01", Value{}, "month is 1 to 12"},
		{Date, "2013-01-32", Value{}, "day is 1 to 31"},
		{Date, "2013-01-00", Value{}, "day is 1 to 31"},
		{Date, "2013-1-31", Value{}, "a date is written 2013-01-31"},
		{Date, "20130131", Value{}, "a date is written 2013-01-31"},
		{Date, "31.01.2013", Value{}, "a date is written 2013-01-31"},
		{Date, "10000-01-01", Value{}, "a date is written 2013-01-31"},
		{Date, "2013-01-3x", Value{}, "a date is written 2013-01-31"},
		{Date, "", Value{}, "a date is written 2013-01-31"},
		{Date, "+", Value{}, "a date is written 2013-01-31"},
		{Date, "2013-01-31T00:00:00", Value{}, "text behind the value"},
		{Time, "05:06:07", TemporalValue(Time, clock), ""},
		{Time, "05:06", TemporalValue(Time, clock-7_000_000), ""},
		{Time, "05:06:07.5", TemporalValue(Time, clock+500_000), ""},
		{Time, "05:06:07.123456", TemporalValue(Time, clock+123456), ""},
		{Time, "05:06:07.1234560000", TemporalValue(Time, clock+123456), ""},
		{Time, "05:06:07.1234567", Value{}, "more than six digits of a second"},
		{Time, "05:06:07.", Value{}, "a time of day is written 05:06:07"},
		{Time, "24:00:00", Value{}, "hour is 0 to 23"},
		{Time, "05:60:00", Value{}, "minute is 0 to 59"},
		{Time, "05:06:60", Value{}, "second is 0 to 59"},
		{Time, "5:06:07", Value{}, "a time of day is written 05:06:07"},
		{Time, "05:06:0x", Value{}, "a time of day is written 05:06:07"},
		{Time, "05:06.5", Value{}, "text behind the value"},
		{Time, "05:06:07Z", Value{}, "text behind the value"},
		{Datetime, "2013-01-31T05:06:07", TemporalValue(Datetime, moment), ""},
		{Datetime, "2013-01-31 05:06:07.000001", TemporalValue(Datetime, moment+1), ""},
		{Datetime, "2013-01-31", Value{}, "no time of day behind the date"},
		{Datetime, "2013-01-31x05:06:07", Value{}, "no time of day behind the date"},
		{Datetime, "2013-01-31T05:06:07Z", Value{}, "a datetime has no zone"},
		{Datetime, "2013-01-31T05:06:07 x", Value{}, "text behind the value"},
		{Datetime, "+294247-01-10T04:00:54.775807", TemporalValue(Datetime, math.MaxInt64), ""},
		{Datetime, "+294247-01-10T04:00:54.775808", Value{}, "out of range"},
		{Datetime, "-290308-12-21T19:59:05.224192", TemporalValue(Datetime, math.MinInt64), ""},
		{Datetime, "-290308-12-21T19:59:05.224191", Value{}, "out of range"},
		{Datetime, "+999999999-01-01T00:00:00", Value{}, "out of range"},
		{Timestamp, "2013-01-31T05:06:07Z", TemporalValue(Timestamp, moment), ""},
		{Timestamp, "2013-01-31T05:06:07", TemporalValue(Timestamp, moment), ""},
		{Timestamp, "2013-01-31T06:06:07+01:00", TemporalValue(Timestamp, moment), ""},
		{Timestamp, "2013-01-31 06:06:07+01", TemporalValue(Timestamp, moment), ""},
		{Timestamp, "2013-01-30T23:36:07-0530", TemporalValue(Timestamp, moment), ""},
		{Timestamp, "2013-01-31T05:06:07+1", Value{}, "a zone is written Z or +01:00"},
		{Timestamp, "2013-01-31T05:06:07+24:00", Value{}, "a zone is written Z or +01:00"},
		{Timestamp, "2013-01-31T05:06:07+01:", Value{}, "a zone is written Z or +01:00"},
		{Timestamp, "2013-01-31T05:06:07 CET", Value{}, "a zone is written Z or +01:00"},
		{Timestamp, "+294247-01-10T04:00:54.775807-01:00", Value{}, "out of range"},
		{JSON, "{}", Value{}, "this type is not read from text"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %q", tt.kind, tt.text), func(t *testing.T) {
			t.Parallel()
			got, err := Parse(Of(tt.kind), tt.text)
			if tt.err != "" {
				if err == nil || err.Error() != tt.err {
					t.Errorf("got %v and %v, want the error %s", FormatValue(got), err, tt.err)
				}
				return
			}
			if err != nil || got != tt.want {
				t.Errorf("got %v (%s) and %v, want %s", got, FormatValue(got), err, FormatValue(tt.want))
			}
		})
	}
}

func TestParseFloatNaN(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"NaN", "nan", "NAN"} {
		if f, err := ParseFloat(s); err != nil || !math.IsNaN(f) {
			t.Errorf("%s: got %v and %v", s, f, err)
		}
	}
}

func TestFormatAndParseAreInverse(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom(parsedKinds()).Draw(t, "kind")
		v := drawValue(t, k)
		if v.IsNull() {
			return
		}
		back, err := Parse(typeOf(k), FormatValue(v))
		if err != nil {
			t.Fatalf("%s: %v", FormatValue(v), err)
		}
		if back != v && !(k == Float && math.IsNaN(v.Float()) && math.IsNaN(back.Float())) {
			t.Fatalf("%s %s reads back as %s", k, FormatValue(v), FormatValue(back))
		}
	})
}

func berlin(t testing.TB) *time.Location {
	t.Helper()
	loc, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip("no time zones here:", err)
	}
	return loc
}

func TestParseTimestampInZone(t *testing.T) {
	t.Parallel()
	loc := berlin(t)
	tests := []struct{ text, want, err string }{
		{"2013-01-31T06:06:07", "2013-01-31T05:06:07Z", ""},
		{"2013-07-31T07:06:07.5", "2013-07-31T05:06:07.500000Z", ""},
		{"2013-07-31T07:06:07Z", "2013-07-31T07:06:07Z", ""},
		{"2013-03-31T01:59:59", "2013-03-31T00:59:59Z", ""},
		{"2013-03-31T02:30:00", "", "clocks in Europe/Berlin skip this time"},
		{"2013-03-31T03:00:00", "2013-03-31T01:00:00Z", ""},
		{"2013-10-27T02:30:00", "2013-10-27T00:30:00Z", ""}, // the first of two
		{"2013-10-27T03:00:00", "2013-10-27T02:00:00Z", ""},
		{"1800-01-01T00:53:28.5", "1800-01-01T00:00:00.500000Z", ""},
		{"-290308-12-21T19:59:05.224192", "", "out of range"},
	}
	for _, tt := range tests {
		micros, err := ParseTimestamp(tt.text, loc)
		if tt.err != "" {
			if err == nil || err.Error() != tt.err {
				t.Errorf("%s: got %v, want the error %s", tt.text, err, tt.err)
			}
			continue
		}
		if got := FormatValue(TemporalValue(Timestamp, micros)); err != nil || got != tt.want {
			t.Errorf("%s: got %s and %v, want %s", tt.text, got, err, tt.want)
		}
	}
}

// Every instant is found again from what clocks in a zone show of it, or, where
// they show that twice, the first such instant.
func TestZonesAgreeWithTime(t *testing.T) {
	t.Parallel()
	loc := berlin(t)
	rapid.Check(t, func(t *rapid.T) {
		at := rapid.Int64Range(-3e9, 3e9).Draw(t, "unix")
		if rapid.Bool().Draw(t, "near the end of summer time") {
			at = 1382835600 + rapid.Int64Range(-9000, 9000).Draw(t, "seconds")
		}
		shown := time.Unix(at, 0).In(loc).Format("2006-01-02T15:04:05")
		micros, err := ParseTimestamp(shown, loc)
		if err != nil {
			t.Fatal(err)
		}
		found := micros / microsPerSecond
		if again := time.Unix(found, 0).In(loc).Format("2006-01-02T15:04:05"); again != shown {
			t.Fatalf("%s became an instant when clocks show %s", shown, again)
		}
		if found > at {
			t.Fatalf("%s became the second such instant", shown)
		}
	})
}

func FuzzParseInt(f *testing.F) {
	for _, s := range []string{"0", "-1", "+1", "007", "9223372036854775807", "-9223372036854775808", "18446744073709551616", "1_0", "1.0", ""} {
		f.Add(s)
	}
	whole := regexp.MustCompile(`^[+-]?[0-9]+$`)
	f.Fuzz(func(t *testing.T, s string) {
		want, wantErr := strconv.ParseInt(s, 10, 64)
		wantUint, wantUintErr := strconv.ParseUint(strings.TrimPrefix(s, "+"), 10, 64)
		switch {
		case !whole.MatchString(s): // strconv looks at the size first
			wantErr, wantUintErr = strconv.ErrSyntax, strconv.ErrSyntax
		case s[0] == '-': // strconv sees a wrong character
			wantUintErr = strconv.ErrRange
		}
		got, err := ParseInt(s)
		sameNumber(t, s, got, want, err, wantErr)
		gotUint, err := ParseUint(s)
		sameNumber(t, s, gotUint, wantUint, err, wantUintErr)
	})
}

// sameNumber compares a result with that of strconv.
func sameNumber[T int64 | uint64](t *testing.T, s string, got, want T, err, wantErr error) {
	t.Helper()
	if (err == nil) != (wantErr == nil) || errors.Is(err, errRange) != errors.Is(wantErr, strconv.ErrRange) {
		t.Fatalf("%q: got the error %v, strconv says %v", s, err, wantErr)
	}
	if err == nil && got != want {
		t.Fatalf("%q: got %d, want %d", s, got, want)
	}
}

func FuzzParseFloat(f *testing.F) {
	for _, s := range []string{"0", "-1.5", "1e5", "1e400", "Inf", "-infinity", "nan", "+nan", "0x1p4", "1_000", ".", "1e", "", "5.", ".5"} {
		f.Add(s)
	}
	// What strconv takes besides decimal forms; it says NaN with a sign is none.
	refused := regexp.MustCompile(`[xX_]`)
	f.Fuzz(func(t *testing.T, s string) {
		want, wantErr := strconv.ParseFloat(s, 64)
		if refused.MatchString(s) {
			wantErr = strconv.ErrSyntax
		}
		got, err := ParseFloat(s)
		if (err == nil) != (wantErr == nil) || errors.Is(err, errRange) != errors.Is(wantErr, strconv.ErrRange) {
			t.Fatalf("%q: got the error %v, strconv says %v", s, err, wantErr)
		}
		if err == nil && math.Float64bits(got) != math.Float64bits(want) && !(math.IsNaN(got) && math.IsNaN(want)) {
			t.Fatalf("%q: got %v, want %v", s, got, want)
		}
	})
}

// What parses prints as a text that parses to the same value, and where package
// time knows the form, it agrees.
func FuzzParseTemporal(f *testing.F) {
	for _, s := range []string{
		"2013-01-31", "-0001-12-31", "+10000-01-01", "05:06:07.5", "05:06", "2013-01-31T05:06:07.123456", "2013-01-31 05:06",
		"2013-01-31T05:06:07+01:00", "2013-01-31T05:06:07Z", "+294247-01-10T04:00:54.775807", "2013-02-30", "2016-12-31T23:59:60Z",
	} {
		f.Add(s)
	}
	// Package time takes some more forms, such as one digit for the hour.
	strict := regexp.MustCompile(`T\d\d:\d\d:\d\d(\.\d{1,6})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)$`)
	f.Fuzz(func(t *testing.T, s string) {
		for _, k := range []Kind{Date, Time, Datetime, Timestamp} {
			v, err := Parse(Of(k), s)
			if err != nil {
				continue
			}
			text := FormatValue(v)
			if again, err := Parse(Of(k), text); err != nil || again != v {
				t.Fatalf("%s %q prints %q, which reads as %v, %v", k, s, text, FormatValue(again), err)
			}
		}
		if want, err := time.Parse(time.RFC3339Nano, s); err == nil && strict.MatchString(s) {
			got, err := ParseTimestamp(s, nil)
			if err != nil || got != want.UnixMicro() {
				t.Fatalf("%q: got %d and %v, time says %d", s, got, err, want.UnixMicro())
			}
		}
		if want, err := time.Parse(time.DateOnly, s); err == nil {
			if got, err := ParseDate(s); err != nil || got*24*60*60 != want.Unix() {
				t.Fatalf("%q: got day %d and %v, time says %s", s, got, err, want)
			}
		}
	})
}

func ExampleParse() {
	v, err := Parse(Of(Date), "2013-01-31")
	fmt.Println(v.Int(), err)
	_, err = Parse(Of(Date), "2013-02-29")
	fmt.Println(err)
	// Output:
	// 15736 <nil>
	// February 2013 has 28 days
}
