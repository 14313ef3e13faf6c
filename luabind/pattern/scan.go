package pattern

// Scan walks the matches of a pattern in a subject from left to right, by the
// rules that gmatch and gsub share: the next match begins where the last one
// ended, one byte later if the last one was empty, and an anchored pattern
// matches at the beginning alone.
type Scan struct {
	pattern *Pattern
	subject string
	match   *Match
	next    int
}

// Scan begins a walk over the matches in subject. Each is found in m, which
// must not be used for anything else until the walk is over.
func (p *Pattern) Scan(subject string, m *Match) Scan {
	return Scan{pattern: p, subject: subject, match: m}
}

// Next finds the next match and tells whether there is one. Steps are spent as
// by Find; after an error the walk is over.
func (s *Scan) Next(spend func(steps int) error) (bool, error) {
	if s.next > len(s.subject) {
		return false, nil
	}
	found, err := s.pattern.Find(s.subject, s.next, s.match, spend)
	switch {
	case !found || s.pattern.anchored:
		s.next = len(s.subject) + 1
	case s.match.End == s.match.Start:
		s.next = s.match.End + 1
	default:
		s.next = s.match.End
	}
	return found, err
}
