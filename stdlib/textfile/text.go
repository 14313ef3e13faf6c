// Package textfile opens and encodes files of text: the encoding, the byte order mark, and
// the lines to leave out at both ends. What the text says is the affair of its readers.
//
// It may import engine/{component,diag,op}, stdlib/files, stdlib/rowfile and golang.org/x/text.
package textfile

import (
	"bufio"
	"bytes"
	"errors"
	"io"
	"strings"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/stdlib/files"
)

// Options are those of all readers of text.
type Options struct {
	Skip     int64   `opt:"skip" min:"0" doc:"lines to leave out at the top of each file"`
	Footer   int64   `opt:"footer" min:"0" max:"100000" doc:"lines to leave out at the end of each file"`
	Encoding op.Name `opt:"encoding" doc:"the character encoding, such as latin1, windows-1252 or utf-16le; a byte order mark tells more"`
}

// Defaults are the options' defaults.
func Defaults() Options { return Options{Encoding: op.Name{Text: "utf-8"}} }

// Format opens texts.
type Format struct {
	options Options
	charset encoding.Encoding // nil: UTF-8
	byMark  bool              // UTF-16 in the order that the byte order mark tells
}

// Format checks the options of the named component.
func (o Options) Format(component string) (*Format, diag.List) {
	name := strings.ToLower(o.Encoding.Text)
	if name == "utf-16" || name == "utf16" {
		return &Format{options: o, byMark: true}, nil
	}
	charset, err := Charset(o.Encoding.Text)
	if err != nil {
		return nil, diag.List{diag.Errorf("option.value", o.Encoding.Pos, "option \"encoding\" of %s: %w", component, err)}
	}
	return &Format{options: o, charset: charset}, nil
}

// Text is the lines of an open file in UTF-8: without byte order mark, skipped lines
// and footer.
type Text struct {
	io.Reader
	Input *files.Input
	// Plain is set when the file's bytes are the text as they stand, so that a piece of
	// it may be read from the middle.
	Plain bool
	Line  int // of the first byte
}

// Close closes the file.
func (t *Text) Close() error { return t.Input.Close() }

// Open opens a file. kept is what was read of standard input before.
func (s *Format) Open(f files.File, env op.Env, kept *files.Replay) (*Text, error) {
	in, err := f.Open(env)
	if err != nil {
		return nil, err
	}
	t := &Text{Input: in, Line: 1}
	var raw io.Reader = in
	if f.Stdin {
		raw = kept.Over(in)
	}
	if err := s.prepare(t, f, raw); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return t, nil
}

// prepare puts what decodes and cuts a text before it.
func (s *Format) prepare(t *Text, f files.File, raw io.Reader) error {
	b := bufio.NewReader(raw)
	charset, err := s.detect(b, f)
	if err != nil {
		return err
	}
	if charset != nil {
		b = bufio.NewReader(&decoded{r: charset.NewDecoder().Reader(b), file: f.Name, charset: s.options.Encoding.Text})
	}
	for range s.options.Skip {
		if err := skipLine(b); err != nil {
			return err
		}
		t.Line++
	}
	t.Reader, t.Plain = b, charset == nil && s.options.Footer == 0
	if s.options.Footer > 0 {
		t.Reader = &footer{r: b, lines: int(s.options.Footer)}
	}
	return nil
}

// skipLine reads a line of any length.
func skipLine(b *bufio.Reader) error {
	for {
		_, err := b.ReadSlice('\n')
		switch {
		case err == nil || err == io.EOF:
			return nil
		case err != bufio.ErrBufferFull:
			return err
		}
	}
}

// detect finds the encoding of a text, nil for UTF-8. A byte order mark is
// stepped over and tells more than the option.
func (s *Format) detect(b *bufio.Reader, f files.File) (encoding.Encoding, error) {
	head, err := b.Peek(len(Mark))
	if err != nil && err != io.EOF {
		return nil, err
	}
	var charset encoding.Encoding
	mark := 2
	switch {
	case bytes.HasPrefix(head, []byte(Mark)):
		mark = len(Mark)
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		charset = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		charset = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case s.byMark && len(head) > 0:
		return nil, diag.Errorf("text.encoding", diag.Pos{File: f.Name, Line: 1}, "%s does not begin with a byte order mark, so that the order of its bytes is not known", f.Name).
			WithHint(`encoding = "utf-16le" or "utf-16be"`)
	default:
		return s.charset, nil
	}
	_, err = b.Discard(mark)
	return charset, err
}

// decoded is a text that was decoded; what was no text is an error.
type decoded struct {
	r       io.Reader
	file    string
	charset string
	line    int     // lines read so far
	tail    [2]byte // the last bytes read
}

// Read implements io.Reader.
func (d *decoded) Read(p []byte) (int, error) {
	n, err := d.r.Read(p)
	const replacement = "\ufffd"
	at := bytes.Index(p[:n], []byte(replacement))
	seam := append(d.tail[:], p[:min(n, len(d.tail))]...)
	if at < 0 && bytes.Contains(seam, []byte(replacement)) {
		at = 0
	}
	if at >= 0 {
		line := d.line + bytes.Count(p[:at], newline) + 1
		return 0, diag.Errorf("text.encoding", diag.Pos{File: d.file, Line: line}, "line %d of %s holds bytes that are no text in %s", line, d.file, d.charset).
			WithHint("check the option encoding")
	}
	d.line += bytes.Count(p[:n], newline)
	if n > 0 {
		copy(d.tail[:], seam[len(seam)-2:])
		if n >= len(d.tail) {
			copy(d.tail[:], p[n-len(d.tail):n])
		}
	}
	return n, err
}

// footer leaves out the last lines of a text.
type footer struct {
	r     io.Reader
	lines int
	buf   []byte
	ready int // bytes of buf that are not of the last lines
	err   error
}

// Read implements io.Reader.
func (f *footer) Read(p []byte) (int, error) {
	for f.ready == 0 && f.err == nil {
		f.fill()
	}
	if f.ready == 0 {
		return 0, f.err
	}
	n := copy(p, f.buf[:f.ready])
	f.buf, f.ready = f.buf[n:], f.ready-n
	return n, nil
}

func (f *footer) fill() {
	buf := make([]byte, len(f.buf), len(f.buf)+max(chunkSize, len(f.buf)))
	copy(buf, f.buf)
	n, err := f.r.Read(buf[len(buf):cap(buf)])
	f.buf, f.err = buf[:len(buf)+n], err
	// Before the end, a line more stays back: the last one may go on.
	lines := f.lines + 1
	end := len(f.buf)
	if err != nil {
		lines, end = f.lines, len(bytes.TrimSuffix(f.buf, newline))
	}
	for ; lines > 0 && end >= 0; lines-- {
		end = bytes.LastIndexByte(f.buf[:end], '\n')
	}
	f.ready = end + 1
}

// chunkSize is how much of a text is read at once behind its beginning.
const chunkSize = 256 << 10

var newline = []byte{'\n'}

// EndLine is what stands before the first new line of a file that is appended to: the line
// end that its last one lacks, if it does. Both are in the file's encoding.
func EndLine(out *files.Output, lineEnd []byte) ([]byte, error) {
	in, err := out.Existing()
	if err != nil {
		return nil, err
	}
	last, err := in.LastByte()
	if err = errors.Join(err, in.Close()); err != nil || last == '\n' {
		return nil, err
	}
	return lineEnd, nil
}
