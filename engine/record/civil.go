package record

import (
	"fmt"
	"math"
	"time"
)

// Microseconds in the units of the clock.
const (
	microsPerSecond = int64(1e6)
	microsPerMinute = 60 * microsPerSecond
	microsPerHour   = 60 * microsPerMinute
	microsPerDay    = 24 * microsPerHour
)

// The proleptic Gregorian calendar repeats every 400 years. Counting years
// from March puts the leap day last, so that months need no table.
const (
	daysPerEra  = 146097
	yearsPerEra = 400
	// epochEra and epochDay are 1970-01-01 counted from 0000-03-01.
	epochEra = 719468 / daysPerEra
	epochDay = 719468 % daysPerEra
)

// civil is the calendar date of a day counted from 1970-01-01. It is exact for
// every int64.
func civil(days int64) (year int64, month, day int) {
	era := days / daysPerEra
	rest := days - era*daysPerEra
	if rest < 0 {
		era, rest = era-1, rest+daysPerEra
	}
	era, rest = era+epochEra, rest+epochDay
	if rest >= daysPerEra {
		era, rest = era+1, rest-daysPerEra
	}
	yearOfEra := (rest - rest/1460 + rest/36524 - rest/(daysPerEra-1)) / 365
	dayOfYear := int(rest - (365*yearOfEra + yearOfEra/4 - yearOfEra/100))
	shifted := (5*dayOfYear + 2) / 153 // March is 0
	day = dayOfYear - (153*shifted+2)/5 + 1
	year = era*yearsPerEra + yearOfEra
	if shifted < 10 {
		return year, shifted + 3, day
	}
	return year + 1, shifted - 9, day
}

// daysOf is the inverse of civil for dates that exist.
func daysOf(year int64, month, day int) int64 {
	shifted := month - 3
	if month < 3 {
		year, shifted = year-1, month+9
	}
	era := year / yearsPerEra
	if year%yearsPerEra < 0 {
		era--
	}
	yearOfEra := year - era*yearsPerEra
	dayOfYear := int64((153*shifted+2)/5 + day - 1)
	return (era-epochEra)*daysPerEra + 365*yearOfEra + yearOfEra/4 - yearOfEra/100 + dayOfYear - epochDay
}

// dateOf is daysOf for dates that may not exist.
func dateOf(year int64, month, day int) (int64, error) {
	if month < 1 || month > 12 {
		return 0, errMonth
	}
	if day < 1 || day > 31 {
		return 0, errDay
	}
	if most := daysIn(year, month); day > most {
		return 0, fmt.Errorf("%s %d has %d days", time.Month(month), year, most)
	}
	return daysOf(year, month, day), nil
}

func daysIn(year int64, month int) int {
	switch month {
	case 2:
		if isLeap(year) {
			return 29
		}
		return 28
	case 4, 6, 9, 11:
		return 30
	}
	return 31
}

func isLeap(year int64) bool { return year%4 == 0 && (year%100 != 0 || year%400 == 0) }

// splitMicros is the day, and the microseconds since its midnight.
func splitMicros(micros int64) (days, clock int64) {
	days, clock = micros/microsPerDay, micros%microsPerDay
	if clock < 0 {
		return days - 1, clock + microsPerDay
	}
	return days, clock
}

// joinMicros is the inverse of splitMicros; clock may lie up to a day and a
// bit outside its day.
func joinMicros(days, clock int64) (int64, error) {
	if days < 0 { // keeps the first product in range for the earliest day
		days, clock = days+1, clock-microsPerDay
	}
	const most = math.MaxInt64 / microsPerDay
	if days > most || days < -most {
		return 0, errRange
	}
	start := days * microsPerDay
	sum := start + clock
	if (clock < 0) != (sum < start) {
		return 0, errRange
	}
	return sum, nil
}

// instant is the moment when clocks in loc show micros. Where they show it
// twice, it is the first; where they skip it, an error.
func instant(micros int64, loc *time.Location) (int64, error) {
	if loc == nil || loc == time.UTC {
		return micros, nil
	}
	seconds := micros / microsPerSecond
	if micros%microsPerSecond < 0 {
		seconds--
	}
	const day = 24 * 60 * 60
	for _, near := range [...]int64{seconds - day, seconds + day} {
		at := seconds - offsetAt(near, loc)
		if at+offsetAt(at, loc) == seconds {
			days, clock := splitMicros(micros)
			return joinMicros(days, clock+(at-seconds)*microsPerSecond)
		}
	}
	return 0, fmt.Errorf("clocks in %s skip this time", loc)
}

// offsetAt is how many seconds clocks in loc are ahead of UTC.
func offsetAt(unix int64, loc *time.Location) int64 {
	_, offset := time.Unix(unix, 0).In(loc).Zone()
	return int64(offset)
}
