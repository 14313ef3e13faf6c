package rowfunc

import (
	"fmt"
	"strings"
	"testing"

	"github.com/etlscript/etlscript/engine/expr"
)

// chainOfHelpers is a function whose helpers call the next one each many times, so
// that following every call takes calls^5 steps.
func chainOfHelpers(calls int) string {
	var b strings.Builder
	b.WriteString("local function f6(y) return y end ")
	for i := 5; i > 0; i-- {
		fmt.Fprintf(&b, "local function f%d(y) %s return y end ", i, strings.Repeat(fmt.Sprintf("y = f%d(y) ", i+1), calls))
	}
	return b.String() + "return function(row) row.n = f1(row.i) end"
}

func TestInferenceEnds(t *testing.T) {
	t.Parallel()
	loops := strings.Repeat("while x do x = 1 ", 40) + "x = 'a' " + strings.Repeat("end ", 40)
	for _, c := range []struct{ name, script, want string }{
		{"helpers of helpers", chainOfHelpers(60), "i int, n any"}, // the fifth helper is not followed
		{"loops in loops", "return function(row) local x = 1 " + loops + "row.n = x end", "i int, n any"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			f := loadFuncs(t, c.script)[0]
			in := schemaOf(t, "i int")
			inf := newInference(f, in)
			if inf.follow(kNil); inf.steps > 2*maxInferSteps {
				t.Errorf("it took %d steps", inf.steps)
			}
			out, problems := f.Resolve(expr.Use{Role: expr.Map, In: in})
			if problems != nil || out.String() != c.want {
				t.Errorf("got %s, want %s; %v", out, c.want, problems)
			}
		})
	}
}

// What inference says when it does not look closely holds whatever it finds when it
// does.
func TestBlindInferenceIsWider(t *testing.T) {
	t.Parallel()
	for _, script := range []string{
		`return function(row) local x = row.i if row.b then x = 1.5 end row.n = x end`,
		`return function(row) local s = 0 for i = 1, 3 do s = s + row.i end row.n = s end`,
		`return function(row) if row.b then return 1 end if row.i > 1 then return "x" end end`,
		`local t = 0 return function(row) t = t + row.i row.n = t return t end`,
		`return function(row) if row.b then goto done end do return 1 end ::done:: end`,
	} {
		f := loadFuncs(t, script)[0]
		in := schemaOf(t, "i int, b bool")
		near, blind := newInference(f, in), newInference(f, in)
		near.follow(kNil)
		blind.blind = true
		blind.follow(kNil)
		if near.results()&^blind.results() != 0 || near.writtenAs("n")&^blind.writtenAs("n") != 0 {
			t.Errorf("%s\nclosely %s and %s, blind %s and %s", script, near.results(), near.writtenAs("n"), blind.results(), blind.writtenAs("n"))
		}
	}
}

func TestEndBehindALabelIsSeen(t *testing.T) {
	t.Parallel()
	f := loadFuncs(t, `return function(row) if row.b then goto done end do return 1 end ::done:: end`)[0]
	if k := infer(f, schemaOf(t, "b bool"), kNil).results(); !k.has(kNil) {
		t.Errorf("results %s, but it may end without a return", k)
	}
}

func TestEffortEnds(t *testing.T) {
	t.Parallel()
	many := `local fns = {} for i = 1, 400 do fns[i] = function(row) local v = 1 ` + strings.Repeat("v = v ", 30_000) + `end end return unpack(fns)`
	table := `local big = {} for i = 1, 300000 do big[i] = i end local fns = {} for i = 1, 100 do fns[i] = function(row) return big[row.i] end end return unpack(fns)`
	for name, script := range map[string]string{"text": many, "captured table": table} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			effort := new(Effort)
			_, problems := tryFuncsWith(t, script, effort)
			if len(problems) == 0 || problems[0].Code != "function.effort" {
				t.Fatalf("got %v", problems)
			}
			if effort.spent > 3*maxEffort {
				t.Errorf("spent %d", effort.spent)
			}
		})
	}
}
