package lines

import (
	"bytes"
	"fmt"
	"unicode/utf8"

	"github.com/etlscript/etlscript/engine/record"
)

// layout finds the fields of a line.
type layout struct {
	fields []place
	width  int  // of all: the end of the last one
	bytes  bool // places are counted in bytes, else in characters
	ragged bool // lines may be shorter or longer
}

// place is where a field stands: characters or bytes from, counted from 0, up to to.
type place struct {
	from, to int
	trim     trim
}

// trim says where blanks around a field are left out.
type trim string

const (
	trimBoth  trim = "both"
	trimLeft  trim = "left"
	trimRight trim = "right"
	trimNone  trim = "none"
)

// wholeLine is the layout whose only field is the line.
var wholeLine = &layout{}

// appendFields appends the fields of a line to spans. The text says what is wrong with
// the line, which then has none.
func (l *layout) appendFields(spans []record.Span, w *window, i int) ([]record.Span, string) {
	line := w.lines[i]
	if l == wholeLine {
		return append(spans, line), ""
	}
	text := w.text(i)
	ends := l.marks(text)
	if have := ends.count(); have != l.width && !l.ragged {
		return spans, fmt.Sprintf("%s instead of %d", l.counted(have), l.width)
	}
	for _, f := range l.fields {
		spans = append(spans, f.span(text, ends, line.Start))
	}
	return spans, ""
}

func (l *layout) counted(n int) string {
	unit := "character"
	if l.bytes {
		unit = "byte"
	}
	if n != 1 {
		unit += "s"
	}
	return fmt.Sprintf("%d %s", n, unit)
}

// marks tells where the characters of a line begin.
type marks struct {
	starts []int // nil: each byte is one
	size   int
}

func (l *layout) marks(text []byte) marks {
	m := marks{size: len(text)}
	if l.bytes || isASCII(text) {
		return m
	}
	m.starts = make([]int, 0, len(text))
	for at := 0; at < len(text); {
		m.starts = append(m.starts, at)
		_, n := utf8.DecodeRune(text[at:])
		at += n
	}
	return m
}

func isASCII(text []byte) bool {
	for _, b := range text {
		if b >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// count is the number of characters.
func (m marks) count() int {
	if m.starts == nil {
		return m.size
	}
	return len(m.starts)
}

// at is the byte at which a character begins; the end of the text behind the last.
func (m marks) at(char int) int {
	switch {
	case char >= m.count():
		return m.size
	case m.starts == nil:
		return char
	}
	return m.starts[char]
}

// span is the field of a line that begins at start of the data.
func (p place) span(text []byte, m marks, start uint32) record.Span {
	if p.from >= m.count() {
		return record.Span{Flags: record.Missing}
	}
	from, to := m.at(p.from), m.at(p.to)
	if p.trim == trimBoth || p.trim == trimLeft {
		from = to - len(bytes.TrimLeft(text[from:to], " "))
	}
	if p.trim == trimBoth || p.trim == trimRight {
		to = from + len(bytes.TrimRight(text[from:to], " "))
	}
	return record.Span{Start: start + uint32(from), End: start + uint32(to)}
}
