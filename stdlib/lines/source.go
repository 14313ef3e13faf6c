package lines

import (
	"context"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowread"
	"github.com/etlscript/etlscript/stdlib/textfile"
)

// source is a configured read_lines or read_fixed.
type source struct {
	path       []op.Name
	format     *textfile.Format
	fileColumn op.Name
	comment    string
	skipBlank  bool
	onError    op.OnError
	layout     *layout
	columns    []*column
	chunk      int // bytes to read at once
}

// Paths implements op.Source.
func (s *source) Paths() []op.Name { return s.path }

// Static implements op.Source; the schema is complete.
func (s *source) Static() *record.Schema { return s.table().Schema() }

// Resolve implements op.Source: it finds the files.
func (s *source) Resolve(_ context.Context, env op.Env) (op.Table, error) {
	list, problems := files.Expand(env.Dir, s.path)
	if err := problems.Err(); err != nil {
		return nil, err
	}
	t := s.table()
	t.Files, t.Stdin = list, &files.Replay{}
	t.OpenFile = func(i int, stdin *files.Replay) (rowread.Rows, error) { return s.open(list[i], env, stdin) }
	return t, nil
}

// table is what is known before the files are.
func (s *source) table() *rowread.Table {
	out := &rowread.Table{FileColumn: s.fileColumn.Text, OnError: s.onError, Prefix: "fixed", Hint: hint}
	for _, c := range s.columns {
		lenient := *c
		lenient.toNull = true
		out.Columns = append(out.Columns, rowread.Column{
			Name: c.Name.Text, Type: c.Type, Decoder: c, Lenient: &lenient, CanFail: c.canFail(), Problem: c.problem, Pinned: true,
		})
	}
	return out
}

// hint says how to mend a value that is not of its column's type.
func hint(int, *record.ValueError) string {
	return `mend the value, check where the column stands, or set on_error = "reject"`
}

// open opens a file. stdin is what was read of standard input before.
func (s *source) open(f files.File, env op.Env, stdin *files.Replay) (rowread.Rows, error) {
	text, err := s.format.Open(f, env, stdin)
	if err != nil {
		return nil, err
	}
	return &rows{text: text, layout: s.layout, columns: len(s.columns), scan: &scanner{
		src: text, file: f.Name, line: text.Line, eager: f.Stdin,
		comment: s.comment, skipBlank: s.skipBlank, chunk: s.chunk, longest: maxLine,
	}}, nil
}

var _ op.Source = (*source)(nil)
