package record

// reason is a short, constant error: why a text is no value of a type. It
// stands behind a colon (ValueError.Reason).
type reason string

func (r reason) Error() string { return string(r) }

// The reasons that need no figures.
const (
	errRange      = reason("out of range")
	errEmpty      = reason("empty")
	errNumber     = reason("not a number")
	errWhole      = reason("not a whole number")
	errBool       = reason("neither true nor false")
	errDate       = reason("a date is written 2013-01-31")
	errTime       = reason("a time of day is written 05:06:07")
	errNoTime     = reason("no time of day behind the date")
	errInterval   = reason("an interval is written PT1H2M3.5S or P2DT3H")
	errZone       = reason("a zone is written Z or +01:00")
	errHasZone    = reason("a datetime has no zone")
	errMonth      = reason("month is 1 to 12")
	errDay        = reason("day is 1 to 31")
	errYearDay    = reason("day of the year is 1 to 365, or 366 in a leap year")
	errHour       = reason("hour is 0 to 23")
	errHour12     = reason("hour with AM or PM is 1 to 12")
	errMinute     = reason("minute is 0 to 59")
	errSecond     = reason("second is 0 to 59")
	errLeap       = reason("the 60th second is a leap second, 23:59:60 in UTC")
	errFraction   = reason("more than six digits of a second")
	errRest       = reason("text behind the value")
	errDateTime   = reason("a date has no time of day")
	errWeekday    = reason("the weekday does not fit the date")
	errLayout     = reason("does not fit the format")
	errJSONNumber = reason("JSON has no NaN and no infinite numbers")
	errUTF8       = reason("bytes that are no UTF-8")
	errNotParsed  = reason("this type is not read from text")
)
