package json

import (
	"context"
	"errors"
	"unicode/utf8"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowfile"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

type sink struct{ options }

// Check implements op.Sink: JSON holds every type.
func (s *sink) Check(in *record.Schema) diag.List {
	var problems diag.List
	for _, f := range in.Fields() {
		if s.Invalid != "replace" && !utf8.ValidString(f.Name) {
			problems = append(problems, diag.Errorf("json.utf8", s.Path.Pos, "the column name %q is no UTF-8", f.Name).
				WithHint("rename the column, or choose invalid = \"replace\""))
		}
	}
	return problems
}

// Open implements op.Sink.
func (s *sink) Open(_ context.Context, env op.Env, in *record.Schema, opts op.WriteOptions) (op.Writer, error) {
	mode := s.IfExists
	if mode == files.Append && s.Format == array {
		mode = files.Replace // the array is opened again, so that its file is written anew
	}
	out, err := files.Create(env, s.Path, mode)
	if err != nil {
		return nil, err
	}
	e := newEncoder(&s.options, in)
	start, err := s.start(out, e)
	if err != nil {
		return nil, errors.Join(err, out.Abort())
	}
	return rowfile.NewWriter(out, s.Path, e, start, opts), nil
}

// start is what stands before the first new row. What is kept of an existing
// file goes into out.
func (s *sink) start(out *files.Output, e *encoder) ([]byte, error) {
	again := s.IfExists == files.Append && !out.IsNew()
	if again && s.Format == lines {
		return textfile.EndLine(out, []byte{'\n'})
	}
	if again {
		elements, found, err := reopen(out, s.Path)
		if err != nil || found {
			e.rows = elements
			return nil, err
		}
	}
	if s.Format == array {
		return []byte{'['}, nil
	}
	return nil, nil
}

var _ op.Sink = (*sink)(nil)
