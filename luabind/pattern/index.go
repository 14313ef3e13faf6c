package pattern

import "strings"

// longPart is the length of a part from which Index searches by itself: up to it the
// standard library is fast on all texts.
const longPart = 64

// Index is strings.Index in linear time, whatever the texts: the standard library
// searches long parts by a hash that texts can be made for. It is the two-way
// algorithm (Crochemore, Perrin: Two-way string-matching, J. ACM 38, 1991).
func Index(s, part string) int {
	if len(part) < longPart || len(s) < len(part) {
		return strings.Index(s, part)
	}
	return twoWay(s, part)
}

func twoWay(s, part string) int {
	at, period := criticalPoint(part)
	if part[:at] == part[period:period+at] {
		return searchPeriodic(s, part, at, period)
	}
	return searchPlain(s, part, at, max(at, len(part)-at)+1)
}

// criticalPoint is where a part is cut in two, and the period of its right half.
func criticalPoint(part string) (at, period int) {
	a, p := maximalSuffix(part, func(x, y byte) bool { return x < y })
	b, q := maximalSuffix(part, func(x, y byte) bool { return x > y })
	if a > b {
		return a, p
	}
	return b, q
}

// maximalSuffix is where the largest suffix begins in an order of bytes, and its
// period.
func maximalSuffix(part string, less func(x, y byte) bool) (start, period int) {
	start, period = -1, 1
	for j, k := 0, 1; j+k < len(part); {
		a, b := part[j+k], part[start+k]
		switch {
		case less(a, b):
			j, k = j+k, 1
			period = j - start
		case a != b:
			start = j
			j, k, period = start+1, 1, 1
		case k == period:
			j, k = j+period, 1
		default:
			k++
		}
	}
	return start + 1, period
}

// searchPeriodic searches a part that repeats its beginning all over. It remembers
// how much of it is known to fit behind a shift by the period.
func searchPeriodic(s, part string, at, period int) int {
	known := 0
	for from := 0; from+len(part) <= len(s); {
		i := max(at, known)
		for i < len(part) && part[i] == s[from+i] {
			i++
		}
		if i < len(part) {
			from, known = from+i-at+1, 0
			continue
		}
		for i = at; i > known && part[i-1] == s[from+i-1]; {
			i--
		}
		if i <= known {
			return from
		}
		from, known = from+period, len(part)-period
	}
	return -1
}

// searchPlain searches any other part.
func searchPlain(s, part string, at, period int) int {
	for from := 0; from+len(part) <= len(s); {
		i := at
		for i < len(part) && part[i] == s[from+i] {
			i++
		}
		if i < len(part) {
			from += i - at + 1
			continue
		}
		for i = at; i > 0 && part[i-1] == s[from+i-1]; {
			i--
		}
		if i == 0 {
			return from
		}
		from += period
	}
	return -1
}
