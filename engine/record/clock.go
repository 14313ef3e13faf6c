package record

import "time"

// clock is a time of day.
type clock struct {
	micros int64 // since midnight
	leap   bool  // it was read from a 60th second, which micros counts as the one that follows
}

// clockOf is a time of day. Negative parts were no digits. Whether there can be
// a 60th second, a leap second, is for those to check who know the zone.
func clockOf(hour, minute, second int) (clock, error) {
	const leap = 60
	switch {
	case hour < 0 || minute < 0 || second < 0:
		return clock{}, errTime
	case hour > 23:
		return clock{}, errHour
	case minute > 59:
		return clock{}, errMinute
	case second > leap:
		return clock{}, errSecond
	}
	micros := int64(hour)*microsPerHour + int64(minute)*microsPerMinute + int64(second)*microsPerSecond
	return clock{micros, second == leap}, nil
}

// local is the moment without a zone at which clocks show c on a day. A leap
// second can be the last of any hour in it.
func (c clock) local(days int64) (int64, error) {
	if c.leap && c.micros%microsPerHour >= microsPerSecond {
		return 0, errSecond
	}
	return joinMicros(days, c.micros)
}

// at is the instant at which clocks that are offset ahead of UTC show c on a
// day.
func (c clock) at(days, offset int64) (int64, error) {
	micros, err := joinMicros(days, c.micros-offset)
	if err != nil {
		return 0, err
	}
	return c.checked(micros)
}

// shown is the instant at which clocks in loc showed c on a day.
func (c clock) shown(days int64, loc *time.Location) (int64, error) {
	before := int64(0) // a leap second belongs to the second before it
	if c.leap {
		before = microsPerSecond
	}
	micros, err := joinMicros(days, c.micros-before)
	if err == nil {
		micros, err = instant(micros, loc)
	}
	if err != nil {
		return 0, err
	}
	days, rest := splitMicros(micros)
	if micros, err = joinMicros(days, rest+before); err != nil {
		return 0, err
	}
	return c.checked(micros)
}

// checked refuses leap seconds elsewhere than at the end of a day in UTC.
func (c clock) checked(micros int64) (int64, error) {
	if _, rest := splitMicros(micros); c.leap && rest >= microsPerSecond {
		return 0, errLeap
	}
	return micros, nil
}
