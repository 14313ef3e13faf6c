package record

import (
	"testing"
	"time"
)

// Leap seconds are read as the second that follows, where there can be one.
func TestLeapSeconds(t *testing.T) {
	t.Parallel()
	const errLeapText, errSecondText = "the 60th second is a leap second, 23:59:60 in UTC", "second is 0 to 59"
	tests := []struct {
		kind Kind
		text string
		want string // or why not
	}{
		{Timestamp, "2016-12-31T23:59:60Z", "2017-01-01T00:00:00Z"},
		{Timestamp, "2016-12-31T23:59:60", "2017-01-01T00:00:00Z"},
		{Timestamp, "2016-12-31T23:59:60.5Z", "2017-01-01T00:00:00.500000Z"},
		{Timestamp, "2017-01-01T00:59:60+01:00", "2017-01-01T00:00:00Z"},
		{Timestamp, "2017-01-01T05:29:60+05:30", "2017-01-01T00:00:00Z"},
		{Timestamp, "1969-12-31T23:59:60Z", "1970-01-01T00:00:00Z"},
		{Timestamp, "2016-12-31T23:59:60+01:00", errLeapText},
		{Timestamp, "2016-12-31T22:59:60Z", errLeapText},
		{Timestamp, "2016-12-31T23:58:60Z", errLeapText},
		{Timestamp, "2016-12-31T23:59:61Z", errSecondText},
		{Datetime, "2016-12-31T23:59:60", "2017-01-01T00:00:00"},
		{Datetime, "2017-01-01T00:59:60", "2017-01-01T01:00:00"},
		{Datetime, "2017-01-01T00:58:60", errSecondText},
		{Time, "23:59:60", errSecondText},
	}
	layout, err := NewLayout("%Y-%m-%dT%H:%M:%S")
	if err != nil {
		t.Fatal(err)
	}
	for _, tt := range tests {
		v, err := Parse(Of(tt.kind), tt.text)
		if got := FormatValue(v) + reasonOf(err); got != tt.want {
			t.Errorf("%s %s: got %s, want %s", tt.kind, tt.text, got, tt.want)
		}
		if tt.kind != Datetime {
			continue
		}
		n, err := layout.Parse(tt.kind, tt.text, nil)
		if err == nil && n != v.Int() || reasonOf(err) != "" && reasonOf(err) != tt.want {
			t.Errorf("%s %s with a format: got %d, %v, want %s", tt.kind, tt.text, n, err, tt.want)
		}
	}
}

// A leap second stands where clocks in the zone showed it.
func TestLeapSecondsInZones(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Skip(err)
	}
	layout, err := NewLayout("%d.%m.%Y %T")
	if err != nil {
		t.Fatal(err)
	}
	clock, err := NewLayout("%T")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := clock.Parse(Time, "23:59:60", nil); err != errSecond {
		t.Errorf("a time with a leap second: %v", err)
	}
	got, err := layout.Parse(Timestamp, "01.01.2017 00:59:60", berlin)
	if text := FormatValue(TemporalValue(Timestamp, got)); text != "2017-01-01T00:00:00Z" || err != nil {
		t.Errorf("in Berlin: %s, %v", text, err)
	}
	if _, err := layout.Parse(Timestamp, "31.12.2016 23:59:60", berlin); err != errLeap {
		t.Errorf("an hour before: %v", err)
	}
	if got, err := ParseTimestamp("2017-01-01 00:59:60", berlin); got != 17167*microsPerDay || err != nil {
		t.Errorf("ISO: %d, %v", got, err)
	}
}
