package record

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestLayoutAppend(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	summer := int64(1689415384000005) // 2023-07-15T10:03:04.000005Z
	for _, c := range []struct {
		format string
		kind   Kind
		n      int64
		loc    *time.Location
		want   string
	}{
		{"%d.%m.%Y", Date, 15736, nil, "31.01.2013"},
		{"%a %A %b %B %y %%", Date, 15736, nil, "Thu Thursday Jan January 13 %"},
		{"%j", Date, 15736 + 31, nil, "062"},
		{"%H:%M:%S.%f", Time, 18367000008, nil, "05:06:07.000008"},
		{"%I %p", Time, 0, nil, "12 AM"},
		{"%I %p", Time, 13 * microsPerHour, nil, "01 PM"},
		{"%F %T", Datetime, -1, nil, "1969-12-31 23:59:59"},
		{"%F %T%z", Timestamp, summer, berlin, "2023-07-15 12:03:04+0200"},
		{"%F %T%z", Timestamp, summer, nil, "2023-07-15 10:03:04+0000"},
		{"%H", Date, 0, nil, `format "%H": a date has nothing for %H`},
		{"%d", Time, 0, nil, `format "%d": a time has nothing for %d`},
		{"%z", Datetime, 0, nil, `format "%z": a datetime has nothing for %z`},
		{"%Y", Interval, 0, nil, "type interval takes no format"},
		{"%y", Date, -40000, nil, `format "%y": %y does not write the year 1860`},
		{"%Y", Date, 1 << 30, nil, `format "%Y": %Y does not write the year 2941775`},
		{"%z", Timestamp, -1 << 52, berlin, `format "%z": %z does not write the seconds of this zone at that time`},
	} {
		l, err := NewLayout(c.format)
		if err != nil {
			t.Fatal(err)
		}
		got, err := l.Append(nil, c.kind, c.n, c.loc)
		if err != nil {
			got = []byte(err.Error())
		}
		if string(got) != c.want {
			t.Errorf("%s: got %q, want %q", c.format, got, c.want)
		}
	}
}

func TestLayoutReadsWhatItWrites(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		k := rapid.SampledFrom([]Kind{Date, Time, Datetime, Timestamp}).Draw(t, "kind")
		format := map[Kind]string{Date: "%a %d %B %Y", Time: "%I:%M:%S.%f %p", Datetime: "%Y-%jT%T.%f", Timestamp: "%b %d %y %T.%f %z"}[k]
		low, high := int64(-25567), int64(40000) // 1900 to 2079
		if k == Timestamp {
			low, high = 0, 36000 // two digits of the year
		}
		n := rapid.Int64Range(low, high).Draw(t, "day")
		if k != Date {
			n = n*microsPerDay + rapid.Int64Range(0, microsPerDay-1).Draw(t, "clock")
		}
		if k == Time {
			_, n = splitMicros(n)
		}
		l, err := NewLayout(format)
		if err != nil || l.Kind() != k {
			t.Fatal(err, l.Kind())
		}
		text, err := l.Append(nil, k, n, time.FixedZone("east", 5*3600+1800))
		if err != nil {
			t.Fatal(err)
		}
		if back, err := l.Parse(k, string(text), nil); err != nil || back != n {
			t.Fatalf("%q: got %d %v, want %d", text, back, err, n)
		}
	})
}
