// Package enginetest is a test kit for components: Exercise takes one through all that the
// engine and people expect of it. Only tests import it.
//
// It may import engine/..., and no script: arguments are written as componenttest reads
// them.
package enginetest

import (
	"context"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/component/componenttest"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
)

// Case is a call of a component.
type Case struct {
	Spec *component.Spec
	// Args are the arguments as a script writes them, but for functions:
	// `{ path = "in.csv" }`. Names in them stand for the values of Vars.
	Args string
	Vars map[string]any
	// Inputs are the streams that it takes, the receiver first. nil is one of a few rows
	// for a transform or sink.
	Inputs []Rows
	// Files are there when it runs, in the folder that relative paths are of.
	Files map[string]string
	// Stdin is what standard input holds.
	Stdin string
}

// Outcome is what a component did.
type Outcome struct {
	// Rows are those of its main output, with | between the values; NULL is ~.
	Rows []string
	// Rejects are the rows that it refused: "code: message".
	Rejects []string
	// Files are those that it wrote, by name, and what it wrote to standard output under
	// the name "-".
	Files map[string]string
	// Counts are the counters of its node in the ledger that are not zero. How many rows
	// it takes may depend on the size of batches where it wants no more at some row.
	Counts map[string]int64
}

// Exercise runs a component with different numbers of workers, and rows in a batch, and
// returns what it did. It fails the test where
//
//   - the declaration lacks what the reference shows: a summary, texts of options, an
//     example, an order, the guarantee of a sink; or an unknown option is taken;
//   - outcomes differ, or the ledger does not balance: a row got lost or was doubled;
//   - it gives a wrong result, or does not balance, when nobody wants more than one row;
//   - a run that was cancelled goes on, or leaves a file.
func Exercise(t testing.TB, c Case) Outcome {
	t.Helper()
	checkSpec(t, c)
	var first Outcome
	for i, o := range options() {
		got, err := c.run(t, t.Context(), o, everyRow)
		if err != nil {
			t.Fatalf("%s with %+v: %v", c.Spec.Name, o, err)
		}
		if i == 0 {
			first = got
			c.runForOne(t, o, got)
		}
		if d := cmp.Diff(settled(first), settled(got)); d != "" {
			t.Errorf("%s gives something else with %+v than with %+v: %s", c.Spec.Name, o, options()[0], d)
		}
	}
	c.runCancelled(t)
	return first
}

// settled is an outcome without what may depend on the size of batches.
func settled(o Outcome) Outcome {
	if o.Counts["discarded"] == 0 {
		return o
	}
	o.Counts = maps.Clone(o.Counts)
	delete(o.Counts, "discarded")
	delete(o.Counts, "in")
	return o
}

// Run runs a component once. It fails the test where the run fails or the ledger does not
// balance.
func Run(t testing.TB, c Case, o plan.Options) Outcome {
	t.Helper()
	got, err := c.run(t, t.Context(), o, everyRow)
	if err != nil {
		t.Fatalf("%s(%s) with %+v: %v", c.Spec.Name, c.Args, o, err)
	}
	return got
}

// options are those that every component must give the same outcome with.
func options() []plan.Options {
	return []plan.Options{
		{Workers: 1, QueueBatches: 1, BatchRows: 2},
		{Workers: 4, QueueBatches: 1, BatchRows: 1},
		{Workers: 3, QueueBatches: 2, BatchRows: 3},
		{Workers: 2},
	}
}

// checkSpec checks what the reference and the messages need.
func checkSpec(t testing.TB, c Case) {
	t.Helper()
	s := c.Spec
	for what, missing := range map[string]bool{
		"a summary, which is a line without full stop": s.Summary == "" || strings.HasSuffix(s.Summary, "."),
		"an example":               s.Example == "",
		"an order":                 s.Order == "",
		"the guarantee of a sink":  s.Kind == component.Sink && s.Guarantee == "",
		"a description of its own": s.Doc == "",
	} {
		if missing {
			t.Errorf("%s lacks %s", s.Name, what)
		}
	}
	params, err := s.Params()
	if err != nil {
		t.Error(err)
	}
	for _, p := range params {
		if p.Doc == "" {
			t.Errorf("%s: what %s means is not told", s.Name, p.Name)
		}
	}
	if _, said := componenttest.Build(s, c.strange(), c.Vars); !strings.Contains(said, `"no_such_option"`) {
		t.Errorf("%s takes an unknown option, or says: %s", s.Name, said)
	}
}

// strange is the arguments with an option that no component has.
func (c Case) strange() string {
	const option = "no_such_option = 1"
	args := strings.TrimSpace(c.Args)
	switch before, ok := strings.CutSuffix(args, "}"); {
	case args == "":
		return "{ " + option + " }"
	case ok && c.takesTableLast():
		return strings.TrimSuffix(strings.TrimSpace(before), ",") + ", " + option + " }"
	}
	return args + ", { " + option + " }"
}

// takesTableLast reports whether the arguments end in the table of options.
func (c Case) takesTableLast() bool {
	params, err := c.Spec.Params()
	if err != nil {
		return true
	}
	positional := 0
	for _, p := range params {
		if p.Place == component.Arg {
			positional++
		}
	}
	values, err := componenttest.Args("job.lua", c.Args, c.Vars)
	return err != nil || len(values) > positional
}

// everyRow wants all rows.
const everyRow = -1

// runForOne runs the component where nobody wants more than its first row.
func (c Case) runForOne(t testing.TB, o plan.Options, all Outcome) {
	t.Helper()
	if c.Spec.Kind == component.Sink {
		return
	}
	got, err := c.run(t, t.Context(), o, 1)
	if err != nil {
		t.Fatalf("%s before a limit: %v", c.Spec.Name, err)
	}
	if c.Spec.Ports {
		return // each port gives one
	}
	if want := all.Rows[:min(1, len(all.Rows))]; !slices.Equal(want, got.Rows) {
		t.Errorf("%s before a limit of one row gives %q, want %q", c.Spec.Name, got.Rows, want)
	}
}

// errCancelled is why runs are cancelled here.
var errCancelled = errors.New("enginetest: cancelled")

// runCancelled runs the component when nobody wants its work any more.
func (c Case) runCancelled(t testing.TB) {
	t.Helper()
	ctx, cancel := context.WithCancelCause(t.Context())
	cancel(errCancelled)
	got, err := c.run(t, ctx, plan.Options{Workers: 2, BatchRows: 1}, everyRow)
	if !errors.Is(err, errCancelled) {
		t.Errorf("%s in a run that was cancelled: error %v", c.Spec.Name, err)
	}
	delete(got.Files, "-")
	if len(got.Files) > 0 {
		t.Errorf("%s in a run that was cancelled leaves files: %v", c.Spec.Name, got.Files)
	}
}

// write puts the files of the case into a new folder.
func (c Case) write(t testing.TB) (dir string) {
	t.Helper()
	dir = t.TempDir()
	for name, text := range c.Files {
		path := filepath.Join(dir, filepath.FromSlash(name))
		if err := errors.Join(os.MkdirAll(filepath.Dir(path), 0o755), os.WriteFile(path, []byte(text), 0o600)); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// made are the files in a folder that are not those of the case.
func (c Case) made(t testing.TB, dir string) map[string]string {
	t.Helper()
	out := map[string]string{}
	err := filepath.WalkDir(dir, func(path string, e os.DirEntry, err error) error {
		if err != nil || e.IsDir() {
			return err
		}
		name, err := filepath.Rel(dir, path)
		if err != nil {
			return err
		}
		text, err := os.ReadFile(path)
		if before, ours := c.Files[filepath.ToSlash(name)]; !ours || before != string(text) {
			out[filepath.ToSlash(name)] = string(text)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// build makes the operator of the case.
func (c Case) build(t testing.TB) op.Operator {
	t.Helper()
	o, said := componenttest.Build(c.Spec, c.Args, c.Vars)
	if o == nil {
		t.Fatalf("%s(%s): %s", c.Spec.Name, c.Args, said)
	}
	return o
}
