package json

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"io"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
)

// source is a configured read_json.
type source struct{ readOptions }

// Paths implements op.Source.
func (s *source) Paths() []op.Name { return s.Path }

// Static implements op.Source.
func (s *source) Static() *record.Schema {
	return record.NewOpenSchema(append(s.Types.Fields(), s.further()...)...)
}

// further are the columns that are not keys of the rows.
func (s *source) further() []record.Field {
	var out []record.Field
	if s.Rest.Text != "" {
		out = append(out, record.Field{Name: s.Rest.Text, Type: record.Of(record.JSON)})
	}
	if s.FileColumn.Text != "" {
		out = append(out, record.Field{Name: s.FileColumn.Text, Type: record.Of(record.String)})
	}
	return out
}

// Resolve implements op.Source: it reads a sample of every file.
func (s *source) Resolve(ctx context.Context, env op.Env) (op.Table, error) {
	list, problems := files.Expand(env.Dir, s.Path)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	t := &table{source: s, env: env}
	sc := newScout(t, len(list))
	for _, f := range list {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if err := sc.visit(f); err != nil {
			problems = append(problems, diag.ListOf(err)...)
		}
	}
	if len(problems) == 0 {
		problems = sc.settle()
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	t.define(sc.names, sc.evidence)
	return t.ready(), nil
}

// checkNames checks that the columns which options speak of are there, and that
// no name is that of two columns.
func (s *source) checkNames(names []string) diag.List {
	var problems diag.List
	fields := make([]record.Field, len(names))
	for i, n := range names {
		fields[i].Name = n
	}
	schema := record.NewSchema(fields...)
	known := func(n op.Name) {
		if !schema.Has(n.Text) {
			problems = append(problems, op.UnknownColumn(schema, n))
		}
	}
	for _, p := range s.Types {
		known(p.Name)
	}
	for _, c := range s.Null.Columns {
		known(c.Name)
	}
	for _, n := range []op.Name{s.Rest, s.FileColumn} {
		if n.Text != "" && schema.Has(n.Text) {
			problems = append(problems, diag.Errorf("column.twice", n.Pos, "the rows have a key %q already", n.Text).
				WithHint("choose another name for the column"))
		}
	}
	if s.Rest.Text != "" && s.Rest.Text == s.FileColumn.Text {
		problems = append(problems, diag.Errorf("column.twice", s.FileColumn.Pos, "rest and file_column have the same name"))
	}
	return problems
}

// text is an open file.
type text struct {
	*splitter
	input *files.Input
}

func (t *text) Close() error { return t.input.Close() }

// open opens a file. kept is what was read of standard input before.
func (s *source) open(f files.File, env op.Env, kept *files.Replay) (*text, error) {
	in, err := f.Open(env)
	if err != nil {
		return nil, err
	}
	var raw io.Reader = in
	if f.Stdin {
		raw = kept.Over(in)
	}
	b := bufio.NewReader(raw)
	if err := skipMark(b, f); err != nil {
		return nil, errors.Join(err, in.Close())
	}
	return &text{newSplitter(b, s.Format == array), in}, nil
}

// skipMark steps over the byte order mark of UTF-8 and refuses others.
func skipMark(b *bufio.Reader, f files.File) error {
	const mark = "\ufeff"
	head, err := b.Peek(len(mark))
	switch {
	case err != nil && err != io.EOF:
		return err
	case bytes.HasPrefix(head, []byte(mark)):
		_, err = b.Discard(len(mark))
		return err
	case bytes.HasPrefix(head, []byte{0xff, 0xfe}), bytes.HasPrefix(head, []byte{0xfe, 0xff}):
		return diag.Errorf("json.utf8", diag.Pos{File: f.Name, Line: 1}, "%s is UTF-16, but JSON is UTF-8", f.Name).
			WithHint("convert the file, as in: iconv -f utf-16 -t utf-8")
	}
	return nil
}

var _ op.Source = (*source)(nil)
