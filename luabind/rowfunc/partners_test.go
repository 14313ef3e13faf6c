package rowfunc

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/vm"
)

// together makes the functions of a script work on one state.
func together(t testing.TB, script string) []*Func {
	t.Helper()
	fns := loadFuncs(t, script)
	if err := Group(fns, fns).Err(); err != nil {
		t.Fatal(err)
	}
	return fns
}

// Runs of equal values are counted alike, however the rows are cut into batches.
func TestStateGoesThroughBatches(t *testing.T) {
	t.Parallel()
	fns := together(t, `return
		function() return { n = 0 } end,
		function(row, emit, s)
			if row.n == 13 then s.bad = true error("thirteen") end
			if s.n > 0 and s.v ~= row.n then emit { v = s.v, n = s.n } s.n = 0 end
			s.v, s.n = row.n, s.n + 1
		end,
		function(emit, s) if s.n > 0 then emit { v = s.v, n = s.n } end end`)
	rapid.Check(t, func(rt *rapid.T) {
		values := rapid.SliceOfN(rapid.IntRange(11, 13), 1, 40).Draw(rt, "values")
		use := expr.Use{
			Role: expr.FlatMap, In: schemaOf(t, "n int"), Returns: schemaOf(t, "v int, n int").Fields(), Node: "f",
			State: &expr.State{Begin: fns[0], End: fns[2]}, Enough: rapid.IntRange(1, 9).Draw(rt, "enough"), Scope: &expr.Scope{},
		}
		defer use.Scope.Close()
		out, problems := fns[1].Resolve(use)
		if problems != nil {
			rt.Fatal(problems)
		}
		use.Out = out
		r, err := fns[1].Open(use)
		if err != nil {
			rt.Fatal(err)
		}
		defer r.Close()
		var got strings.Builder
		add := func(b *record.Batch) {
			_, body, _ := strings.Cut(show(t, b), "\n")
			got.WriteString(body)
		}
		rows := make([]string, len(values))
		for i, v := range values {
			rows[i] = fmt.Sprint(v)
		}
		failed := 0
		for at := 0; at < len(rows); {
			n := min(len(rows)-at, rapid.IntRange(1, 9).Draw(rt, "rows"))
			res, err := r.Run(t.Context(), batchOf(t, use.In, strings.Join(rows[at:at+n], "; ")))
			if err != nil {
				rt.Fatal(err)
			}
			add(res.Batch)
			failed += len(res.Failed)
			at += len(res.Counts)
		}
		res, err := r.(expr.Stateful).End(t.Context())
		if err != nil {
			rt.Fatal(err)
		}
		add(res.Batch)
		want, bad := runsOf(values)
		if d := cmp.Diff(want, got.String()); d != "" || failed != bad {
			rt.Errorf("%d failed instead of %d, -want +got:\n%s", failed, bad, d)
		}
	})
}

// runsOf counts runs of equal values, but for those that are refused.
func runsOf(values []int) (out string, bad int) {
	last, n := 0, 0
	for _, v := range values {
		if v == 13 {
			bad++
			continue
		}
		if n > 0 && v != last {
			out += fmt.Sprintf("%d | %d\n", last, n)
			n = 0
		}
		last, n = v, n+1
	}
	if n > 0 {
		out += fmt.Sprintf("%d | %d\n", last, n)
	}
	return out, bad
}

// What the function that makes the state hands on is not shared with other functions
// behind their backs.
func TestHandedOnState(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name, begin string
		shared      bool
	}{
		{"a table of its own", "return { n = limits.n }", false},
		{"a local variable", "local n = limits.n return n", true}, // it could be the table
		{"a captured table", "return limits", true},
		{"one inside of another", "return { inner = limits }", true},
		{"by a local variable", "local l = limits return l", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			fns := loadFuncs(t, "local limits = { n = 3 }\nreturn function() "+c.begin+" end, function(row, emit, s) emit { n = 1 } end, function(row) return row.n < limits.n end")
			if err := Group(fns, fns[:2]).Err(); err != nil {
				t.Fatal(err)
			}
			begin, each, other := fns[0].Info(), fns[1].Info(), fns[2].Info()
			if begin.Group == "" || begin.Group != each.Group || (other.Group == begin.Group) != c.shared {
				t.Errorf("groups %q, %q and %q", begin.Group, each.Group, other.Group)
			}
		})
	}
}

func TestProduce(t *testing.T) {
	t.Parallel()
	use := expr.Use{Role: expr.Produce, Enough: 3, Node: "f"}
	produce := func(t *testing.T, script string, hand func(*record.Batch) error) error {
		f, use := loadFuncs(t, script)[0], use
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
		return r.(expr.Producer).Produce(t.Context(), hand)
	}
	t.Run("in batches", func(t *testing.T) {
		t.Parallel()
		var got []string
		err := produce(t, `return function(emit) for i = 1, 7 do emit { i = i } end end`, func(b *record.Batch) error {
			got = append(got, show(t, b))
			return nil
		})
		if d := cmp.Diff([]string{"i int\n1\n2\n3\n", "i int\n4\n5\n6\n", "i int\n7\n"}, got); d != "" || err != nil {
			t.Error(err, d)
		}
	})
	t.Run("a failure", func(t *testing.T) {
		t.Parallel()
		err := produce(t, `return function(emit) emit { i = 1 } emit { i = {} .. "" } end`, func(*record.Batch) error {
			return errors.New("a batch of a function that failed")
		})
		if err == nil || !strings.Contains(err.Error(), "concatenate") {
			t.Error(err)
		}
	})
	t.Run("as many rows as it likes", func(t *testing.T) {
		t.Parallel()
		rows := 0
		err := produce(t, `return function(emit) for i = 1, 1100000 do emit { i = i } end end`, func(b *record.Batch) error {
			rows += b.Len()
			return nil
		})
		if err != nil || rows != 1_100_000 {
			t.Error(rows, err)
		}
	})
	t.Run("until the context ends", func(t *testing.T) {
		t.Parallel()
		ctx, cancel := context.WithCancelCause(t.Context())
		enough := errors.New("enough")
		f, use := loadFuncs(t, `return function(emit) while true do pcall(emit, { i = 1 }) end end`)[0], use
		use.Out = schemaOf(t, "i int")
		r, err := f.Open(use)
		if err != nil {
			t.Fatal(err)
		}
		defer r.Close()
		err = r.(expr.Producer).Produce(ctx, func(*record.Batch) error {
			cancel(enough)
			return enough
		})
		if !errors.Is(err, enough) {
			t.Error(err)
		}
	})
}

// Rows of a slow source do not wait until there are enough for a batch.
func TestProduceSlowly(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		m := &emission{schema: schemaOf(t, "i int"), made: record.NewBuilder(schemaOf(t, "i int"), 1000), runner: &runner{use: expr.Use{Enough: 1000}, state: vm.New(vm.Options{})}}
		defer m.runner.state.Close()
		var sizes []int
		m.hand = func(b *record.Batch) error {
			sizes = append(sizes, b.Len())
			return nil
		}
		m.handed = time.Now()
		for range 10 {
			time.Sleep(longestWait / 4)
			m.pending = append(m.pending, record.IntValue(1))
			if err := m.handOn(); err != nil {
				t.Fatal(err)
			}
		}
		if d := cmp.Diff([]int{4, 4}, sizes); d != "" || m.made.Len() != 2 {
			t.Error(m.made.Len(), d)
		}
	})
}
