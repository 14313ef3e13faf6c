package lines

import (
	"context"
	"errors"
	"strings"

	"golang.org/x/text/encoding"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowfile"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// outputOptions are those of both writers.
type outputOptions struct {
	rowfile.Options
	Null     string `opt:"null" doc:"what is written for NULL"`
	LineEnd  string `opt:"line_end" doc:"the end of a row: \"\\n\" or \"\\r\\n\""`
	Encoding string `opt:"encoding" doc:"the character encoding, such as latin1, windows-1252 or utf-16le"`
}

func outputDefaults() outputOptions {
	return outputOptions{Options: rowfile.Defaults(), LineEnd: "\n", Encoding: "utf-8"}
}

// check reports what is wrong in the options of both writers, and finds the encoding.
func (o *outputOptions) check(component string) (encoding.Encoding, diag.List) {
	problems := files.CheckTarget(o.Path)
	wrong := func(option, format string, args ...any) {
		problems = append(problems, diag.Errorf("option.value", o.Path.Pos, "option %q of %s: "+format, append([]any{option, component}, args...)...))
	}
	if o.LineEnd != "\n" && o.LineEnd != "\r\n" {
		wrong("line_end", `%q is neither "\n" nor "\r\n"`, o.LineEnd)
	}
	if strings.ContainsAny(o.Null, "\r\n") {
		wrong("null", "%q holds a line end", o.Null)
	}
	charset, err := textfile.Charset(o.Encoding)
	switch {
	case err != nil:
		wrong("encoding", "%w", err)
	case charset != nil && !textfile.Joins(charset):
		wrong("encoding", "%s can be read, not written", o.Encoding)
	}
	return charset, problems
}

// cell is a column that is written.
type cell struct {
	name   string
	place  int // of the column in the rows
	fixed  *fixedColumn
	right  bool
	number bool
}

// sink is a configured write_lines or write_fixed.
type sink struct {
	outputOptions
	charset encoding.Encoding // nil: UTF-8
	cells   func(in *record.Schema) ([]cell, diag.List)
	width   int // of a line; 0: as wide as its only value
	bytes   bool
	cut     bool
}

// Check implements op.Sink.
func (s *sink) Check(in *record.Schema) diag.List {
	_, problems := s.cells(in)
	return problems
}

// Open implements op.Sink.
func (s *sink) Open(_ context.Context, env op.Env, in *record.Schema, opts op.WriteOptions) (op.Writer, error) {
	out, err := files.Create(env, s.Path, s.IfExists)
	if err != nil {
		return nil, err
	}
	cells, problems := s.cells(in)
	if err := problems.Err(); err != nil {
		return nil, errors.Join(err, out.Abort())
	}
	e := &encoder{sink: s, cells: cells, charset: textfile.NewEncoder(s.charset, s.Encoding)}
	start, err := s.start(out, e)
	if err != nil {
		return nil, errors.Join(err, out.Abort())
	}
	return rowfile.NewWriter(out, s.Path, e, start, opts), nil
}

// start is what stands before the first row.
func (s *sink) start(out *files.Output, e *encoder) ([]byte, error) {
	if !s.Append() || out.IsNew() {
		return nil, nil
	}
	end, refusal := e.charset.Append(nil, []byte(s.LineEnd))
	if refusal != nil {
		return nil, errors.New(refusal.Message)
	}
	return textfile.EndLine(out, end)
}

var _ op.Sink = (*sink)(nil)
