package record

import (
	"fmt"
	"strconv"
	"strings"
	"time"
)

// Append appends a value of kind Date, Time, Datetime or Timestamp as the layout
// writes it, so that Parse reads it back where the layout tells all of it. A
// Timestamp is written as clocks in loc show it, a nil loc being UTC; %z writes
// +0100, for a Timestamp only. A verb that the kind has no value for is an error,
// and so is a year that the verb cannot write.
func (l Layout) Append(dst []byte, k Kind, n int64, loc *time.Location) ([]byte, error) {
	if err := l.checkAppend(k); err != nil {
		return nil, err
	}
	w := layoutWriter{}
	w.set(k, n, loc)
	for _, p := range l.parts {
		var err error
		if dst, err = w.append(dst, p); err != nil {
			return nil, fmt.Errorf("format %q: %w", l.format, err)
		}
	}
	return dst, nil
}

// checkAppend refuses verbs that a kind has no value for.
func (l Layout) checkAppend(k Kind) error {
	none := ""
	switch k {
	case Date:
		none = clockVerbs + "z"
	case Time:
		none = dateVerbs + "z"
	case Datetime:
		none = "z"
	case Timestamp:
	default:
		return fmt.Errorf("type %s takes no format", k)
	}
	for _, p := range l.parts {
		if p.verb != 0 && strings.IndexByte(none, p.verb) >= 0 {
			return fmt.Errorf("format %q: a %s has nothing for %%%c", l.format, k, p.verb)
		}
	}
	return nil
}

// layoutWriter is a value in the parts that verbs write.
type layoutWriter struct {
	days, clock int64
	offset      int64 // of the zone, in microseconds
	year        int64
	month, day  int
}

func (w *layoutWriter) set(k Kind, n int64, loc *time.Location) {
	switch k {
	case Date:
		w.days = n
	case Time:
		w.clock = n
	default:
		w.days, w.clock = splitMicros(n)
	}
	if k == Timestamp && loc != nil {
		w.offset = offsetAt(w.days*(microsPerDay/microsPerSecond)+w.clock/microsPerSecond, loc) * microsPerSecond
		days, clock := splitMicros(w.clock + w.offset)
		w.days, w.clock = w.days+days, clock
	}
	w.year, w.month, w.day = civil(w.days)
}

func (w *layoutWriter) append(dst []byte, p layoutPart) ([]byte, error) {
	switch p.verb {
	case 0:
		return append(dst, p.text...), nil
	case '%':
		return append(dst, '%'), nil
	case 'Y', 'y':
		return w.appendYear(dst, p.verb)
	case 'm':
		return appendTwo(dst, w.month), nil
	case 'd':
		return appendTwo(dst, w.day), nil
	case 'j':
		day := int(w.days-daysOf(w.year, 1, 1)) + 1
		return appendTwo(append(dst, byte('0'+day/100)), day%100), nil
	case 'b', 'B':
		return appendName(dst, time.Month(w.month).String(), p.verb == 'b'), nil
	case 'a', 'A':
		const thursday = 4 // 1970-01-01
		weekday := time.Weekday((w.days%7 + 7 + thursday) % 7)
		return appendName(dst, weekday.String(), p.verb == 'a'), nil
	case 'z':
		return appendOffset(dst, w.offset)
	}
	return w.appendClock(dst, p.verb), nil
}

// appendClock appends a part of the time of day.
func (w *layoutWriter) appendClock(dst []byte, verb byte) []byte {
	hour := int(w.clock / microsPerHour)
	switch verb {
	case 'H':
		return appendTwo(dst, hour)
	case 'I':
		return appendTwo(dst, (hour+11)%12+1)
	case 'M':
		return appendTwo(dst, int(w.clock/microsPerMinute%60))
	case 'S':
		return appendTwo(dst, int(w.clock/microsPerSecond%60))
	case 'f':
		return append(dst, strconv.FormatInt(microsPerSecond+w.clock%microsPerSecond, 10)[1:]...)
	case 'p':
		if hour < 12 {
			return append(dst, "AM"...)
		}
		return append(dst, "PM"...)
	}
	return dst
}

func (w *layoutWriter) appendYear(dst []byte, verb byte) ([]byte, error) {
	switch {
	case verb == 'Y' && 0 <= w.year && w.year <= 9999:
		return appendTwo(appendTwo(dst, int(w.year/100)), int(w.year%100)), nil
	case verb == 'y' && 1900+centuryPivot <= w.year && w.year < 2000+centuryPivot:
		return appendTwo(dst, int(w.year%100)), nil
	}
	return nil, fmt.Errorf("%%%c does not write the year %d", verb, w.year)
}

func appendName(dst []byte, name string, short bool) []byte {
	if short {
		name = name[:3]
	}
	return append(dst, name...)
}

// appendOffset appends +0100. Zones of long ago had seconds.
func appendOffset(dst []byte, micros int64) ([]byte, error) {
	if micros%microsPerMinute != 0 {
		return nil, fmt.Errorf("%%z does not write the seconds of this zone at that time")
	}
	sign := byte('+')
	if micros < 0 {
		sign, micros = '-', -micros
	}
	dst = appendTwo(append(dst, sign), int(micros/microsPerHour))
	return appendTwo(dst, int(micros/microsPerMinute%60)), nil
}

// Kind is the kind of value that the layout tells most naturally: Timestamp with
// a zone, Datetime with a date and a time of day, else Date or Time.
func (l Layout) Kind() Kind {
	switch clock := l.has(clockVerbs); {
	case l.has("z"):
		return Timestamp
	case clock && l.has(dateVerbs):
		return Datetime
	case clock:
		return Time
	}
	return Date
}
