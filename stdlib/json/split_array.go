package json

import (
	"fmt"
	"io"
	"unicode/utf8"
)

// state is what a splitter expects next in an array.
type state uint8

const (
	atStart   state = iota // the opening bracket
	atFirst                // the first element or the closing bracket
	atElement              // an element
	atComma                // a comma or the closing bracket
	atEnd                  // nothing
)

// cutElement takes the next element of the array.
func (s *splitter) cutElement() (row, bool, error) {
	for {
		if s.element.length == 0 {
			s.advance(s.blanks())
		}
		if s.pos == len(s.buf) {
			return row{}, false, s.ended()
		}
		switch c := s.buf[s.pos]; {
		case s.state == atStart && c == '[':
			s.step(atFirst)
		case s.state == atComma && c == ',':
			s.step(atElement)
		case (s.state == atFirst || s.state == atComma) && c == ']':
			s.step(atEnd)
		case (s.state == atFirst || s.state == atElement) && c != ',' && c != ']' && c != '}':
			return s.take()
		default:
			return row{}, false, s.unexpected()
		}
	}
}

func (s *splitter) step(next state) {
	s.advance(1)
	s.state = next
}

// blanks is the number of blanks at pos.
func (s *splitter) blanks() int {
	n := 0
	for s.pos+n < len(s.buf) && isSpace(s.buf[s.pos+n]) {
		n++
	}
	return n
}

// take takes the element at pos.
func (s *splitter) take() (row, bool, error) {
	if complete := s.element.scan(s.buf[s.pos:]); !complete {
		if s.err == io.EOF {
			return row{}, false, s.ended()
		}
		return row{}, false, nil
	}
	n := s.element.length
	r := row{s.buf[s.pos : s.pos+n], s.place}
	s.advance(n)
	s.element, s.state = element{}, atComma
	return r, true, nil
}

// ended is the error of a text that ends here, if it must not.
func (s *splitter) ended() error {
	switch {
	case s.err != io.EOF || s.state == atEnd:
		return nil
	case s.state == atStart:
		return s.fault("json.empty", "there is no array", `an array of no rows is written []; an object a line is format = "lines"`)
	}
	return s.fault("json.syntax", "the file ends in the middle of the array", "is the file complete?")
}

// unexpected is the error of a character that does not belong here, nil until
// the whole character was read.
func (s *splitter) unexpected() error {
	if s.err == nil && !utf8.FullRune(s.buf[s.pos:]) {
		return nil
	}
	c, _ := utf8.DecodeRune(s.buf[s.pos:])
	message := fmt.Sprintf("%q stands where %s is expected", c, [...]string{
		atStart: "[", atFirst: "an object or ]", atElement: "an object", atComma: "a comma or ]", atEnd: "the end of the file",
	}[s.state])
	hint := "mend the file"
	if s.state == atStart && c == '{' {
		hint = `if each line is an object: format = "lines"`
	}
	return s.fault("json.syntax", message, hint)
}

// element is how far an element of an array was looked at.
type element struct {
	length  int // bytes
	depth   int // brackets that are open
	quoted  bool
	escaped bool // the next character belongs to a backslash
}

// scan looks on in a text that begins with the element, and reports whether the
// element's end was found. One in brackets ends with the last of them, another
// before a comma, bracket or blank.
func (e *element) scan(text []byte) bool {
	for ; e.length < len(text); e.length++ {
		c := text[e.length]
		switch {
		case e.escaped:
			e.escaped = false
		case e.quoted:
			e.quoted, e.escaped = c != '"', c == '\\'
		case c == '"':
			e.quoted = true
		case c == '{' || c == '[':
			e.depth++
		case e.depth == 0 && (c == ',' || c == ']' || c == '}' || isSpace(c)):
			return true
		case c == '}' || c == ']':
			if e.depth--; e.depth == 0 {
				e.length++
				return true
			}
		}
	}
	return false
}
