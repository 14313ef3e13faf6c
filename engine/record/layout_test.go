package record

import (
	"fmt"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLayoutParse(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format string
		kind   Kind
		text   string
		want   string // or the error
	}{
		{"%d.%m.%Y", Date, "31.01.2013", "2013-01-31"},
		{"%d.%m.%Y", Date, "1.2.2013", "2013-02-01"},
		{"%Y%m%d", Date, "20130131", "2013-01-31"},
		{"%e %b %Y", Date, " 9 Feb 2013", "2013-02-09"},
		{"%e %b %Y", Date, "19 Feb 2013", "2013-02-19"},
		{"%e %b %Y", Date, "  9 Feb 2013", "does not fit the format"},
		{"%m/%d/%y", Date, "12/31/68", "2068-12-31"},
		{"%m/%d/%y", Date, "12/31/69", "1969-12-31"},
		{"%d %b %Y", Date, "31 JAN 2013", "2013-01-31"},
		{"%B %d, %Y", Date, "february 9, 2013", "2013-02-09"},
		{"%b %d, %Y", Date, "May 9, 2013", "2013-05-09"},
		{"%a, %d %b %Y", Date, "Thu, 31 Jan 2013", "2013-01-31"},
		{"%A %F", Date, "Thursday 2013-01-31", "2013-01-31"},
		{"%A %F", Date, "Friday 2013-01-31", "the weekday does not fit the date"},
		{"%a %F", Date, "Sun 1969-12-28", "1969-12-28"},
		{"%Y", Date, "2013", "2013-01-01"},
		{"%Y-%j", Date, "2013-031", "2013-01-31"},
		{"%Y-%j", Date, "2012-366", "2012-12-31"},
		{"%Y-%j", Date, "2013-366", "day of the year is 1 to 365, or 366 in a leap year"},
		{"%Y-%j", Date, "2013-0", "day of the year is 1 to 365, or 366 in a leap year"},
		{"%Y-%j", Date, "2013-999", "day of the year is 1 to 365, or 366 in a leap year"},
		{"%F %T", Date, "2013-01-31 00:00:00", "2013-01-31"},
		{"%F %T", Date, "2013-01-31 00:00:01", "a date has no time of day"},
		{"%H:%M", Time, "5:06", "05:06:00"},
		{"%T.%f", Time, "05:06:07.25", "05:06:07.250000"},
		{"%I:%M %p", Time, "12:30 am", "00:30:00"},
		{"%I:%M %p", Time, "12:30 PM", "12:30:00"},
		{"%I:%M %p", Time, "1:30 PM", "13:30:00"},
		{"%I:%M %p", Time, "13:30 PM", "hour with AM or PM is 1 to 12"},
		{"%I:%M %p", Time, "1:30 XM", "does not fit the format"},
		{"%I:%M%p", Time, "1:30", "does not fit the format"},
		{"%H:%M", Time, "24:00", "hour is 0 to 23"},
		{"%F %T", Datetime, "2013-01-31 05:06:07", "2013-01-31T05:06:07"},
		{"%F %T%z", Datetime, "2013-01-31 05:06:07Z", "a datetime has no zone"},
		{"%F %T", Timestamp, "2013-01-31 05:06:07", "2013-01-31T05:06:07Z"},
		{"%F %T%z", Timestamp, "2013-01-31 06:06:07+0100", "2013-01-31T05:06:07Z"},
		{"%F %T %z", Timestamp, "2013-01-31 06:06:07 +01:00", "2013-01-31T05:06:07Z"},
		{"%T%z %F", Timestamp, "06:06:07+01 2013-01-31", "2013-01-31T05:06:07Z"},
		{"%F %T%z", Timestamp, "2013-01-31 06:06:07", "a zone is written Z or +01:00"},
		{"%F %T%z", Timestamp, "2013-01-31 06:06:07CET", "a zone is written Z or +01:00"},
		{"100%% %Y", Date, "100% 2013", "2013-01-01"},
		{"%%F %Y", Date, "%F 2013", "2013-01-01"},
		{"%d.%m.%Y", Date, "31.01.2013 ", "text behind the value"},
		{"%d.%m.%Y", Date, "31-01-2013", "does not fit the format"},
		{"%d.%m.%Y", Date, "31.01.13", "does not fit the format"},
		{"%d.%m.%Y", Date, "30.02.2013", "February 2013 has 28 days"},
		{"%d.%m.%Y", Date, "", "does not fit the format"},
		{"%d %b %Y", Date, "31 Foo 2013", "does not fit the format"},
		{"%m/%d/%y", Date, "12/31/6", "does not fit the format"},
		{"%T.%f", Time, "05:06:07.1234567", "more than six digits of a second"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%s %q", tt.format, tt.text), func(t *testing.T) {
			t.Parallel()
			l, err := NewLayout(tt.format)
			if err != nil {
				t.Fatal(err)
			}
			if err := l.Check(tt.kind); err != nil {
				t.Fatal(err)
			}
			n, err := l.Parse(tt.kind, tt.text, nil)
			got := FormatValue(TemporalValue(tt.kind, n))
			if err != nil {
				got = err.Error()
			}
			if got != tt.want {
				t.Errorf("got %s, want %s", got, tt.want)
			}
		})
	}
}

func TestLayoutInZone(t *testing.T) {
	t.Parallel()
	l, err := NewLayout("%d.%m.%Y %H:%M")
	if err != nil {
		t.Fatal(err)
	}
	micros, err := l.Parse(Timestamp, "31.07.2013 07:06", berlin(t))
	if got := FormatValue(TemporalValue(Timestamp, micros)); err != nil || got != "2013-07-31T05:06:00Z" {
		t.Errorf("got %s and %v", got, err)
	}
	if _, err := l.Parse(Timestamp, "31.03.2013 02:30", berlin(t)); err == nil {
		t.Error("a time that clocks skip was read")
	}
}

func TestNewLayoutErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"%Q":       `format "%Q": %Q is not known`,
		"%Y-%ü":    `format "%Y-%ü": %ü is not known`,
		"%d.%m.%":  `format "%d.%m.%" ends in a single %`,
		"%I:%M":    `format "%I:%M": %I and %p go together`,
		"%H:%M %p": `format "%H:%M %p": %I and %p go together`,
		"%Y %j %e": `format "%Y %j %e": %j tells the month and the day already`,
		"%Y %j %d": `format "%Y %j %d": %j tells the month and the day already`,
	}
	for format, want := range tests {
		if _, err := NewLayout(format); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", format, err, want)
		}
	}
}

func TestLayoutCheck(t *testing.T) {
	t.Parallel()
	tests := []struct {
		format string
		kind   Kind
		want   string
	}{
		{"%H:%M", Date, `format "%H:%M" has no year`},
		{"%H:%M", Timestamp, `format "%H:%M" has no year`},
		{"%F", Time, `format "%F" has no hour`},
		{"%F", Int, "type int takes no format"},
	}
	for _, tt := range tests {
		l, err := NewLayout(tt.format)
		if err != nil {
			t.Fatal(err)
		}
		if err := l.Check(tt.kind); err == nil || err.Error() != tt.want {
			t.Errorf("%s for %s: got %v, want %s", tt.format, tt.kind, err, tt.want)
		}
		if l.String() != tt.format {
			t.Errorf("String is %s, want %s", l, tt.format)
		}
	}
}

// Layouts read what package time writes in the same form.
func TestLayoutAgreesWithTime(t *testing.T) {
	t.Parallel()
	forms := map[string]string{
		"%Y-%m-%d %H:%M:%S.%f%z":        "2006-01-02 15:04:05.000000-0700",
		"%a, %d %b %Y %H:%M:%S.%f %z":   "Mon, 02 Jan 2006 15:04:05.000000 -07:00",
		"%A %d %B %Y, %I:%M:%S.%f%p %z": "Monday 02 January 2006, 03:04:05.000000PM -0700",
		"%Y/%j %T.%f%z":                 "2006/002 15:04:05.000000Z07:00",
	}
	for format, layout := range forms {
		t.Run(format, func(t *testing.T) {
			t.Parallel()
			l, err := NewLayout(format)
			if err != nil {
				t.Fatal(err)
			}
			rapid.Check(t, func(t *rapid.T) {
				micros := rapid.Int64Range(-62e15, 250e15).Draw(t, "micros")
				zone := time.FixedZone("", 60*rapid.IntRange(-14*60, 14*60).Draw(t, "minutes"))
				text := time.UnixMicro(micros).In(zone).Format(layout)
				if got, err := l.Parse(Timestamp, text, nil); err != nil || got != micros {
					t.Fatalf("%s: got %d and %v, want %d", text, got, err, micros)
				}
			})
		})
	}
}

func FuzzLayout(f *testing.F) {
	f.Add("%d.%m.%Y", "31.01.2013")
	f.Add("%F %T%z", "2013-01-31 05:06:07+01:00")
	f.Add("%I:%M %p", "1:30 PM")
	f.Add("%%%", "%")
	f.Fuzz(func(t *testing.T, format, text string) {
		l, err := NewLayout(format)
		if err != nil {
			return
		}
		for _, k := range []Kind{Date, Time, Datetime, Timestamp} {
			n, err := l.Parse(k, text, nil)
			if err != nil {
				continue
			}
			canonical := FormatValue(TemporalValue(k, n))
			if again, err := Parse(Of(k), canonical); err != nil || again.Int() != n {
				t.Fatalf("%q as %q is %s, which reads as %d and %v", text, format, canonical, again.Int(), err)
			}
		}
	})
}

func ExampleLayout_Parse() {
	l, err := NewLayout("%d.%m.%Y")
	if err != nil {
		panic(err)
	}
	days, err := l.Parse(Date, "31.01.2013", nil)
	fmt.Println(FormatValue(TemporalValue(Date, days)), err)
	// Output: 2013-01-31 <nil>
}
