package row

import (
	"strings"
	"testing"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// rowsTest wants so many rows, and no row with an id of 1000 or more. want 0 is any
// number.
type rowsTest struct{ want int }

func (*rowsTest) Check(*record.Schema) diag.List      { return nil }
func (*rowsTest) Reads() []string                     { return []string{"id"} }
func (r *rowsTest) Start(in *record.Schema) op.Tester { return &rowsTester{test: r} }

type rowsTester struct {
	test *rowsTest
	n    int
}

func (r *rowsTester) Take(b *record.Batch) (int, error) {
	for i := range b.Len() {
		if v, err := b.Column("id").Value(i); err != nil || v.Int() >= 1000 {
			return i, diag.Errorf("test.row", diag.Pos{}, "row %d is bad", r.n+1)
		}
		r.n++
	}
	return 0, nil
}

func (*rowsTester) Bytes() int64 { return 0 }

func (r *rowsTester) End() error {
	if r.test.want > 0 && r.n != r.test.want {
		return diag.Errorf("test.rows", diag.Pos{}, "%d rows, not %d", r.n, r.test.want)
	}
	return nil
}

// An assertion sees the whole stream, whatever limits stand behind it, in the same
// stage or another one.
func TestAssertSeesTheEnd(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		lines []string
		want  int
		err   string
		out   int
	}{
		{"all", numbers(300, "a"), 300, "", 300},
		{"too few", numbers(300, "a"), 301, "tested: 300 rows, not 301", 0},
		{"a bad row", append(numbers(100, "a"), "1000,b", "5,c"), 0, "tested: row 101 is bad", 0},
	} {
		for _, behind := range []string{"nothing", "a limit", "two limits", "a limit in another stage", "a limit before it"} {
			t.Run(c.name+", behind it "+behind, func(t *testing.T) {
				t.Parallel()
				for _, o := range options() {
					g := newGraph()
					in := g.scan(text("in", "id:int,name:string", c.lines...))
					want := c.want
					if behind == "a limit before it" {
						in = g.add("few", &op.Limit{N: 7}, in)
						if want > 0 {
							want = 7 + want - 300
						}
					}
					s := g.add("tested", &op.Assert{Test: &rowsTest{want: want}}, in)
					out := c.out
					switch behind {
					case "two limits":
						s = g.add("nine", &op.Limit{N: 9}, s)
						fallthrough
					case "a limit":
						s, out = g.add("five", &op.Limit{N: 5}, s), min(out, 5)
					case "a limit in another stage":
						s, out = g.add("five", &op.Limit{N: 5}, g.add("union", &op.Union{}, s, g.scan(text("other", "id:int,name:string")))), min(out, 5)
					case "a limit before it":
						out = min(out, 7)
					}
					g.write(s, "out")
					got := g.execute(t, o, &Executor{}, &rejectLog{})
					if v := got.ledger.Check(); v != nil {
						t.Fatalf("options %+v: %v", o, v)
					}
					err := c.err
					if behind == "a limit before it" {
						switch c.name {
						case "too few":
							err = "tested: 7 rows, not 8"
						case "a bad row":
							err, out = "", 7
						}
					}
					if err == "" != (got.err == nil) || got.err != nil && !strings.HasSuffix(got.err.Error(), err) {
						t.Fatalf("options %+v: %v, not %q", o, got.err, err)
					}
					if err == "" && len(got.lines["out"]) != out {
						t.Fatalf("options %+v: %d rows, not %d", o, len(got.lines["out"]), out)
					}
				}
			})
		}
	}
}
