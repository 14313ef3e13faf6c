package record

import (
	"fmt"
	"strings"
	"time"
)

// Layout is a compiled format of dates and times, in the words of strftime.
type Layout struct {
	format string
	parts  []layoutPart
}

// layoutPart is a verb, or literal text where verb is 0.
type layoutPart struct {
	verb byte
	text string
}

// The verbs of a layout, by what they tell.
const (
	dateVerbs    = "YymdejbBaA"
	clockVerbs   = "HIMSfp"
	otherVerbs   = "z%"
	layoutDate   = "%Y-%m-%d" // %F
	layoutClock  = "%H:%M:%S" // %T
	centuryPivot = 69         // %y: 69 to 99 are 1969 to 1999, 00 to 68 are 2000 to 2068
)

// NewLayout compiles a format. The verbs are
//
//	%Y year of four digits    %H hour, 0 to 23     %z Z, +01:00, +0100 or +01
//	%y year of two, 1969 on   %I hour, 1 to 12     %F %Y-%m-%d
//	%m month, 1 to 12         %p AM or PM          %T %H:%M:%S
//	%b %B month's name        %M minute            %% a percent sign
//	%d day of the month       %S second
//	%e the same, blank first
//	%j day of the year        %f one to six digits of a second
//	%a %A weekday's name
//
// Names are English, short or long, in any case. Numbers may lack their leading
// zero. An unknown verb is an error that names it.
func NewLayout(format string) (Layout, error) {
	expanded := expandLayout(format)
	l := Layout{format: format}
	for expanded != "" {
		text, rest, found := strings.Cut(expanded, "%")
		if text != "" {
			l.parts = append(l.parts, layoutPart{text: text})
		}
		if !found {
			break
		}
		if rest == "" {
			return Layout{}, fmt.Errorf("format %q ends in a single %%", format)
		}
		if !strings.Contains(dateVerbs+clockVerbs+otherVerbs, rest[:1]) {
			return Layout{}, fmt.Errorf("format %q: %%%c is not known", format, []rune(rest)[0])
		}
		l.parts = append(l.parts, layoutPart{verb: rest[0]})
		expanded = rest[1:]
	}
	return l, l.checkHours()
}

// expandLayout replaces the verbs that stand for several.
func expandLayout(format string) string {
	return strings.NewReplacer("%%", "%%", "%F", layoutDate, "%T", layoutClock).Replace(format)
}

func (l Layout) checkHours() error {
	if l.has("I") != l.has("p") {
		return fmt.Errorf("format %q: %%I and %%p go together", l.format)
	}
	if l.has("j") && l.has("mdebB") {
		return fmt.Errorf("format %q: %%j tells the month and the day already", l.format)
	}
	return nil
}

// String is the format as it was given.
func (l Layout) String() string { return l.format }

// Check reports whether the layout tells enough for values of a kind: a year
// for Date, Datetime and Timestamp, an hour for Time. Other kinds have no
// layout.
func (l Layout) Check(k Kind) error {
	switch k {
	case Date, Datetime, Timestamp:
		if !l.has("Yy") {
			return fmt.Errorf("format %q has no year", l.format)
		}
		return nil
	case Time:
		if !l.has("HI") {
			return fmt.Errorf("format %q has no hour", l.format)
		}
		return nil
	}
	return fmt.Errorf("type %s takes no format", k)
}

// has reports whether one of the verbs is in the layout.
func (l Layout) has(verbs string) bool {
	for _, p := range l.parts {
		if p.verb != 0 && strings.IndexByte(verbs, p.verb) >= 0 {
			return true
		}
	}
	return false
}

// Parse reads s as a value of kind Date, Time, Datetime or Timestamp. What the
// layout does not tell is the first: January, the 1st, midnight. A Timestamp
// without %z is what clocks in loc showed; a nil loc is UTC. A Date whose text
// has a time of day other than midnight is an error, as digits would be lost.
func (l Layout) Parse(k Kind, s string, loc *time.Location) (int64, error) {
	r := layoutReader{rest: s, month: 1, day: 1, weekday: -1}
	for _, p := range l.parts {
		if err := r.read(p); err != nil {
			return 0, err
		}
	}
	if r.rest != "" {
		return 0, errRest
	}
	c, err := r.clock()
	if err == nil && k == Time && c.leap {
		err = errSecond
	}
	if err != nil || k == Time {
		return zeroOr(c.micros, err)
	}
	days, err := r.days()
	if err != nil {
		return 0, err
	}
	return r.join(k, days, c, loc)
}

// layoutReader collects what the verbs of a layout found.
type layoutReader struct {
	rest                 string
	year                 int64
	month, day, yearDay  int // yearDay 0: not given
	weekday              int // from Sunday, -1: not given
	hour, minute, second int
	micros, offset       int64
	halfDay, zone        bool // AM or PM, a zone was given
	afternoon            bool
}

func (r *layoutReader) read(p layoutPart) (err error) {
	switch p.verb {
	case 0:
		return r.literal(p.text)
	case '%':
		return r.literal("%")
	case 'Y', 'y':
		return r.readYear(p.verb)
	case 'm':
		r.month, err = r.number(2)
	case 'd':
		r.day, err = r.number(2)
	case 'e':
		r.rest = strings.TrimPrefix(r.rest, " ")
		r.day, err = r.number(2)
	case 'j':
		r.yearDay, err = r.number(3)
		if err == nil && r.yearDay == 0 {
			return errYearDay
		}
	case 'b', 'B':
		r.month, err = r.name(12, func(i int) string { return time.Month(i + 1).String() })
		r.month++
	case 'a', 'A':
		r.weekday, err = r.name(7, func(i int) string { return time.Weekday(i).String() })
	case 'H', 'I':
		r.hour, err = r.number(2)
	case 'M':
		r.minute, err = r.number(2)
	case 'S':
		r.second, err = r.number(2)
	case 'f':
		r.micros, r.rest, err = cutFraction(r.rest)
	case 'p':
		return r.readHalf()
	case 'z':
		return r.readZone()
	}
	return err
}

func (r *layoutReader) literal(text string) error {
	rest, ok := strings.CutPrefix(r.rest, text)
	if !ok {
		return errLayout
	}
	r.rest = rest
	return nil
}

// number reads one to most digits.
func (r *layoutReader) number(most int) (int, error) {
	n, i := 0, 0
	for i < len(r.rest) && i < most && r.rest[i]-'0' <= 9 {
		n = n*10 + int(r.rest[i]-'0')
		i++
	}
	if i == 0 {
		return 0, errLayout
	}
	r.rest = r.rest[i:]
	return n, nil
}

func (r *layoutReader) readYear(verb byte) error {
	digits := 4
	if verb == 'y' {
		digits = 2
	}
	before := len(r.rest)
	year, err := r.number(digits)
	if err != nil || before-len(r.rest) != digits {
		return errLayout
	}
	r.year = int64(year)
	switch {
	case verb == 'y' && year >= centuryPivot:
		r.year += 1900
	case verb == 'y':
		r.year += 2000
	}
	return nil
}

// name reads one of n names, or its first three letters.
func (r *layoutReader) name(n int, name func(int) string) (int, error) {
	for i := range n {
		for _, word := range [...]string{name(i), name(i)[:3]} {
			if len(r.rest) >= len(word) && strings.EqualFold(r.rest[:len(word)], word) {
				r.rest = r.rest[len(word):]
				return i, nil
			}
		}
	}
	return 0, errLayout
}

func (r *layoutReader) readHalf() error {
	if len(r.rest) < 2 {
		return errLayout
	}
	word := strings.ToUpper(r.rest[:2])
	if word != "AM" && word != "PM" {
		return errLayout
	}
	r.halfDay, r.afternoon, r.rest = true, word == "PM", r.rest[2:]
	return nil
}

// readZone reads the longest zone at the start of the rest.
func (r *layoutReader) readZone() error {
	for _, n := range [...]int{6, 5, 3, 1} {
		if len(r.rest) < n {
			continue
		}
		if offset, err := parseZone(r.rest[:n]); err == nil {
			r.offset, r.zone, r.rest = offset, true, r.rest[n:]
			return nil
		}
	}
	return errZone
}

func (r *layoutReader) clock() (clock, error) {
	hour := r.hour
	if r.halfDay {
		if hour < 1 || hour > 12 {
			return clock{}, errHour12
		}
		hour %= 12
		if r.afternoon {
			hour += 12
		}
	}
	c, err := clockOf(hour, r.minute, r.second)
	c.micros += r.micros
	return c, err
}

func (r *layoutReader) days() (int64, error) {
	days, err := dateOf(r.year, r.month, r.day)
	if err != nil {
		return 0, err
	}
	if r.yearDay > 0 {
		if r.yearDay > 366 || r.yearDay == 366 && !isLeap(r.year) {
			return 0, errYearDay
		}
		days += int64(r.yearDay) - 1
	}
	const thursday = 4 // 1970-01-01
	if r.weekday >= 0 && (days%7+7+thursday)%7 != int64(r.weekday) {
		return 0, errWeekday
	}
	return days, nil
}

func (r *layoutReader) join(k Kind, days int64, c clock, loc *time.Location) (int64, error) {
	switch k {
	case Date:
		if c.micros != 0 {
			return 0, errDateTime
		}
		return days, nil
	case Datetime:
		if r.zone {
			return 0, errHasZone
		}
		return c.local(days)
	}
	if r.zone {
		return c.at(days, r.offset)
	}
	return c.shown(days, loc)
}
