package row

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

func TestJoin(t *testing.T) {
	t.Parallel()
	left := []string{"1,x,l1", ",x,l2", "03,y,l3", "4,z,l4", "3,y,l5"}
	right := []string{"3,y,r1", "1,x,r2", "03,y,r3", ",x,r4", "9,q,r5"}
	for how, want := range map[op.JoinKind][]string{
		op.Inner: {"1,x,l1,r2", "03,y,l3,r1", "03,y,l3,r3", "3,y,l5,r1", "3,y,l5,r3"},
		op.LeftJ: {"1,x,l1,r2", "~,x,l2,~", "03,y,l3,r1", "03,y,l3,r3", "4,z,l4,~", "3,y,l5,r1", "3,y,l5,r3"},
		op.RightJ: {
			"1,x,l1,r2", "03,y,l3,r1", "03,y,l3,r3", "3,y,l5,r1", "3,y,l5,r3",
			"~,x,~,r4", "9,q,~,r5",
		},
		op.Full: {
			"1,x,l1,r2", "~,x,l2,~", "03,y,l3,r1", "03,y,l3,r3", "4,z,l4,~", "3,y,l5,r1", "3,y,l5,r3",
			"~,x,~,r4", "9,q,~,r5",
		},
		op.Semi: {"1,x,l1", "03,y,l3", "3,y,l5"},
		op.Anti: {"~,x,l2", "4,z,l4"},
	} {
		t.Run(string(how), func(t *testing.T) {
			t.Parallel()
			got := runAll(t, func(g *graph) {
				l := g.scan(text("left", "id:int,k:string,v:string", left...))
				r := g.scan(text("right", "id:int,k:string,w:string", right...))
				g.write(g.add("join", joinOn(how, "id", "k"), l, r), "out")
			})
			if d := cmp.Diff(want, got.lines["out"]); d != "" || got.err != nil {
				t.Errorf("error %v, diff %s", got.err, d)
			}
		})
	}
}

// Keys of different names, and columns that both sides have.
func TestJoinNames(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		l := g.scan(text("left", "v:string,a:int", "l1,1", "l2,2"))
		r := g.scan(text("right", "b:int,v:string", "2,r2", "3,r3"))
		j := &op.Join{Left: names("a"), Right: names("b"), How: op.Full, Suffix: "_r"}
		g.write(g.add("join", j, l, r), "out")
	})
	if d := cmp.Diff([]string{"l1,1,~", "l2,2,r2", "~,3,r3"}, got.lines["out"]); d != "" {
		t.Error(d)
	}
	if s := got.plan.Nodes[2].Schema.String(); s != "v string, a int, v_r string" {
		t.Error(s)
	}
}

func TestJoinMatchOne(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		l := g.scan(text("left", "id:int", "1", "2", "3", "4"))
		r := g.scan(text("right", "id:int,w:string", "1,a", "3,b", "3,c"))
		j := joinOn(op.LeftJ, "id")
		j.One = true
		g.write(g.add("join", j, l, r), "out")
	})
	var d *diag.Diagnostic
	if !errors.As(got.err, &d) || d.Code != "join.many" || d.Component != "join" || d.Attempt != 1 ||
		len(d.Notes) != 1 || d.Notes[0].Text != "row 3 of left" {
		t.Errorf("%+v", d)
	}
}

// TestJoinProperty compares joins with a nested loop.
func TestJoinProperty(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		side := func(label string) []string {
			keys := rapid.SliceOfN(rapid.SampledFrom([]string{"1", "2", "3", "4", ""}), 0, 12).Draw(rt, label)
			for i := range keys {
				keys[i] += fmt.Sprintf(",%s%d", label, i)
			}
			return keys
		}
		left, right := side("l"), side("r")
		how := rapid.SampledFrom([]op.JoinKind{op.Inner, op.LeftJ, op.RightJ, op.Full, op.Semi, op.Anti}).Draw(rt, "how")
		g := newGraph()
		l, r := g.scan(text("left", "id:int,v:string", left...)), g.scan(text("right", "id:int,w:string", right...))
		g.write(g.add("join", joinOn(how, "id"), l, r), "out")
		got := g.execute(t, plan.Options{Workers: 1, BatchRows: rapid.IntRange(1, 4).Draw(rt, "batch")}, &Executor{}, &rejectLog{})
		if v := got.ledger.Check(); got.err != nil || v != nil {
			rt.Fatal(got.err, v)
		}
		if d := cmp.Diff(nestedLoop(left, right, how), append([]string{}, got.lines["out"]...)); d != "" {
			rt.Fatal(d)
		}
	})
}

func nestedLoop(left, right []string, how op.JoinKind) []string {
	out := []string{}
	met := make([]bool, len(right))
	null := func(s string) string {
		if s == "" {
			return "~"
		}
		return s
	}
	for _, l := range left {
		key, v, _ := strings.Cut(l, ",")
		matched := false
		for i, r := range right {
			other, w, _ := strings.Cut(r, ",")
			if key == "" || key != other {
				continue
			}
			if met[i] = true; how != op.Semi && how != op.Anti {
				out = append(out, key+","+v+","+w)
			}
			matched = true
		}
		switch {
		case matched && how == op.Semi, !matched && how == op.Anti:
			out = append(out, null(key)+","+v)
		case !matched && (how == op.LeftJ || how == op.Full):
			out = append(out, null(key)+","+v+",~")
		}
	}
	for i, r := range right {
		key, w, _ := strings.Cut(r, ",")
		if !met[i] && (how == op.RightJ || how == op.Full) {
			out = append(out, null(key)+",~,"+w)
		}
	}
	return out
}

func TestSort(t *testing.T) {
	t.Parallel()
	lines := []string{"1.50,b,1", "NaN,a,2", ",c,3", "-2,B,4", "1.5,a,5", "+Inf,,6", "10,b,7"}
	for _, c := range []struct {
		name string
		sort *op.Sort
		want string // the ids
	}{
		{"ascending", sortBy("f"), "4 1 5 7 6 2 3"},
		{"descending", sortBy("-f"), "6 7 1 5 4 2 3"},
		{"bytewise", sortBy("s"), "4 2 5 1 7 3 6"},
		{"two keys", sortBy("-s", "f"), "3 1 7 5 2 4 6"},
		{"NULLs first", &op.Sort{Keys: []op.SortKey{{Column: op.Name{Text: "f"}, NullsFirst: true}}}, "3 4 1 5 7 6 2"},
		{"no key", &op.Sort{}, "1 2 3 4 5 6 7"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := runAll(t, func(g *graph) {
				g.write(g.add("sort", c.sort, g.scan(text("in", "f:float,s:string,id:int", lines...))), "out")
			})
			var ids, want []string
			for _, l := range got.lines["out"] {
				ids = append(ids, l[strings.LastIndex(l, ",")+1:])
			}
			if strings.Join(ids, " ") != c.want {
				t.Errorf("got %v, want %s", ids, c.want)
			}
			for _, l := range lines {
				l, rest, _ := strings.Cut(l, ",")
				s, id, _ := strings.Cut(rest, ",")
				want = append(want, strings.Join([]string{or(l), or(s), id}, ","))
			}
			slices.Sort(want)
			slices.Sort(got.lines["out"])
			if d := cmp.Diff(want, got.lines["out"]); d != "" {
				t.Errorf("source text: %s", d)
			}
		})
	}
}

func or(s string) string {
	if s == "" {
		return "~"
	}
	return s
}

func aggregateOf(by []string, columns ...op.AggregateColumn) *op.Aggregate {
	for i := range columns {
		columns[i].Name.Text = fmt.Sprint("c", i)
	}
	return &op.Aggregate{By: names(by...), Columns: columns, OnError: op.Fail}
}

func of(kind op.AggregateKind, column string) op.AggregateColumn {
	return op.AggregateColumn{Kind: kind, Input: op.Name{Text: column}}
}

func allOf(column string) []op.AggregateColumn {
	out := []op.AggregateColumn{{Kind: op.Count}}
	for _, k := range op.AggregateKinds() {
		out = append(out, of(k, column))
	}
	return out
}

func TestAggregate(t *testing.T) {
	t.Parallel()
	// count(), then count, count_distinct, sum, min, max, mean, median, std, var, first, last
	for _, c := range []struct {
		name   string
		header string
		lines  []string
		op     *op.Aggregate
		want   []string
	}{
		{
			"ints", "k:string,v:int",
			[]string{"b,007", "a,2", "b,3", ",5", "a,", "b,7", ",+6", "b,6"},
			aggregateOf([]string{"k"}, allOf("v")...),
			[]string{
				"b,4,4,3,23,3,007,5.75,6.5,1.8929694486000912,3.5833333333333335,007,6",
				"a,2,1,1,2,2,2,2,2,~,~,2,2",
				"~,2,2,2,11,5,+6,5.5,5.5,0.7071067811865476,0.5,5,+6",
			},
		},
		{
			"floats", "v:float",
			[]string{"1.50", "", "-2", "1.5"},
			aggregateOf(nil, allOf("v")...),
			[]string{"4,3,2,1,-2,1.50,0.3333333333333333,1.5,2.0207259421636903,4.083333333333333,1.50,1.5"},
		},
		{"no rows, no by", "v:int", nil, aggregateOf(nil, allOf("v")...), []string{"0,0,0,~,~,~,~,~,~,~,~,~"}},
		{"no rows", "v:int", nil, aggregateOf([]string{"v"}, of(op.Sum, "v")), nil},
		{
			"strings", "v:string",
			[]string{"b", "", "a", "C", "b"},
			aggregateOf(nil, of(op.Count, "v"), of(op.CountDistinct, "v"), of(op.Min, "v"), of(op.Max, "v"), of(op.First, "v"), of(op.Last, "v")),
			[]string{"4,3,C,b,b,b"},
		},
		{
			"keys keep their text", "k:int,f:float,v:int",
			[]string{"01,1.0,1", "1,1,2", "2,+2,3"},
			aggregateOf([]string{"k", "f"}, of(op.Sum, "v")),
			[]string{"01,1.0,3", "2,+2,3"},
		},
		{
			"big means are exact", "v:int",
			[]string{"9223372036854775807", "9223372036854775807", "-9223372036854775807", "-9223372036854775804"},
			aggregateOf(nil, of(op.Mean, "v")),
			[]string{"0.75"},
		},
		{
			"negative means", "v:int",
			[]string{"-9223372036854775808", "-9223372036854775808"},
			aggregateOf(nil, of(op.Mean, "v")),
			[]string{"-9223372036854776000"},
		},
		{
			"decimals", "k:string,v:decimal(12 2)",
			[]string{"a,19.90", "b,", "a,19.9", "a,0.10", "a,-1", "b,"},
			aggregateOf([]string{"k"}, allOf("v")...),
			[]string{
				"a,4,4,3,38.90,-1,19.90,9.7250000000000000000000000000,10.000,11.757657079537571,138.24249999999998,19.90,-1",
				"b,2,0,0,~,~,~,~,~,~,~,~,~",
			},
		},
		{
			"decimals beyond floats", "v:decimal(38 2)",
			[]string{"900000000000000000000000000000.01", "-0.02", "0.02"},
			aggregateOf(nil, of(op.Sum, "v"), of(op.Mean, "v"), of(op.Median, "v"), of(op.Max, "v")),
			[]string{"900000000000000000000000000000.01,300000000000000000000000000000.00333333,0.020,900000000000000000000000000000.01"},
		},
		{
			"decimals whose partial sums are too large", "v:decimal(38 0)",
			[]string{"90000000000000000000000000000000000000", "90000000000000000000000000000000000000", "-90000000000000000000000000000000000001"},
			aggregateOf(nil, of(op.Sum, "v")),
			[]string{"89999999999999999999999999999999999999"},
		},
		{
			"decimals as keys", "k:decimal(5 2),v:int",
			[]string{"1.50,1", "1.5,2", "01.5,4", ",8", "1,16"},
			aggregateOf([]string{"k"}, of(op.Sum, "v")),
			[]string{"1.50,7", "~,8", "1,16"},
		},
		{
			"intervals", "v:interval",
			[]string{"PT90M", "", "-PT1S", "PT2562047786H"},
			aggregateOf(nil, of(op.Sum, "v"), of(op.Min, "v"), of(op.Max, "v"), of(op.CountDistinct, "v")),
			[]string{"PT2562047787H29M59S,-PT1S,PT2562047786H,3"},
		},
		{"uints", "v:uint", []string{"18446744073709551614", "1"}, aggregateOf(nil, of(op.Sum, "v"), of(op.Mean, "v")), []string{"18446744073709551615,9223372036854776000"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			got := runAll(t, func(g *graph) {
				g.write(g.add("aggregate", c.op, g.scan(text("in", c.header, c.lines...))), "out")
			})
			if d := cmp.Diff(c.want, got.lines["out"]); d != "" || got.err != nil {
				t.Errorf("error %v, diff %s", got.err, d)
			}
		})
	}
}

func TestAggregateOverflow(t *testing.T) {
	t.Parallel()
	for header, lines := range map[string][]string{
		"v:int":           {"1", "9223372036854775807", "5"},
		"v:uint":          {"1", "18446744073709551615", "5"},
		"v:decimal(38 0)": {"99999999999999999999999999999999999999", "1"},
		"v:decimal(38 2)": {"999999999999999999999999999999999999.99", "0.01"}, // 37 digits, but two belong behind the point
		"v:interval":      {"PT2562047788H", "PT2562047788H"},
	} {
		got := runAll(t, func(g *graph) {
			g.write(g.add("aggregate", aggregateOf(nil, of(op.Sum, "v")), g.scan(text("in", header, lines...))), "out")
		})
		var d *diag.Diagnostic
		if !errors.As(got.err, &d) || d.Code != "aggregate.overflow" || d.Component != "aggregate" {
			t.Errorf("%v", got.err)
		}
	}
}

// TestSumsAreExact adds numbers whose partial sums are beyond 64 bits while the
// sum is not.
func TestSumsAreExact(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		in := g.scan(text("in", "v:int", "9223372036854775807", "1", "-5", "-9223372036854775808", "-3"))
		g.write(g.add("aggregate", aggregateOf(nil, of(op.Sum, "v")), in), "out")
	})
	if diff := cmp.Diff([]string{"-8"}, got.lines["out"]); diff != "" || got.err != nil {
		t.Errorf("%v %s", got.err, diff)
	}
}

func TestAggregateOfMixedValues(t *testing.T) {
	t.Parallel()
	mixed := &fn{out: record.Of(record.Any), value: func(row fields) (record.Value, error) {
		switch n := row("v").Int(); n {
		case 1:
			return record.IntValue(1), nil
		case 2:
			return record.FloatValue(0.5), nil
		default:
			return record.StringValue("three"), nil
		}
	}}
	sum := func(kinds ...op.AggregateKind) *op.Aggregate {
		var columns []op.AggregateColumn
		for _, k := range kinds {
			columns = append(columns, op.AggregateColumn{Kind: k, Func: mixed})
		}
		return aggregateOf(nil, columns...)
	}
	got := runAll(t, func(g *graph) {
		g.write(g.add("aggregate", sum(op.Sum, op.Min, op.Mean, op.Last), g.scan(text("in", "v:int", "1", "2"))), "out")
	})
	if d := cmp.Diff([]string{"1.5,0.5,0.75,0.5"}, got.lines["out"]); d != "" || got.err != nil {
		t.Errorf("error %v, diff %s", got.err, d)
	}
	for _, k := range []op.AggregateKind{op.Sum, op.Mean, op.Median, op.Std} {
		got = runAll(t, func(g *graph) {
			g.write(g.add("aggregate", sum(k), g.scan(text("in", "v:int", "1", "3"))), "out")
		})
		if want := fmt.Sprintf("%s takes numbers, not a value of type string", k); got.err == nil || !strings.Contains(got.err.Error(), want) {
			t.Errorf("error %v, want %s", got.err, want)
		}
	}
}

// Values of an any column: decimals mix with whole numbers, not with floats, and
// intervals with nothing.
func TestSumsOfMixedKinds(t *testing.T) {
	t.Parallel()
	half, err := record.ParseDecimal("0.5")
	if err != nil {
		t.Fatal(err)
	}
	values := map[int64]record.Value{
		1: record.IntValue(-3), 2: record.UintValue(math.MaxUint64), 3: record.DecimalValue(half), 4: record.FloatValue(0.25),
		5: record.TemporalValue(record.Interval, 1e6),
	}
	mixed := &fn{out: record.Of(record.Any), value: func(row fields) (record.Value, error) { return values[row("v").Int()], nil }}
	for _, c := range []struct {
		rows      []string
		sum, mean string
		err       string
	}{
		{rows: []string{"1", "2", "3"}, sum: "18446744073709551612.5", mean: "6148914691236517000"},
		{rows: []string{"3", "2", "1"}, sum: "18446744073709551612.5", mean: "6148914691236517000"},
		{rows: []string{"1", "1", "3"}, sum: "-5.5", mean: "-1.8333333333333333"},
		{rows: []string{"3", "4"}, err: "sum cannot add a value of type float to those of type decimal"},
		{rows: []string{"4", "3"}, err: "sum cannot add a value of type decimal to those of type float"},
		{rows: []string{"5", "1"}, err: "sum cannot add a value of type int to those of type interval"},
	} {
		o := aggregateOf(nil, op.AggregateColumn{Kind: op.Sum, Func: mixed}, op.AggregateColumn{Kind: op.Mean, Func: mixed})
		if c.err != "" {
			o.Columns = o.Columns[:1]
		}
		got := runAll(t, func(g *graph) {
			g.write(g.add("aggregate", o, g.scan(text("in", "v:int", c.rows...))), "out")
		})
		if c.err != "" {
			if got.err == nil || !strings.Contains(got.err.Error(), c.err) {
				t.Errorf("%v: error %v, want %s", c.rows, got.err, c.err)
			}
			continue
		}
		if d := cmp.Diff([]string{c.sum + "," + c.mean}, got.lines["out"]); d != "" || got.err != nil {
			t.Errorf("%v: error %v, diff %s", c.rows, got.err, d)
		}
	}
}

// Decimals sort by size and join by number; the text that they came as stays.
func TestDecimalsSortAndJoin(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		l := g.scan(text("left", "k:decimal(5 2),v:string", "10,a", "9.50,b", "-1,c", ",d", "9.5,e"))
		r := g.scan(text("right", "k:decimal(5 2),w:string", "9.500,x", "10.0,y"))
		g.write(g.add("join", joinOn(op.LeftJ, "k"), g.add("sort", sortBy("k"), l), r), "out")
	})
	want := []string{"-1,c,~", "9.50,b,x", "9.5,e,x", "10,a,y", "~,d,~"}
	if d := cmp.Diff(want, got.lines["out"]); d != "" || got.err != nil {
		t.Errorf("error %v, diff %s", got.err, d)
	}
}

// Sums of floats are those of the input's order, whatever the workers.
func TestFloatSumsAreInOrder(t *testing.T) {
	t.Parallel()
	var lines []string
	for i := range 500 {
		lines = append(lines, fmt.Sprintf("%d,%de-%d", i, i*7919%1000, i%17))
	}
	got := runAll(t, func(g *graph) {
		s := g.add("even", even("id"), g.scan(text("in", "id:int,v:float", lines...)))
		g.write(g.add("aggregate", aggregateOf(nil, of(op.Sum, "v"), of(op.Std, "v")), s), "out")
	})
	if got.err != nil || len(got.lines["out"]) != 1 {
		t.Error(got.err, got.lines)
	}
}

func TestUnionFill(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		a := g.scan(text("a", "x:int,y:string", "01,a", "2,"))
		b := g.scan(text("b", "z:float,x:int", "1.50,3", ",4"))
		g.write(g.add("union", &op.Union{Fill: true}, a, b), "out")
	})
	if d := cmp.Diff([]string{"01,a,~", "2,~,~", "3,~,1.50", "4,~,~"}, got.lines["out"]); d != "" {
		t.Error(d)
	}
}

// odd fails for odd numbers.
func odd(n int64) error {
	if n%2 == 1 {
		return diag.Errorf("test.odd", diag.Pos{File: "job.lua", Line: 9}, "%d is odd", n)
	}
	return nil
}

func withPolicy(o op.Operator, p op.OnError) op.Operator {
	switch o := o.(type) {
	case *op.Filter:
		o.OnError = p
	case *op.Map:
		o.OnError = p
	case *op.Aggregate:
		o.OnError = p
	}
	return o
}

func failing() map[string]op.Operator {
	return map[string]op.Operator{
		"filter": keep("id", func(n int64) (bool, error) { return true, odd(n) }),
		"map":    compute("x", "id", func(n int64) (int64, error) { return n, odd(n) }),
		"aggregate": &op.Aggregate{By: names("name"), Columns: []op.AggregateColumn{
			{Name: op.Name{Text: "n"}, Kind: op.Count},
			{Name: op.Name{Text: "sum"}, Kind: op.Sum, Func: &fn{out: record.Of(record.Int), value: func(row fields) (record.Value, error) {
				return row("id"), odd(row("id").Int())
			}}},
		}},
	}
}

func TestOnError(t *testing.T) {
	t.Parallel()
	rejects := func(node string) []string {
		return []string{node + ": 1 is odd: 1,a (row 1)", node + ": 3 is odd: 3,a (row 3)", node + ": 5 is odd: 5,b (row 5)"}
	}
	for _, c := range []struct {
		node    string
		policy  op.OnError
		lines   []string
		rejects []string
	}{
		{"filter", op.Reject, []string{"2,b", "4,a", "6,c"}, rejects("filter")},
		{"filter", op.ToNull, []string{"2,b", "4,a", "6,c"}, nil},
		{"map", op.Reject, []string{"2,b,2", "4,a,4", "6,c,6"}, rejects("map")},
		{"map", op.ToNull, []string{"1,a,~", "2,b,2", "3,a,~", "4,a,4", "5,b,~", "6,c,6"}, nil},
		{"aggregate", op.Reject, []string{"b,1,2", "a,1,4", "c,1,6"}, rejects("aggregate")},
		{"aggregate", op.ToNull, []string{"a,3,4", "b,2,2", "c,1,6"}, nil},
	} {
		t.Run(c.node+" "+string(c.policy), func(t *testing.T) {
			t.Parallel()
			got := runAll(t, func(g *graph) {
				s := g.scan(text("in", "id:int,name:string", "1,a", "2,b", "3,a", "4,a", "5,b", "6,c"))
				g.write(g.add(c.node, withPolicy(failing()[c.node], c.policy), s), "out")
			})
			if d := cmp.Diff(c.lines, got.lines["out"]); d != "" || got.err != nil {
				t.Errorf("error %v, diff %s", got.err, d)
			}
			if d := cmp.Diff(c.rejects, got.rejects); d != "" {
				t.Error(d)
			}
			if n := got.counts(t, c.node)["rejected"]; n != int64(len(c.rejects)) {
				t.Errorf("%d rejected", n)
			}
		})
	}
}

func TestOnErrorFail(t *testing.T) {
	t.Parallel()
	for node, o := range failing() {
		got := runAll(t, func(g *graph) {
			s := g.scan(text("in", "id:int,name:string", "2,a", "4,b", "5,b", "7,c"))
			g.write(g.add(node, withPolicy(o, op.Fail), s), "out")
		})
		var d *diag.Diagnostic
		if !errors.As(got.err, &d) || d.Code != "test.odd" || d.Component != node || d.Attempt != 1 || d.Pos.Line != 9 ||
			d.Message != "5 is odd" || d.Notes[0].Text != "row 3 of in" {
			t.Errorf("%s: %+v", node, d)
		}
	}
}

// Rejects may be a stream, and so may dropped rows.
func TestPorts(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		src := text("in", "id:int,name:string", "1,a", "2,b", "bad", "4,d", "5,e", "6,f")
		src.rejectAt = map[int]bool{3: true}
		s := g.scan(src)
		f := g.add("filter", withPolicy(keep("id", func(n int64) (bool, error) {
			if n == 5 {
				return false, errors.New("five")
			}
			return n%2 == 0, nil
		}), op.Reject), s)
		g.write(f, "kept")
		for _, port := range []string{job.PortDropped, job.PortRejects} {
			sink := &sink{target: port}
			g.sinks[port] = sink
			g.addEdges(port, &op.Write{Sink: sink}, job.Edge{From: f, Port: port})
		}
		sink := &sink{target: "refused"}
		g.sinks["refused"] = sink
		g.addEdges("refused", &op.Write{Sink: sink}, job.Edge{From: s, Port: job.PortRejects})
	})
	want := map[string][]string{
		"kept": {"2,b", "4,d", "6,f"}, "dropped": {"1,a"},
		"rejects": {"5,e,filter,function.failed,five,in,5,~,~,~,~"},
		"refused": {"~,~,in,test.reject,refused,in,3,~,~,~,bad"},
	}
	if d := cmp.Diff(want, got.lines); d != "" || got.err != nil {
		t.Errorf("error %v, diff %s", got.err, d)
	}
}

// Only the dropped rows are wanted.
func TestDroppedAlone(t *testing.T) {
	t.Parallel()
	got := runAll(t, func(g *graph) {
		f := g.add("filter", even("id"), g.scan(text("in", "id:int,name:string", numbers(9, "a")...)))
		limit := g.addEdges("limit", &op.Limit{N: 3}, job.Edge{From: f, Port: job.PortDropped})
		g.write(limit, "out")
	})
	if d := cmp.Diff([]string{"1,a", "3,a", "5,a"}, got.lines["out"]); d != "" {
		t.Error(d)
	}
}

func TestSourceRejectsAndFails(t *testing.T) {
	t.Parallel()
	broken := func(failAt int) *source {
		s := text("in", "id:int,name:string", numbers(40, "a")...)
		s.failAt, s.rejectAt = failAt, map[int]bool{}
		for i := 5; i <= 20; i++ {
			s.rejectAt[i] = true
		}
		return s
	}
	got := runAll(t, func(g *graph) { g.write(g.add("all", keep("id", all), g.scan(broken(0))), "out") })
	if len(got.lines["out"]) != 24 || len(got.rejects) != 16 || got.err != nil {
		t.Errorf("%d lines, %d rejects, error %v", len(got.lines["out"]), len(got.rejects), got.err)
	}
	got = runAll(t, func(g *graph) { g.write(g.add("all", keep("id", all), g.scan(broken(30))), "out") })
	if got.err == nil || got.err.Error() != "job.lua:1: in: row 30 of in is broken" {
		t.Error(got.err)
	}
}

func TestRejectsThatCannotBeStored(t *testing.T) {
	t.Parallel()
	for _, o := range options() {
		g := newGraph()
		s := g.scan(text("in", "id:int,name:string", numbers(400, "a")...))
		g.write(g.add("filter", withPolicy(failing()["filter"], op.Reject), s), "out")
		got := g.execute(t, o, &Executor{}, &rejectLog{most: 10})
		if got.err == nil || got.err.Error() != "job.lua:2: filter: too many rejects" {
			t.Error(got.err)
		}
	}
}

func TestSinkRejectsAndFails(t *testing.T) {
	t.Parallel()
	write := func(g *graph, policy op.OnError) *sink {
		s := &sink{target: "out"}
		g.sinks["out"] = s
		g.add("out", &op.Write{Sink: s, OnError: policy}, g.scan(text("in", "id:int", "1", "2", "3", "4", "5")))
		return s
	}
	got := runAll(t, func(g *graph) { write(g, op.Reject).rejectAt = 4 })
	if d := cmp.Diff([]string{"1", "2", "3", "5"}, got.lines["out"]); d != "" || got.err != nil {
		t.Errorf("error %v, diff %s", got.err, d)
	}
	if d := cmp.Diff([]string{"out: cannot be written: 4 (row 4)"}, got.rejects); d != "" {
		t.Error(d)
	}
	got = runAll(t, func(g *graph) { write(g, op.Fail).failAt = 4 })
	var d *diag.Diagnostic
	if !errors.As(got.err, &d) || d.Message != "the disk is full" || d.Component != "out" || d.Notes[0].Text != "row 4 of in" {
		t.Errorf("%+v", d)
	}
}

// distinct gives what a simple model gives, and skip the rest.
func TestDistinctAgainstAModel(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		var lines, first, last []string
		at := map[string]int{}
		keys := rapid.SliceOfN(rapid.SampledFrom([]string{"a", "b", "c", "~"}), 0, 40).Draw(rt, "keys")
		for i, key := range keys {
			line := strings.TrimPrefix(key, "~") + "," + strconv.Itoa(i)
			lines = append(lines, line)
			shown := key + "," + strconv.Itoa(i)
			if _, ok := at[key]; !ok {
				first = append(first, shown)
			}
			at[key] = i
		}
		for i, key := range keys {
			if at[key] == i {
				last = append(last, key+","+strconv.Itoa(i))
			}
		}
		n := rapid.IntRange(0, 50).Draw(rt, "skip")
		for i, o := range options() {
			g := newGraph()
			in := g.scan(text("in", "k:string,id:int", lines...))
			g.write(g.add("first", &op.Distinct{By: names("k")}, in), "first rows")
			g.write(g.add("last", &op.Distinct{By: names("k"), Last: true}, in), "last rows")
			g.write(g.add("skip", &op.Skip{N: int64(n)}, in), "rest")
			got := g.execute(t, o, &Executor{}, &rejectLog{})
			if got.err != nil || got.ledger.Check() != nil {
				rt.Fatalf("options %d: %v %v", i, got.err, got.ledger.Check())
			}
			if d := cmp.Diff(first, got.lines["first rows"]); d != "" {
				rt.Fatalf("options %d: first: %s", i, d)
			}
			if d := cmp.Diff(last, got.lines["last rows"]); d != "" {
				rt.Fatalf("options %d: last: %s", i, d)
			}
			if want := max(0, len(keys)-n); len(got.lines["rest"]) != want {
				rt.Fatalf("options %d: skip gives %d rows, want %d", i, len(got.lines["rest"]), want)
			}
		}
	})
}

// A value that does not decode is an error of its row, in every kernel that
// looks at it.
func TestUndecodableValues(t *testing.T) {
	t.Parallel()
	for node, o := range map[string]op.Operator{
		"sort": sortBy("id"), "distinct": &op.Distinct{By: names("id")}, "last": &op.Distinct{By: names("id"), Last: true}, "aggregate by": countBy("id"), "aggregate of": aggregateOf(nil, of(op.Sum, "id")),
	} {
		got := runAll(t, func(g *graph) {
			g.write(g.add(node, o, g.scan(text("in", "id:int", "1", "2", "3", "4", "x", "6", "y"))), "out")
		})
		var d *diag.Diagnostic
		if !errors.As(got.err, &d) || d.Code != "type.value" || d.Component != node || d.Notes[0].Text != "row 5 of in" {
			t.Errorf("%s: %v", node, got.err)
		}
	}
	for _, swap := range []bool{false, true} {
		got := runAll(t, func(g *graph) {
			a, b := g.scan(text("a", "id:int", "1", "2", "x")), g.scan(text("b", "id:int", "1", "2"))
			if swap {
				a, b = b, a
			}
			g.write(g.add("join", joinOn(op.Inner, "id"), a, b), "out")
		})
		if got.err == nil || !strings.Contains(got.err.Error(), `join: column "id": "x" is no int`) {
			t.Error(got.err)
		}
	}
}

// twice gives every row twice, and at the end the number of rows.
type twice struct{ rows int64 }

func (k *twice) Process(_ context.Context, _ int, b *record.Batch, out op.Emitter) error {
	for i := range b.Len() {
		k.rows++
		if err := out.Emit(b.Select([]int32{int32(i), int32(i)})); err != nil {
			return err
		}
	}
	return nil
}

func (k *twice) Finish(_ context.Context, out op.Emitter) error {
	s := record.NewSchema(record.Field{Name: "id", Type: record.Of(record.Int)})
	return out.Emit(record.NewBatch(s, 1, []*record.Column{record.Constant(record.Of(record.Int), 1, record.IntValue(k.rows))}, record.Lineage{}))
}

func TestCustom(t *testing.T) {
	t.Parallel()
	custom := func(traits op.Traits) *op.Custom {
		return &op.Custom{
			Schema: func(in []*record.Schema) (*record.Schema, error) { return in[0], nil },
			New:    func() op.Kernel { return &twice{} }, Trait: traits,
		}
	}
	for name, traits := range map[string]op.Traits{"stateless": {}, "ordered": {Ordered: true}, "blocking": {Blocking: true}} {
		got := runAll(t, func(g *graph) {
			s := g.scan(text("in", "id:int", "1", "2", "3", "4"))
			s = g.add("limit", &op.Limit{N: 2}, s)
			g.write(g.add("custom", custom(traits), s), "out")
		})
		if d := cmp.Diff([]string{"1", "1", "2", "2", "2"}, got.lines["out"]); d != "" || got.err != nil {
			t.Errorf("%s: error %v, diff %s", name, got.err, d)
		}
	}
	got := runAll(t, func(g *graph) {
		a, b := g.scan(text("a", "id:int", "1", "2")), g.scan(text("b", "id:int", "3"))
		g.write(g.add("custom", custom(op.Traits{}), a, b), "out")
	})
	if d := cmp.Diff([]string{"1", "1", "2", "2", "3", "3", "3"}, got.lines["out"]); d != "" || got.err != nil {
		t.Errorf("two inputs: error %v, diff %s", got.err, d)
	}
}
