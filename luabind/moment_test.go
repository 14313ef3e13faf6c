package luabind

import (
	"os"
	"regexp"
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/luabind/vm"
	"github.com/etlscript/etlscript/retry"
)

// known are the fields and methods of facts, with those of the facts inside.
func known(v lua.LValue) []string {
	f := v.(*lua.LUserData).Value.(*facts)
	var out []string
	for name := range f.methods {
		out = append(out, f.label+":"+name)
	}
	for _, x := range f.fields {
		if _, inner := x.value.(*lua.LUserData); inner {
			out = append(out, known(x.value)...)
			continue
		}
		out = append(out, f.label+"."+x.name)
	}
	slices.Sort(out)
	return out
}

// docs/jobs.md tells all that a hook, a back-off and a predicate can look at, and nothing
// else.
func TestJobsPageTellsTheFields(t *testing.T) {
	t.Parallel()
	page, err := os.ReadFile("../docs/jobs.md")
	if err != nil {
		t.Fatal(err)
	}
	var told []string
	for _, row := range regexp.MustCompile(`(?m)^\| .*`).FindAllString(string(page), -1) {
		for _, m := range regexp.MustCompile("`((?:run|attempt)[.:][A-Za-z_.]+)").FindAllStringSubmatch(row, -1) {
			told = append(told, m[1])
		}
	}
	told = slices.DeleteFunc(told, func(s string) bool { return s == "run.failure" }) // by its fields
	s := vm.New(vm.Options{})
	defer s.Close()
	run := newRun(s, job.Moment{Params: map[string]string{"NAME": ""}, Failure: &job.Failure{}})
	want := slices.Concat(known(newAttempt(s, retry.Attempt{})), known(run))
	slices.Sort(told)
	if d := cmp.Diff(want, told); d != "" {
		t.Errorf("(-there +told)\n%s", d)
	}
}
