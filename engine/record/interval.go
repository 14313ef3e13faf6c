package record

import (
	"math"
	"math/bits"
	"strings"
)

// ParseInterval reads an ISO 8601 duration as microseconds: PT1H2M3.5S, -PT5S,
// P2DT3H. A day has 24 hours. Years, months and weeks are refused, since their
// length is not fixed or no sink writes them.
func ParseInterval(s string) (int64, error) {
	unsigned, negative := strings.CutPrefix(s, "-")
	date, clock, hasClock := strings.Cut(unsigned, "T")
	date, found := strings.CutPrefix(date, "P")
	if !found || hasClock == (clock == "") || date == "" && clock == "" {
		return 0, errInterval
	}
	r := intervalReader{}
	if err := r.read(date, "D"); err != nil {
		return 0, err
	}
	if err := r.read(clock, "HMS"); err != nil {
		return 0, err
	}
	return signedMicros(negative, r.micros)
}

func signedMicros(negative bool, micros uint64) (int64, error) {
	switch {
	case negative && micros <= 1<<63:
		return -int64(micros), nil
	case micros > math.MaxInt64:
		return 0, errRange
	}
	return int64(micros), nil
}

// intervalReader adds up the parts of a duration.
type intervalReader struct{ micros uint64 }

// read takes numbers, each followed by its unit; units come in order, each at
// most once, and only seconds have a fraction.
func (r *intervalReader) read(s, units string) error {
	for s != "" {
		n := strings.IndexFunc(s, func(c rune) bool { return c < '0' || c > '9' })
		if n < 1 {
			return errInterval
		}
		digits, rest, fraction := s[:n], s[n:], int64(0)
		if rest[0] == '.' {
			var err error
			if fraction, rest, err = cutFraction(rest[1:]); err != nil {
				return err
			}
			if !strings.HasPrefix(rest, "S") {
				return errInterval
			}
		}
		at := strings.IndexByte(units, rest[0])
		if at < 0 {
			return errInterval
		}
		if err := r.add(digits, unitMicros(rest[0]), fraction); err != nil {
			return err
		}
		s, units = rest[1:], units[at+1:]
	}
	return nil
}

func unitMicros(unit byte) int64 {
	switch unit {
	case 'D':
		return microsPerDay
	case 'H':
		return microsPerHour
	case 'M':
		return microsPerMinute
	}
	return microsPerSecond
}

func (r *intervalReader) add(digits string, unit, fraction int64) error {
	n, err := parseDigits(digits)
	if err != nil {
		return err
	}
	over, micros := bits.Mul64(n, uint64(unit))
	micros, carry := bits.Add64(micros, uint64(fraction), 0)
	sum, carry2 := bits.Add64(r.micros, micros, 0)
	if over|carry|carry2 != 0 {
		return errRange
	}
	r.micros = sum
	return nil
}
