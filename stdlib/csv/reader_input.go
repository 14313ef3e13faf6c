package csv

import (
	"bufio"
	"bytes"
	"errors"
	"io"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/unicode"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/stdlib/files"
)

// text is the rows of an open file in UTF-8: without byte order mark, skipped
// lines and footer.
type text struct {
	io.Reader
	input *files.Input
	// plain is set when the file's bytes are the text as they stand, so that
	// a piece of it may be read from the middle.
	plain bool
	line  int // of the first byte
}

func (t *text) Close() error { return t.input.Close() }

// open opens a file. kept is what was read of standard input before.
func (s *source) open(f files.File, env op.Env, kept *files.Replay) (*text, error) {
	in, err := f.Open(env)
	if err != nil {
		return nil, err
	}
	t := &text{input: in, line: 1}
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
func (s *source) prepare(t *text, f files.File, raw io.Reader) error {
	b := bufio.NewReader(raw)
	charset, err := s.detect(b, f)
	if err != nil {
		return err
	}
	if charset != nil {
		b = bufio.NewReader(&decoded{r: charset.NewDecoder().Reader(b), file: f.Name, charset: s.Encoding.Text})
	}
	for range s.Skip {
		if err := skipLine(b); err != nil {
			return err
		}
		t.line++
	}
	t.Reader, t.plain = b, charset == nil && s.Footer == 0
	if s.Footer > 0 {
		t.Reader = &footer{r: b, lines: int(s.Footer)}
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
func (s *source) detect(b *bufio.Reader, f files.File) (encoding.Encoding, error) {
	head, err := b.Peek(len(bom))
	if err != nil && err != io.EOF {
		return nil, err
	}
	var charset encoding.Encoding
	mark := 2
	switch {
	case bytes.HasPrefix(head, []byte(bom)):
		mark = len(bom)
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}):
		charset = unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM)
	case bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		charset = unicode.UTF16(unicode.BigEndian, unicode.IgnoreBOM)
	case s.byMark && len(head) > 0:
		return nil, diag.Errorf("csv.encoding", diag.Pos{File: f.Name, Line: 1}, "%s does not begin with a byte order mark, so that the order of its bytes is not known", f.Name).
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
		return 0, diag.Errorf("csv.encoding", diag.Pos{File: d.file, Line: line}, "line %d of %s holds bytes that are no text in %s", line, d.file, d.charset).
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
