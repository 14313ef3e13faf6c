package csv

import (
	"bytes"
	"fmt"

	"github.com/etlscript/etlscript/stdlib/rowread"
)

// faultKind is why a row cannot be split.
type faultKind uint8

const (
	noFault    faultKind = iota
	bareQuote            // a quote stands in a field that has none at its start
	strayQuote           // a quoted field goes on behind its closing quote
	openQuote            // a quoted field never ends
	ragged               // more or fewer fields than the rows before
	tooLong              // longer than the longest row
)

// fault is a row that cannot be split.
type fault struct {
	kind   faultKind
	at     int // place of the problem in the buffer
	fields int // ragged: what was found
	next   int // ragged: start of the next row
}

// blame notes why the row at start cannot be split. That is done once the end
// of its first line is known, which resume needs.
func (s *scanner) blame(before, start int, f fault) (int, verdict) {
	if s.err == nil && bytes.IndexByte(s.buf[start:], '\n') < 0 {
		return s.incomplete(before)
	}
	s.fault = f
	s.spans = s.spans[:before]
	return 0, refused
}

// refuse describes the fault of the row at s.pos.
func (s *scanner) refuse() *rowread.Fault {
	f := s.fault
	r := &rowread.Fault{Start: s.line, Raw: string(s.rowText())}
	before := s.buf[s.pos:f.at]
	r.Line, r.Col = s.line+bytes.Count(before, newline), f.at-s.pos-bytes.LastIndexByte(before, '\n')
	first := bytes.IndexByte(s.buf[s.pos:], '\n')
	r.Final = first < 0 || s.columns == 1 && f.kind != ragged && (r.Line > s.line || f.kind == openQuote || f.kind == tooLong)
	s.describe(r, f)
	return r
}

func (s *scanner) describe(r *rowread.Fault, f fault) {
	switch f.kind {
	case bareQuote:
		r.Code, r.Message = "csv.quote", "a quote stands inside a field that does not start with one"
		r.Hint = `put the field in quotes and double those inside it, as in "say ""hi""", or read with quote = "" if quotes mean nothing in this file`
	case strayQuote:
		r.Code, r.Message = "csv.quote", "text follows the closing quote of a field"
		r.Hint = `double quotes that stand inside a quoted field, as in "say ""hi""", or check the option delimiter`
	case openQuote:
		r.Code, r.Message = "csv.quote", "the field that this quote opens is never closed"
		r.Hint = `close it, or read with quote = "" if quotes mean nothing in this file`
	case ragged:
		r.Code, r.Col = "csv.fields", 0
		r.Message = fmt.Sprintf("%s instead of %d", plural(f.fields, "field"), s.columns)
		r.Hint = "mend the row (a field that holds a delimiter needs quotes), check the option delimiter, " + `or set on_error = "reject"`
	case tooLong:
		r.Code, r.Col = "csv.row_too_long", 0
		r.Message = fmt.Sprintf("longer than %d MiB", s.longest>>20)
		r.Hint = "most probably a quote in it is never closed"
	}
}

func plural(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return fmt.Sprintf("%d %ss", n, noun)
}

// rowText is the text that resume steps over, without its line end.
func (s *scanner) rowText() []byte {
	text := bytes.TrimSuffix(s.buf[s.pos:s.behindFault()], newline)
	return bytes.TrimSuffix(text, []byte{'\r'})
}

// behindFault is where splitting may go on behind a row that cannot be split:
// behind the whole row if only its number of fields is wrong, else behind its
// first line, since nobody knows where it ends and that loses least.
func (s *scanner) behindFault() int {
	if s.fault.kind == ragged {
		return s.fault.next
	}
	if n := bytes.IndexByte(s.buf[s.pos:], '\n'); n >= 0 {
		return s.pos + n + 1
	}
	return len(s.buf)
}

// resume steps over the row that next has refused.
func (s *scanner) resume() {
	s.advance(s.behindFault())
	s.fault = fault{}
}
