package record

import (
	"math"
	"testing"

	"pgregory.net/rapid"
)

func TestParseInterval(t *testing.T) {
	t.Parallel()
	const form = "an interval is written PT1H2M3.5S or P2DT3H"
	tests := []struct {
		text    string
		want    int64
		wantErr string
	}{
		{text: "PT0S"},
		{text: "P0D"},
		{text: "PT1H2M3.5S", want: 3723_500_000},
		{text: "-PT5S", want: -5_000_000},
		{text: "P2DT3H", want: 51 * microsPerHour},
		{text: "P1D", want: microsPerDay},
		{text: "PT90M", want: 90 * microsPerMinute},
		{text: "PT0.000001S", want: 1},
		{text: "PT2562047788H54.775807S", want: math.MaxInt64},
		{text: "-PT2562047788H54.775808S", want: math.MinInt64},
		{text: "", wantErr: form},
		{text: "-", wantErr: form},
		{text: "P", wantErr: form},
		{text: "PT", wantErr: form},
		{text: "P1DT", wantErr: form},
		{text: "T1H", wantErr: form},
		{text: "PT1", wantErr: form},
		{text: "PTS", wantErr: form},
		{text: "PT1S1M", wantErr: form},
		{text: "PT1S1S", wantErr: form},
		{text: "PT-1S", wantErr: form},
		{text: "PT1.5H", wantErr: form},
		{text: "PT1.5", wantErr: form},
		{text: "P1Y", wantErr: form},
		{text: "P1M", wantErr: form},
		{text: "P1W", wantErr: form},
		{text: "PT1S ", wantErr: form},
		{text: "pt1s", wantErr: form},
		{text: "PT1.0000001S", wantErr: "more than six digits of a second"},
		{text: "PT2562047788H54.775808S", wantErr: "out of range"},
		{text: "P99999999999999999999D", wantErr: "out of range"},
		{text: "P999999999999999D", wantErr: "out of range"},
	}
	for _, tt := range tests {
		got, err := ParseInterval(tt.text)
		if got != tt.want || reasonOf(err) != tt.wantErr {
			t.Errorf("%q: got %d and %v, want %d and %q", tt.text, got, err, tt.want, tt.wantErr)
		}
	}
}

func TestParseIntervalReadsCanonicalTexts(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64().Draw(t, "micros")
		text := FormatValue(TemporalValue(Interval, n))
		if got, err := ParseInterval(text); got != n || err != nil {
			t.Fatalf("%d is written %s and read as %d, %v", n, text, got, err)
		}
	})
}

func FuzzParseInterval(f *testing.F) {
	for _, s := range []string{"PT1H2M3.5S", "-PT5S", "P2DT3H", "PT", "P1DT", "PT1.5"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		n, err := ParseInterval(s)
		if err != nil {
			return
		}
		if again, err := ParseInterval(FormatValue(TemporalValue(Interval, n))); again != n || err != nil {
			t.Fatalf("%q is %d, then %d, %v", s, n, again, err)
		}
	})
}
