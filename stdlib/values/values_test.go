package values

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/readopt"
)

// row is a key and a value that may be NULL.
type row struct {
	key   string
	value *int64
}

func (r row) String() string {
	if r.value == nil {
		return r.key + "=NULL"
	}
	return fmt.Sprint(r.key, "=", *r.value)
}

func drawRows(t *rapid.T) []row {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) row {
		r := row{key: rapid.SampledFrom([]string{"a", "b", ""}).Draw(t, "key")}
		if rapid.Bool().Draw(t, "given") {
			n := rapid.Int64Range(-3, 3).Draw(t, "n")
			r.value = &n
		}
		return r
	}), 0, 30).Draw(t, "rows")
}

func schema() *record.Schema {
	return record.NewSchema(record.Field{Name: "k", Type: record.Of(record.String)}, record.Field{Name: "v", Type: record.Of(record.Int)})
}

func batchOf(rows []row) *record.Batch {
	b := record.NewBuilder(schema(), len(rows))
	for _, r := range rows {
		b.Column(0).Append(record.StringValue(r.key))
		if r.value == nil {
			b.Column(1).AppendNull()
		} else {
			b.Column(1).Append(record.IntValue(*r.value))
		}
		b.AppendOrigin(record.Origin{})
	}
	return b.Build()
}

// runIn runs a function over rows in batches of the given size.
func runIn(t *rapid.T, f expr.Func, rows []row, size int) []string {
	use := expr.Use{Role: expr.Map, In: schema()}
	out, problems := f.Resolve(use)
	if err := problems.Err(); err != nil {
		t.Fatal(err)
	}
	use.Out = out
	runner, err := f.Open(use)
	if err != nil {
		t.Fatal(err)
	}
	defer runner.Close()
	var lines []string
	for len(rows) > 0 {
		n := min(size, len(rows))
		res, err := runner.Run(context.Background(), batchOf(rows[:n]))
		if err != nil || len(res.Failed) > 0 {
			t.Fatalf("%v %v", err, res.Failed)
		}
		for i := range res.Batch.Len() {
			var cells []string
			for _, c := range res.Batch.Columns {
				if c.IsNull(i) {
					cells = append(cells, "NULL")
				} else {
					cells = append(cells, string(c.AppendText(nil, i)))
				}
			}
			lines = append(lines, strings.Join(cells, " "))
		}
		rows = rows[n:]
	}
	return lines
}

// What keeps something from row to row does what a simple model does, in batches of
// any size.
func TestStateOverBatches(t *testing.T) {
	t.Parallel()
	column := func(name string) op.Name { return op.Name{Text: name} }
	rapid.Check(t, func(t *rapid.T) {
		rows, size := drawRows(t), rapid.IntRange(1, 7).Draw(t, "size")
		var filled, numbered []string
		last, count := map[string]string{}, map[string]int{}
		for _, r := range rows {
			value := strings.TrimPrefix(r.String(), r.key+"=")
			count[r.key]++
			numbered = append(numbered, fmt.Sprint(r.key, " ", value, " ", count[r.key]))
			if value != "NULL" {
				last[r.key] = value
			} else if known, ok := last[r.key]; ok {
				value = known
			}
			filled = append(filled, r.key+" "+value)
		}
		down := fillDown(&fillDownOptions{Columns: []op.Name{column("v")}, By: []op.Name{column("k")}})
		if d := cmp.Diff(filled, runIn(t, down, rows, size)); d != "" {
			t.Fatalf("fill_down: %s", d)
		}
		number := rowNumber(&rowNumberOptions{As: column("n"), By: []op.Name{column("k")}})
		if d := cmp.Diff(numbered, runIn(t, number, rows, size)); d != "" {
			t.Fatalf("row_number: %s", d)
		}
	})
}

// What convert writes as text it reads again, for all integers.
func TestConvertThereAndBack(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		pin := func(k record.Kind) *readopt.Pin { return &readopt.Pin{Type: record.Of(k)} }
		v := record.IntValue(rapid.Int64().Draw(t, "n"))
		text, err := convertValue(v, pin(record.String))
		if err != nil {
			t.Fatal(err)
		}
		back, err := convertValue(text, pin(record.Int))
		if err != nil || back.Int() != v.Int() {
			t.Fatalf("%d became %q and %v (%v)", v.Int(), text.Str(), back, err)
		}
		if f, err := convertValue(v, pin(record.Float)); err == nil && int64(f.Float()) != v.Int() {
			t.Fatalf("%d became the float %v", v.Int(), f.Float())
		}
	})
}
