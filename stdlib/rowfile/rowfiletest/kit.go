// Package rowfiletest helps to test sinks into files: it builds a sink from
// options as a script gives them, makes batches with and without source text,
// and takes a sink through its life.
package rowfiletest

import (
	"bytes"
	"context"
	"io"
	"strings"
	"testing"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Null stands for NULL in the rows of Raw.
const Null = "\x00null"

// At is the position of every option.
func At() diag.Pos { return diag.Pos{File: "job.lua", Line: 7, Col: 3} }

// Sink decodes options, given as names and values in turn, and builds the sink.
func Sink(tb testing.TB, spec *component.Spec, options ...any) op.Sink {
	tb.Helper()
	sink, problems := Build(spec, options...)
	if err := problems.Err(); err != nil {
		tb.Fatal(err)
	}
	return sink
}

// Build is Sink with the problems that were found.
func Build(spec *component.Spec, options ...any) (op.Sink, diag.List) {
	table := &component.Table{Pos: At()}
	for i := 0; i < len(options); i += 2 {
		table.Entries = append(table.Entries, component.Entry{
			Key: op.Name{Text: options[i].(string), Pos: At()}, Value: component.Value{X: options[i+1], Pos: At()},
		})
	}
	decoded, problems := spec.Decode([]component.Value{{X: table, Pos: At()}}, At())
	if len(problems) > 0 {
		return nil, problems
	}
	operator, problems := spec.Build(decoded)
	if len(problems) > 0 {
		return nil, problems
	}
	return operator.(*op.Write).Sink, nil
}

// Run opens the sink, writes the batches and commits. When anything fails it
// aborts and returns the first error. It checks that every row was counted.
func Run(tb testing.TB, sink op.Sink, env op.Env, opts op.WriteOptions, schema *record.Schema, batches ...*record.Batch) error {
	tb.Helper()
	ctx := context.Background()
	w, err := sink.Open(ctx, env, schema, opts)
	if err != nil {
		return err
	}
	if err = write(ctx, tb, w, opts, batches); err == nil {
		err = w.Flush(ctx)
	}
	if err == nil {
		err = w.Commit()
	}
	if err != nil {
		if aborted := w.Abort(); aborted != nil {
			tb.Error(aborted)
		}
	}
	return err
}

func write(ctx context.Context, tb testing.TB, w op.Writer, opts op.WriteOptions, batches []*record.Batch) error {
	tb.Helper()
	for _, b := range batches {
		n, err := w.Write(ctx, b)
		if err != nil {
			return err
		}
		if n != b.Len() && opts.Reject == nil {
			tb.Errorf("wrote %d of %d rows", n, b.Len())
		}
	}
	return nil
}

// String runs the sink, whose path must be "-", and returns what it wrote.
func String(tb testing.TB, sink op.Sink, schema *record.Schema, batches ...*record.Batch) (string, error) {
	tb.Helper()
	var out bytes.Buffer
	err := Run(tb, sink, op.Env{Stdout: &out, Stdin: io.MultiReader()}, op.WriteOptions{}, schema, batches...)
	return out.String(), err
}

// Typed is a batch of decoded values without source text, one row after the
// other.
func Typed(schema *record.Schema, rows ...[]record.Value) *record.Batch {
	columns := make([]*record.Column, schema.Len())
	for c := range columns {
		kind := schema.Field(c).Type.Kind
		v := record.NewVector(kind, len(rows))
		for i, row := range rows {
			v.Set(kind, i, len(rows), row[c])
		}
		columns[c] = record.NewColumn(schema.Field(c).Type, len(rows), v)
	}
	return record.NewBatch(schema, len(rows), columns, record.FromSource(&record.Source{Name: "in.csv"}, 1))
}

// Raw is a batch of undecoded fields with the given texts. A text with a quote
// counts as escaped, as in a CSV file.
func Raw(schema *record.Schema, rows ...[]string) *record.Batch {
	block := &record.Block{Columns: schema.Len()}
	for _, row := range rows {
		for _, text := range row {
			block.Spans = append(block.Spans, span(block, text))
		}
	}
	columns := make([]*record.Column, schema.Len())
	for c := range columns {
		t := schema.Field(c).Type
		columns[c] = record.NewRawColumn(t, record.NewRaw(block, c, 0, len(rows), decoder{t}))
	}
	return record.NewBatch(schema, len(rows), columns, record.FromSource(&record.Source{Name: "in.csv"}, 1))
}

func span(block *record.Block, text string) record.Span {
	s := record.Span{Start: uint32(len(block.Data))}
	switch {
	case text == Null:
		s.Flags = record.Missing
	case strings.Contains(text, `"`):
		s.Flags = record.Quoted | record.Escaped
		block.Data = append(block.Data, strings.ReplaceAll(text, `"`, `""`)...)
	default:
		block.Data = append(block.Data, text...)
	}
	s.End = uint32(len(block.Data))
	return s
}

// decoder decodes the fields of Raw.
type decoder struct{ t record.Type }

// IsNull implements record.Decoder.
func (d decoder) IsNull(f record.RawField) bool { return f.Flags&record.Missing != 0 }

// Text implements record.Decoder.
func (d decoder) Text(f record.RawField) string {
	return strings.ReplaceAll(string(f.Bytes), `""`, `"`)
}

// Decode implements record.Decoder.
func (d decoder) Decode(raw *record.Raw, v *record.Vector) error {
	for i := range raw.Len() {
		if raw.IsNull(i) {
			v.SetNull(i, raw.Len())
			continue
		}
		x, err := record.Parse(d.t, raw.Text(i))
		if err != nil {
			return &record.ValueError{Row: i, Value: raw.Text(i), Want: d.t, Reason: err.Error()}
		}
		v.Set(d.t.Kind, i, raw.Len(), x)
	}
	return nil
}
