package lines

import (
	"bytes"
	"fmt"
	"io"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/record"
)

const (
	// chunkSize is how much of the text is read at once.
	chunkSize = 256 << 10
	// maxLine is the longest line.
	maxLine = 64 << 20
	// maxIdle is how often a source may give nothing before it counts as broken.
	maxIdle = 100
)

// scanner cuts a text into lines. The text is read in chunks, each into memory of its
// own that belongs to the blocks made of it; what is left of a line at the end of a chunk
// is copied to the beginning of the next one.
type scanner struct {
	src       io.Reader
	file      string
	comment   string // at the start of lines that are no rows; "": there are none
	skipBlank bool   // lines without a character are no rows
	eager     bool   // hand on what there is rather than wait for a whole chunk
	chunk     int
	longest   int

	buf  []byte
	pos  int // of the first line that was not handed on
	line int // of pos, from 1
	err  error
}

// window is lines that follow each other in a text, but for those that are no rows.
type window struct {
	data  []byte
	lines []record.Span // without their ends
	start int           // of the first one in data
	line  int           // of start
}

// lineOf is the line in which a place of the data stands.
func (w *window) lineOf(at uint32) int {
	return w.line + bytes.Count(w.data[w.start:at], newline)
}

// text is line i.
func (w *window) text(i int) []byte { return w.data[w.lines[i].Start:w.lines[i].End] }

var newline = []byte{'\n'}

// next gives the next lines, at most the given number and at least one; io.EOF behind the
// last.
func (s *scanner) next(most int) (*window, error) {
	for {
		if w := s.cut(most); len(w.lines) > 0 {
			return w, nil
		}
		switch {
		case s.err != nil:
			return nil, s.err
		case len(s.buf)-s.pos > s.longest:
			return nil, diag.Errorf("lines.too_long", diag.Pos{File: s.file, Line: s.line}, "line %d of %s is longer than %d MiB", s.line, s.file, s.longest>>20).
				WithHint("most probably this is no file of lines")
		}
		s.fill()
	}
}

// cut takes the lines that the buffer holds whole.
func (s *scanner) cut(most int) *window {
	w := &window{data: s.buf, start: s.pos, line: s.line}
	for len(w.lines) < most {
		n := bytes.IndexByte(s.buf[s.pos:], '\n')
		if n < 0 {
			break
		}
		end := s.pos + n
		text := bytes.TrimSuffix(s.buf[s.pos:end], []byte{'\r'})
		if !s.skips(text) {
			w.lines = append(w.lines, record.Span{Start: uint32(s.pos), End: uint32(s.pos + len(text))})
		}
		s.pos = end + 1
		s.line++
	}
	return w
}

func (s *scanner) skips(text []byte) bool {
	return s.skipBlank && len(text) == 0 || s.comment != "" && bytes.HasPrefix(text, []byte(s.comment))
}

// fill reads the next chunk behind what is left of the last one. A text whose last line
// has no end gets one.
func (s *scanner) fill() {
	left := s.buf[s.pos:]
	buf := make([]byte, len(left)+max(s.chunk, len(left)))
	n := copy(buf, left)
	for idle := 0; n < len(buf) && s.err == nil; idle++ {
		m, err := s.src.Read(buf[n:])
		n, s.err = n+m, err
		if m > 0 {
			idle = 0
		} else if idle > maxIdle && err == nil {
			s.err = fmt.Errorf("%s: %w", s.file, io.ErrNoProgress)
		}
		if s.eager && bytes.IndexByte(buf[n-m:n], '\n') >= 0 {
			break
		}
	}
	buf = buf[:n]
	if s.err == io.EOF && n > 0 && buf[n-1] != '\n' {
		buf = append(buf, '\n')
	}
	s.buf, s.pos = buf, 0
}
