package nested

import (
	"context"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Whatever lists there are and however many rows are enough for one run: each item
// gives its row, in order, and a failing row none.
func TestExplodeGivesEachItem(t *testing.T) {
	t.Parallel()
	in := record.NewSchema(record.Field{Name: "id", Type: record.Of(record.Int)}, record.Field{Name: "l", Type: record.Of(record.Any)})
	rapid.Check(t, func(t *rapid.T) {
		outer := rapid.Bool().Draw(t, "outer")
		o := &explodeOptions{
			Column: op.Name{Text: "l"}, Index: op.Name{Text: "n"}, Outer: outer,
			OnError: rapid.SampledFrom([]op.OnError{op.Fail, op.Reject, op.ToNull}).Draw(t, "on_error"),
		}
		rows := record.NewBuilder(in, 0)
		var want []string
		failed := 0
		n := rapid.IntRange(0, 20).Draw(t, "rows")
		for id := range n {
			rows.Column(0).Append(record.IntValue(int64(id)))
			rows.AppendOrigin(record.Origin{})
			none := func() {
				if outer {
					want = append(want, fmt.Sprint(id, " NULL NULL"))
				}
			}
			switch items := rapid.IntRange(-2, 4).Draw(t, "items"); items {
			case -2:
				rows.Column(1).Append(record.StringValue("no list"))
				if o.OnError == op.ToNull {
					none()
				} else if o.OnError == op.Reject || failed == 0 {
					failed++
				}
				if o.OnError == op.Fail {
					n = min(n, id)
				}
			case -1:
				rows.Column(1).AppendNull()
				none()
			default:
				var list []record.Value
				for i := range items {
					list = append(list, record.IntValue(int64(10*id+i)))
					want = append(want, fmt.Sprint(id, " ", 10*id+i, " ", i+1))
				}
				rows.Column(1).Append(record.ListValue(list))
				if items == 0 {
					none()
				}
			}
			if id == n {
				break // nothing behind the first failure is run
			}
		}
		got, gotFailed := explodeAll(t, o, in, rows.Build(), rapid.IntRange(1, 8).Draw(t, "enough"))
		if d := cmp.Diff(want, got); d != "" || gotFailed != failed {
			t.Fatalf("%d failed, want %d\n%s", gotFailed, failed, d)
		}
	})
}

// explodeAll runs an explode over a batch as the engine does.
func explodeAll(t *rapid.T, o *explodeOptions, in *record.Schema, b *record.Batch, enough int) (lines []string, failed int) {
	f := explode(o)
	use := expr.Use{Role: expr.FlatMap, In: in, Enough: enough, StopAtFailure: o.OnError == op.Fail}
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
	for b.Len() > 0 {
		res, err := r.Run(context.Background(), b)
		if err != nil {
			t.Fatal(err)
		}
		sum := 0
		for _, n := range res.Counts {
			sum += int(n)
		}
		if sum != res.Batch.Len() || len(res.Counts) == 0 && len(res.Failed) == 0 {
			t.Fatalf("%d rows were made, and %d counted", res.Batch.Len(), sum)
		}
		for i := range res.Batch.Len() {
			line := ""
			for _, c := range res.Batch.Columns {
				text := "NULL"
				if !c.IsNull(i) {
					text = string(c.AppendText(nil, i))
				}
				line += " " + text
			}
			lines = append(lines, line[1:])
		}
		if failed += len(res.Failed); len(res.Failed) > 0 && use.StopAtFailure {
			return lines, failed
		}
		b = b.Slice(len(res.Counts), b.Len())
	}
	return lines, failed
}
