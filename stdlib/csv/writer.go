package csv

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strings"

	"golang.org/x/text/encoding"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowfile"
	"github.com/etlscript/etlscript/stdlib/rowread"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// sink is a configured write_csv.
type sink struct {
	writeOptions
	charset encoding.Encoding // nil: UTF-8
}

// Check implements op.Sink: CSV holds every type.
func (s *sink) Check(*record.Schema) diag.List { return nil }

// Open implements op.Sink.
func (s *sink) Open(_ context.Context, env op.Env, in *record.Schema, opts op.WriteOptions) (op.Writer, error) {
	out, err := files.Create(env, s.Path, s.IfExists)
	if err != nil {
		return nil, err
	}
	e := s.encoder(in)
	start, err := s.start(out, e)
	if err != nil {
		return nil, errors.Join(err, out.Abort())
	}
	return rowfile.NewWriter(out, s.Path, e, start, opts), nil
}

func (s *sink) encoder(in *record.Schema) *encoder {
	e := newEncoder(&s.writeOptions, in)
	e.charset = textfile.NewEncoder(s.charset, s.Encoding)
	return e
}

// start is what stands before the first row: a byte order mark and the header,
// or in a file that has rows the line end that its last one lacks.
func (s *sink) start(out *files.Output, e *encoder) ([]byte, error) {
	var old existing
	if s.Append() && !out.IsNew() {
		var err error
		if old, err = s.existing(out); err != nil {
			return nil, err
		}
		if err := s.compare(old.header, e.schema.Names()); err != nil {
			return nil, err
		}
	}
	start, refusal := e.charset.Append(nil, s.opening(old, e))
	if refusal != nil {
		return nil, diag.Errorf(refusal.Code, s.Path.Pos, "the header cannot be written: %s", refusal.Message).WithHint("%s", refusal.Hint)
	}
	return start, nil
}

// opening is the start in UTF-8.
func (s *sink) opening(old existing, e *encoder) []byte {
	var text []byte
	switch {
	case old.last == 0 && s.BOM:
		text = append(text, textfile.Mark...)
	case old.last != 0 && old.last != '\n':
		text = append(text, s.LineEnd...)
	}
	if s.Header && old.header == nil {
		text = e.appendHeader(text)
	}
	return text
}

// existing is what a file that is appended to holds.
type existing struct {
	header []string // its first row; nil: it has none
	last   byte     // its last one; 0: it is empty
}

func (s *sink) existing(out *files.Output) (existing, error) {
	in, err := out.Existing()
	if err != nil {
		return existing{}, err
	}
	var text io.Reader = in
	if s.charset != nil {
		text = s.charset.NewDecoder().Reader(in)
	}
	last := &lastByte{r: text}
	header, err := s.firstRow(last)
	if err == nil {
		_, err = io.Copy(io.Discard, last)
	}
	return existing{header: header, last: last.b}, errors.Join(err, in.Close())
}

// firstRow splits the first row of a text, nil if it has none.
func (s *sink) firstRow(text io.Reader) ([]string, error) {
	buffered := bufio.NewReader(text)
	if start, err := buffered.Peek(len(textfile.Mark)); err == nil && string(start) == textfile.Mark {
		_, _ = buffered.Discard(len(textfile.Mark)) // what was peeked at is there
	}
	w, err := newScanner(buffered, dialect{delimiter: s.Delimiter, quote: s.Quote[0]}).next(1)
	var torn *rowread.Fault
	switch {
	case err == io.EOF:
		return nil, nil
	case errors.As(err, &torn):
		return nil, diag.Errorf("csv.append_header", s.Path.Pos, "cannot append to %q, which is no such CSV file: %w", s.Path.Text, err).
			WithHint(`write elsewhere, or choose if_exists = "replace"`)
	case err != nil:
		return nil, err
	}
	var names []string
	for _, span := range w.row(0) {
		name := string(w.block.Data[span.Start:span.End])
		if span.Flags&record.Escaped != 0 {
			name = strings.ReplaceAll(name, s.Quote+s.Quote, s.Quote)
		}
		names = append(names, name)
	}
	return names, nil
}

// compare refuses to append rows to a file of other columns.
func (s *sink) compare(header, columns []string) error {
	switch {
	case header == nil || s.Header && slices.Equal(header, columns):
		return nil
	case !s.Header && len(header) == len(columns):
		return nil
	case !s.Header:
		return diag.Errorf("csv.append_header", s.Path.Pos, "cannot append rows of %d columns to %q, whose first row has %d", len(columns), s.Path.Text, len(header)).
			WithHint(`write elsewhere, or choose if_exists = "replace"`)
	}
	return diag.Errorf("csv.append_header", s.Path.Pos, "cannot append to %q, whose header names other columns", s.Path.Text).
		WithNote(diag.Pos{}, "the file has: %s", strings.Join(header, ", ")).
		WithNote(diag.Pos{}, "the rows have: %s", strings.Join(columns, ", ")).
		WithHint(`choose the columns with select, write elsewhere, or choose if_exists = "replace"`)
}

// lastByte remembers the last byte that was read.
type lastByte struct {
	r io.Reader
	b byte
}

// Read implements io.Reader.
func (l *lastByte) Read(p []byte) (int, error) {
	n, err := l.r.Read(p)
	if n > 0 {
		l.b = p[n-1]
	}
	return n, err
}

var _ op.Sink = (*sink)(nil)
