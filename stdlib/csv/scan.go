package csv

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/bits"

	"github.com/etlscript/etlscript/engine/record"
)

const (
	// chunkSize is how much of the text is read at once.
	chunkSize = 256 << 10
	// maxRow is the longest row; a longer one most probably has a quote that
	// is never closed.
	maxRow = 64 << 20
	// maxIdle is how often a source may give nothing before it counts as broken.
	maxIdle = 100
	// wordSize is the number of bytes that the scanner looks at together.
	wordSize = 8
)

// dialect is how the rows of a text are written.
type dialect struct {
	delimiter string // between fields: one character
	quote     byte   // around fields; 0: none
	comment   string // at the start of lines that are no rows: one character; "": none
}

// scanner splits a text into rows. It looks for the special characters in words
// of eight bytes, and steps over quoted fields with bytes.IndexByte.
//
// The text is read in chunks, each into memory of its own that belongs to the
// blocks made of it. The part of a row at the end of a chunk is copied to the
// beginning of the next one, and split anew.
type scanner struct {
	src     io.Reader
	dialect dialect
	marks   marks
	columns int  // fields of a row; 0: the first row decides
	chunk   int  // bytes to read at once
	longest int  // bytes of the longest row
	eager   bool // hand on what there is rather than wait for a whole chunk

	buf   []byte // of the current chunk; its capacity has a word more
	pos   int    // start of the first row that was not handed on
	line  int    // of pos, from 1
	width int    // bytes of the last window's rows on average
	err   error  // that ended reading
	spans []record.Span
	fault fault // of the row at pos
}

func newScanner(src io.Reader, d dialect) *scanner {
	return &scanner{src: src, dialect: d, marks: d.marks(), chunk: chunkSize, longest: maxRow, line: 1, width: 64}
}

// window is rows that follow each other in a text.
type window struct {
	block *record.Block
	rows  int
	start int // of the first row in the block's data
	line  int // of start
}

// lineOf is the line in which a place of the block's data stands.
func (w *window) lineOf(at int) int {
	return w.line + bytes.Count(w.block.Data[w.start:at], newline)
}

// row gives the fields of a row.
func (w *window) row(i int) []record.Span {
	n := w.block.Columns
	return w.block.Spans[i*n : (i+1)*n]
}

// text is the source text of a row, without its line end.
func (w *window) text(i int) []byte {
	spans := w.row(i)
	first, last := spans[0], spans[len(spans)-1]
	return w.block.Data[first.Start-quotes(first) : last.End+quotes(last)]
}

// quotes is the number of quotes on either side of a field.
func quotes(s record.Span) uint32 { return uint32(s.Flags & record.Quoted) }

var newline = []byte{'\n'}

// next gives the next rows, at most the given number and at least one. It ends
// with io.EOF, with an error of the source, or with a *rowread.Fault, behind which
// resume may go on.
func (s *scanner) next(most int) (*window, error) {
	for {
		if w := s.split(most); w.rows > 0 {
			return w, nil
		}
		if s.fault.kind != noFault {
			return nil, s.refuse()
		}
		if s.err != nil {
			return nil, s.err
		}
		if len(s.buf)-s.pos > s.longest {
			s.fault = fault{kind: tooLong, at: s.pos}
			return nil, s.refuse()
		}
		s.fill()
	}
}

// split indexes the complete rows of the buffer.
func (s *scanner) split(most int) *window {
	w := &window{start: s.pos, line: s.line}
	s.spans = make([]record.Span, 0, s.room(most))
	s.fault = fault{}
	at := s.pos
	for w.rows < most && at < len(s.buf) {
		next, verdict := s.row(at)
		if verdict == incomplete || verdict == refused {
			break
		}
		if verdict == complete {
			w.rows++
		}
		at = next
	}
	if w.rows > 0 {
		s.fault = fault{}
		s.width = (at - s.pos) / w.rows
	}
	w.block = &record.Block{Data: s.buf, Spans: s.spans, Columns: s.columns}
	s.spans = nil
	s.advance(at)
	return w
}

// room guesses how many fields the next window has, so that their index
// seldom grows.
func (s *scanner) room(most int) int {
	rows := (len(s.buf)-s.pos)/max(s.width, 1) + 1
	return min(most, rows+rows/8) * s.columns
}

// advance moves on to another row.
func (s *scanner) advance(to int) {
	s.line += bytes.Count(s.buf[s.pos:to], newline)
	s.pos = to
}

// fill reads the next chunk behind what is left of the last one. A text whose
// last line has no end gets one.
func (s *scanner) fill() {
	left := s.buf[s.pos:]
	size := len(left) + max(s.chunk, len(left))
	buf := make([]byte, size, size+1+wordSize)
	n := copy(buf, left)
	for idle := 0; n < size && s.err == nil; idle++ {
		var m int
		m, s.err = s.src.Read(buf[n:])
		n += m
		if m > 0 {
			idle = 0
		} else if idle > maxIdle && s.err == nil {
			s.err = io.ErrNoProgress
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

// verdict is what became of a row.
type verdict uint8

const (
	complete   verdict = iota
	skipped            // it was a comment or a blank line
	incomplete         // it goes on behind the buffer
	refused            // it cannot be split
)

// row indexes the row at start, adding to s.spans, and returns where the next
// one starts.
func (s *scanner) row(start int) (int, verdict) {
	if s.dialect.comment != "" && hasPrefix(s.buf[start:], s.dialect.comment) {
		return s.skipLine(start)
	}
	end, before, spans := len(s.buf), len(s.spans), s.spans
	data := s.buf[:end+wordSize]
	marks := s.marks
	field, base := start, start
	mask := marks.in(data[base:])
	for {
		for mask == 0 {
			if base += wordSize; base >= end {
				return s.incomplete(before)
			}
			mask = marks.in(data[base:])
		}
		i := base + bits.TrailingZeros64(mask)>>3
		mask &= mask - 1
		switch c := data[i]; {
		case i >= end: // readers may scribble behind what they read
			return s.incomplete(before)
		case c == '\n':
			s.spans = spans
			return s.endRow(before, start, field, i)
		case c == marks.delimiter && (len(s.dialect.delimiter) == 1 || hasPrefix(s.buf[i:], s.dialect.delimiter)):
			spans = append(spans, record.Span{Start: uint32(field), End: uint32(i)})
			field = i + len(s.dialect.delimiter)
			if len(s.dialect.delimiter) > 1 {
				base, mask = field, marks.in(data[field:])
			}
		case c == s.dialect.quote && c != 0:
			if i != field {
				return s.blame(before, start, fault{kind: bareQuote, at: i})
			}
			s.spans = spans
			next, behind := s.quoted(i)
			spans = s.spans
			switch behind {
			case behindDelimiter:
				field, base = next, next
				mask = marks.in(data[next:])
			case behindRow:
				return s.count(before, start, next)
			case behindBuffer:
				return s.incomplete(before)
			case behindText:
				return s.blame(before, start, fault{kind: strayQuote, at: next})
			case behindNothing:
				return s.blame(before, start, fault{kind: openQuote, at: i})
			}
		}
	}
}

func (s *scanner) incomplete(before int) (int, verdict) {
	s.spans = s.spans[:before]
	return 0, incomplete
}

// skipLine steps over a line that is no row.
func (s *scanner) skipLine(start int) (int, verdict) {
	n := bytes.IndexByte(s.buf[start:], '\n')
	if n < 0 {
		return 0, incomplete
	}
	return start + n + 1, skipped
}

// endRow ends a row whose last field has no quotes with the line end at i. A
// line without a character is a row only where rows have one column.
func (s *scanner) endRow(before, start, field, i int) (int, verdict) {
	stop := i
	if stop > field && s.buf[stop-1] == '\r' {
		stop--
	}
	if stop == start && s.columns != 1 {
		return i + 1, skipped
	}
	s.spans = append(s.spans, record.Span{Start: uint32(field), End: uint32(stop)})
	return s.count(before, start, i+1)
}

// count checks that a row that was split has as many fields as the others.
func (s *scanner) count(before, start, next int) (int, verdict) {
	fields := len(s.spans) - before
	if s.columns == 0 {
		s.columns = fields
	}
	if fields != s.columns {
		s.fault = fault{kind: ragged, at: start, fields: fields, next: next}
		s.spans = s.spans[:before]
		return 0, refused
	}
	return next, complete
}

// What stands behind a quoted field.
type behind uint8

const (
	behindDelimiter behind = iota // another field
	behindRow                     // another row, or nothing
	behindBuffer                  // not known before more was read
	behindText                    // something that must not stand there
	behindNothing                 // the text ended within the field
)

// quoted indexes the quoted field whose first quote is at i. It returns where
// the next field or row starts, or where the quote stands that should not.
func (s *scanner) quoted(i int) (int, behind) {
	flags := record.Quoted
	for at := i + 1; ; at += 2 {
		n := bytes.IndexByte(s.buf[at:], s.dialect.quote)
		if n < 0 && s.err == io.EOF {
			return i, behindNothing
		}
		if n < 0 || at+n+1 == len(s.buf) {
			return 0, behindBuffer
		}
		at += n
		if s.buf[at+1] != s.dialect.quote {
			s.spans = append(s.spans, record.Span{Start: uint32(i + 1), End: uint32(at), Flags: flags})
			return s.afterQuote(at + 1)
		}
		flags |= record.Escaped
	}
}

// afterQuote says what stands at i, behind a closing quote.
func (s *scanner) afterQuote(i int) (int, behind) {
	rest := s.buf[i:]
	switch {
	case rest[0] == '\n':
		return i + 1, behindRow
	case hasPrefix(rest, s.dialect.delimiter):
		return i + len(s.dialect.delimiter), behindDelimiter
	case rest[0] == '\r' && len(rest) > 1 && rest[1] == '\n':
		return i + 2, behindRow
	case s.err != io.EOF && len(rest) < len(s.dialect.delimiter)+1:
		return 0, behindBuffer
	}
	return i - 1, behindText
}

func hasPrefix(b []byte, prefix string) bool {
	return len(b) >= len(prefix) && string(b[:len(prefix)]) == prefix
}

// marks finds the characters that end a field in eight bytes at once.
type marks struct {
	delimiter     byte // the first byte of it
	comma, quotes uint64
}

const (
	lowBits  = 0x0101010101010101
	highBits = 0x8080808080808080
	newlines = lowBits * '\n'
)

func (d dialect) marks() marks {
	quote := d.quote
	if quote == 0 {
		quote = '\n'
	}
	first := d.delimiter[0]
	return marks{delimiter: first, comma: lowBits * uint64(first), quotes: lowBits * uint64(quote)}
}

// in has the high bit of each byte of b set that may be a mark. The lowest is
// one for sure; a byte above another mark may be one off, so that callers look
// at the byte itself.
func (m marks) in(b []byte) uint64 {
	w := binary.LittleEndian.Uint64(b)
	c, q, n := w^m.comma, w^m.quotes, w^newlines
	return (zeroByte(c) | zeroByte(q) | zeroByte(n)) & highBits
}

// zeroByte has the high bit of bytes set that are zero, and perhaps of those
// that are one above such a byte.
func zeroByte(w uint64) uint64 { return (w - lowBits) &^ w }
