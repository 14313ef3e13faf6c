package enginetest

import (
	"context"
	"io"
	"strings"
	"sync"
	"testing"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Rows are rows of a stream: the columns as "id:int|name:string", and the values of each
// row, separated in the same way; ~ is NULL, and lists, structs and maps are JSON.
type Rows struct {
	Columns string
	Values  []string
}

// FewRows are rows of several types, with NULLs and values that occur twice.
func FewRows() Rows {
	return Rows{Columns: "id:int|name:string|price:float|day:date", Values: []string{
		"1|tea|2.5|2024-02-29", "2|jam|~|2024-03-01", "3|~|0.25|~", "4|tea|2.5|2024-02-29", "5|rye|-1|1999-12-31", "6||1e+300|2024-03-01", "7|jam|4|~",
	}}
}

// source is the rows as a source.
func (r Rows) source(t testing.TB, name string) *rowSource {
	t.Helper()
	var fields []record.Field
	for column := range strings.SplitSeq(r.Columns, separator) {
		name, word, _ := strings.Cut(column, ":")
		typ, err := record.ParseType(word)
		if err != nil {
			t.Fatalf("column %q: %v", column, err)
		}
		fields = append(fields, record.Field{Name: name, Type: typ})
	}
	s := &rowSource{schema: record.NewSchema(fields...), origin: &record.Source{Name: name}}
	for _, line := range r.Values {
		words := strings.Split(line, separator)
		if len(words) != len(fields) {
			t.Fatalf("row %q has %d values instead of %d", line, len(words), len(fields))
		}
		var values []record.Value
		for i, word := range words {
			v, err := parse(fields[i].Type, word)
			if err != nil {
				t.Fatalf("row %q: %v", line, err)
			}
			values = append(values, v)
		}
		s.rows = append(s.rows, values)
	}
	return s
}

// separator stands between values, and between columns.
const separator = "|"

// null is what stands for NULL.
const null = "~"

func parse(t record.Type, word string) (record.Value, error) {
	switch {
	case word == null:
		return record.Value{}, nil
	case t.Kind == record.JSON:
		return record.TextValue(record.JSON, word), jsonvalue.Valid(word)
	case t.Kind == record.ListOf || t.Kind == record.Struct || t.Kind == record.MapOf:
		return jsonvalue.DecodeAs(word, t)
	}
	return record.Parse(t, word)
}

// rowSource is rows as a source, which is its own table.
type rowSource struct {
	schema *record.Schema
	rows   [][]record.Value
	origin *record.Source
}

func (s *rowSource) Static() *record.Schema                            { return s.schema }
func (s *rowSource) Paths() []op.Name                                  { return nil }
func (s *rowSource) Resolve(context.Context, op.Env) (op.Table, error) { return s, nil }
func (s *rowSource) Schema() *record.Schema                            { return s.schema }
func (s *rowSource) Close() error                                      { return nil }
func (s *rowSource) Open(_ context.Context, o op.ReadOptions) (op.Reader, error) {
	return &rowReader{rowSource: s, size: o.BatchRows}, nil
}

type rowReader struct {
	*rowSource
	size, next int
}

func (r *rowReader) RowsRead() int64 { return int64(r.next) }

func (r *rowReader) Read(ctx context.Context) (*record.Batch, error) {
	if err := context.Cause(ctx); err != nil {
		return nil, err
	}
	n := min(r.size, len(r.rows)-r.next)
	if n == 0 {
		return nil, io.EOF
	}
	made := record.NewBuilder(r.schema, n)
	for _, row := range r.rows[r.next : r.next+n] {
		for i, v := range row {
			made.Column(i).Append(v)
		}
	}
	b := made.Build().From(record.FromSource(r.origin, int64(r.next)+1))
	r.next += n
	return b, nil
}

// keep is a sink that keeps rows as text, those of all its writers.
type keep struct {
	mu   sync.Mutex
	rows []string
}

func (k *keep) Target() op.Name                { return op.Name{} }
func (k *keep) Check(*record.Schema) diag.List { return nil }
func (k *keep) Open(context.Context, op.Env, *record.Schema, op.WriteOptions) (op.Writer, error) {
	return &keeper{keep: k}, nil
}

// keeper keeps rows until Commit.
type keeper struct {
	*keep
	seen []string
}

func (k *keeper) Write(_ context.Context, b *record.Batch) (int, error) {
	for i := range b.Len() {
		var words []string
		for _, c := range b.Columns {
			word := null
			if !c.IsNull(i) {
				word = string(c.AppendText(nil, i))
			}
			words = append(words, word)
		}
		k.seen = append(k.seen, strings.Join(words, separator))
	}
	return b.Len(), nil
}
func (k *keeper) Flush(ctx context.Context) error { return context.Cause(ctx) }
func (k *keeper) Abort() error                    { return nil }
func (k *keeper) Commit() error {
	k.mu.Lock()
	defer k.mu.Unlock()
	k.rows = append(k.rows, k.seen...)
	return nil
}
