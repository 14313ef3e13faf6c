package nested

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// person is a column with structs in structs and a list, where anything may be NULL.
func person(t *rapid.T) record.Value {
	plain := func(label string) record.Value {
		if rapid.Bool().Draw(t, label) {
			return record.IntValue(rapid.Int64().Draw(t, label))
		}
		return record.Value{}
	}
	if rapid.IntRange(0, 4).Draw(t, "kind") == 0 {
		return record.Value{}
	}
	var tags record.Value
	if n := rapid.IntRange(-1, 2).Draw(t, "tags"); n >= 0 {
		items := make([]record.Value, n)
		for i := range items {
			items[i] = plain("tag")
		}
		tags = record.ListValue(items)
	}
	at := record.Value{}
	if rapid.Bool().Draw(t, "at") {
		at = record.StructValue([]record.Entry{{Name: "x", Value: plain("x")}, {Name: "[y]", Value: plain("y")}})
	}
	return record.StructValue([]record.Entry{{Name: "a.b", Value: at}, {Name: "tags", Value: tags}, {Name: "n", Value: plain("n")}})
}

// run runs a function over a batch.
func run(t *rapid.T, f expr.Func, b *record.Batch) *record.Batch {
	use := expr.Use{Role: expr.Map, In: b.Schema}
	out, problems := f.Resolve(use)
	if problems != nil {
		t.Fatal(problems)
	}
	use.Out = out
	r, err := f.Open(use)
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	res, err := r.Run(context.Background(), b)
	if err != nil || len(res.Failed) > 0 {
		t.Fatal(err, res.Failed)
	}
	return res.Batch
}

func texts(b *record.Batch) [][]string {
	out := [][]string{b.Schema.Names()}
	for row := range b.Len() {
		var cells []string
		for _, c := range b.Columns {
			cell := "NULL"
			if !c.IsNull(row) {
				cell = string(c.AppendText(nil, row))
			}
			cells = append(cells, cell)
		}
		out = append(out, cells)
	}
	return out
}

// What is flattened, put together and flattened again has the same columns and values.
func TestFlattenThereAndBack(t *testing.T) {
	t.Parallel()
	number := record.Of(record.Int)
	at := record.Type{Kind: record.Struct, Fields: []record.Field{{Name: "x", Type: number}, {Name: "[y]", Type: number}}}
	whole := record.Type{Kind: record.Struct, Fields: []record.Field{
		{Name: "a.b", Type: at}, {Name: "tags", Type: record.Type{Kind: record.ListOf, Elem: &number}}, {Name: "n", Type: number},
	}}
	in := record.NewSchema(record.Field{Name: "id", Type: number}, record.Field{Name: "p", Type: whole})
	parts, problems := partPaths([]op.Name{{Text: "p.tags[0]"}, {Text: "p.tags[1]"}})
	if problems != nil {
		t.Fatal(problems)
	}
	rapid.Check(t, func(t *rapid.T) {
		b := record.NewBuilder(in, 0)
		for i := range rapid.IntRange(1, 5).Draw(t, "rows") {
			b.Column(0).Append(record.IntValue(int64(i)))
			b.Column(1).Append(person(t))
			b.AppendOrigin(record.Origin{})
		}
		o := &flattenOptions{OnError: op.Fail, Parts: []op.Name{{Text: "p.tags[0]"}, {Text: "p.tags[1]"}}}
		flat := run(t, flatten(o, parts), b.Build())
		want := []string{"id", `p.a\.b.x`, `p.a\.b.\[y\]`, "p.tags[0]", "p.tags[1]", "p.n"}
		if d := cmp.Diff(want, flat.Schema.Names()); d != "" {
			t.Fatal(d)
		}
		back := run(t, unflatten(&unflattenOptions{}), flat)
		if !back.Schema.Equal(in) {
			t.Fatalf("the columns are %s", back.Schema)
		}
		if d := cmp.Diff(texts(flat), texts(run(t, flatten(o, parts), back))); d != "" {
			t.Fatal(d)
		}
	})
}
