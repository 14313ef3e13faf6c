package csv

import (
	"context"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// source is a configured read_csv.
type source struct {
	readOptions
	dialect dialect
	format  *textfile.Format
	chunk   int // bytes to read at once
}

// Paths implements op.Source.
func (s *source) Paths() []op.Name { return s.Path }

// Static implements op.Source.
func (s *source) Static() *record.Schema {
	known := s.Types.Fields()
	if s.FileColumn.Text != "" {
		known = append(known, s.fileField())
	}
	return record.NewOpenSchema(known...)
}

func (s *source) fileField() record.Field {
	return record.Field{Name: s.FileColumn.Text, Type: record.Of(record.String)}
}

// Resolve implements op.Source: it reads the header and a sample of every file.
func (s *source) Resolve(ctx context.Context, env op.Env) (op.Table, error) {
	list, problems := files.Expand(env.Dir, s.Path)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	t := &table{source: s, env: env}
	sc := scout{table: t, files: len(list)}
	for _, f := range list {
		if err := context.Cause(ctx); err != nil {
			return nil, err
		}
		if err := sc.visit(f); err != nil {
			problems = append(problems, diag.ListOf(err)...)
		}
	}
	if len(problems) == 0 {
		problems = s.checkNames(sc.names)
	}
	if err := problems.Err(); err != nil {
		return nil, err
	}
	t.define(sc.names, sc.evidence)
	return t.ready(), nil
}

// checkNames checks that the columns which options speak of are there.
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
	if f := s.FileColumn; f.Text != "" && schema.Has(f.Text) {
		problems = append(problems, diag.Errorf("column.twice", f.Pos, "the file has a column %q already", f.Text).
			WithHint("choose another name for file_column"))
	}
	return problems
}

var _ op.Source = (*source)(nil)
