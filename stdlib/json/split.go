package json

import (
	"bytes"
	"errors"
	"io"

	"github.com/etlscript/etlscript/engine/diag"
)

const (
	// chunkSize is how much of the text is read at once, and about how much of
	// it goes into one batch.
	chunkSize = 256 << 10
	// maxRow is the longest row; a longer one most probably lacks its end.
	maxRow = 64 << 20
	// maxIdle is how often a source may give nothing before it counts as broken.
	maxIdle = 100
)

// splitter cuts a text into the texts of its rows: the lines, or the elements
// of the array. It looks at quotes and brackets alone; whether a row is JSON is
// the parser's affair.
type splitter struct {
	src     io.Reader
	array   bool
	longest int    // bytes of the longest row
	buf     []byte // read, not handed on
	pos     int    // in buf, of what comes next
	place   place  // of pos
	err     error  // that ended reading

	state   state   // in an array
	element element // at pos, as far as it was looked at
	seen    int     // bytes behind pos that hold no line end
}

// place is where a byte stands in its file, from 1.
type place struct{ line, col int }

// behind is the place of the byte behind a text that begins at p.
func (p place) behind(text []byte) place {
	n := bytes.Count(text, newline)
	if n == 0 {
		return place{p.line, p.col + len(text)}
	}
	return place{p.line + n, len(text) - bytes.LastIndexByte(text, '\n')}
}

var newline = []byte{'\n'}

// row is the text of one row.
type row struct {
	text []byte // valid until the next row
	at   place
}

// errWait says that the next row is not there yet.
var errWait = errors.New("the row is not there yet")

func newSplitter(src io.Reader, array bool) *splitter {
	return &splitter{src: src, array: array, longest: maxRow, place: place{1, 1}}
}

// next gives the next row. It ends with io.EOF, an error of the source or a
// *fault. Without wait it is errWait when it had to read for the row.
func (s *splitter) next(wait bool) (row, error) {
	for {
		r, found, err := s.cut()
		if found || err != nil {
			return r, err
		}
		switch {
		case s.err != nil:
			return row{}, s.err
		case len(s.buf)-s.pos > s.longest:
			return row{}, s.fault("json.long", "a row is longer than 64 MiB", "is the end of a row or of a string missing?")
		case !wait:
			return row{}, errWait
		}
		s.fill()
	}
}

// cut takes the next row off the buffer, if it is there.
func (s *splitter) cut() (row, bool, error) {
	if s.array {
		return s.cutElement()
	}
	r, found := s.cutLine()
	return r, found, nil
}

// cutLine takes the next line that is not blank.
func (s *splitter) cutLine() (row, bool) {
	for s.pos < len(s.buf) {
		rest := s.buf[s.pos:]
		n := bytes.IndexByte(rest[s.seen:], '\n')
		end := s.seen + n
		switch {
		case n >= 0:
		case s.err == io.EOF:
			end = len(rest)
		default:
			s.seen = len(rest)
			return row{}, false
		}
		r := row{bytes.TrimSuffix(rest[:end], []byte{'\r'}), s.place}
		s.advance(min(end+1, len(rest)))
		if !isBlank(r.text) {
			return r, true
		}
	}
	return row{}, false
}

// advance steps over n bytes.
func (s *splitter) advance(n int) {
	s.place = s.place.behind(s.buf[s.pos : s.pos+n])
	s.pos += n
	s.seen = 0
}

// fill reads on. Rows that were handed on lose their place in the buffer.
func (s *splitter) fill() {
	rest := s.buf[s.pos:]
	if s.pos > 0 {
		s.buf = s.buf[:copy(s.buf, rest)]
		s.pos = 0
	}
	if cap(s.buf)-len(s.buf) < chunkSize/2 {
		s.buf = append(make([]byte, 0, max(chunkSize, 2*cap(s.buf))), s.buf...)
	}
	for range maxIdle {
		n, err := s.src.Read(s.buf[len(s.buf):cap(s.buf)])
		s.buf = s.buf[:len(s.buf)+n]
		if s.err = err; n > 0 || err != nil {
			return
		}
	}
	s.err = io.ErrNoProgress
}

// fault is what is wrong at pos, which ends reading.
func (s *splitter) fault(code diag.Code, message, hint string) *fault {
	return &fault{code: code, message: message, hint: hint, at: s.place, final: true, ofFile: true}
}

func isBlank(text []byte) bool {
	for _, c := range text {
		if !isSpace(c) {
			return false
		}
	}
	return true
}

func isSpace(c byte) bool { return c == ' ' || c == '\t' || c == '\r' || c == '\n' }
