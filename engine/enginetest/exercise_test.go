package enginetest_test

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/enginetest"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// listener is a test that notes what it is told instead of failing.
type listener struct {
	testing.TB
	mu   sync.Mutex
	said []string
}

func (l *listener) note(text string) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.said = append(l.said, text)
}

func (l *listener) Errorf(format string, args ...any) { l.note(fmt.Sprintf(format, args...)) }
func (l *listener) Error(args ...any)                 { l.note(fmt.Sprint(args...)) }
func (l *listener) Fatalf(format string, args ...any) {
	l.note(fmt.Sprintf(format, args...))
	runtime.Goexit()
}

func (l *listener) Fatal(args ...any) {
	l.note(fmt.Sprint(args...))
	runtime.Goexit()
}

// exercise is what the kit says of a component.
func exercise(t *testing.T, c enginetest.Case) []string {
	t.Helper()
	l := &listener{TB: t}
	done := make(chan struct{})
	go func() {
		defer close(done)
		enginetest.Exercise(l, c)
	}()
	<-done
	return l.said
}

type noOptions struct {
	component.Common
}

// good is a component that is as it must be: it passes all rows.
func good() *component.Spec {
	return &component.Spec{
		Name: "pass", Kind: component.Transform, Summary: "Passes rows", Doc: "All of them.", Order: "kept", Example: "return 1",
		Options: &noOptions{},
		Build: component.Build(func(*noOptions) (op.Operator, diag.List) {
			return &op.Limit{N: 1 << 40}, nil
		}),
	}
}

func TestExercise(t *testing.T) {
	t.Parallel()
	if said := exercise(t, enginetest.Case{Spec: good()}); said != nil {
		t.Error(said)
	}
	got := enginetest.Exercise(t, enginetest.Case{Spec: good(), Inputs: []enginetest.Rows{{Columns: "a:int|b:list(int)", Values: []string{"1|[2,3]", "~|~"}}}})
	want := enginetest.Outcome{Rows: []string{"1|[2,3]", "~|~"}, Files: map[string]string{}, Counts: map[string]int64{"in": 2, "out": 2}}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// What is wrong with a component is found.
func TestExerciseFinds(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name  string
		spoil func(s *component.Spec)
		want  string
	}{
		{"no summary", func(s *component.Spec) { s.Summary = "" }, "pass lacks a summary"},
		{"a full stop", func(s *component.Spec) { s.Summary = "Passes rows." }, "pass lacks a summary"},
		{"no order", func(s *component.Spec) { s.Order = "" }, "pass lacks an order"},
		{"no example", func(s *component.Spec) { s.Example = "" }, "pass lacks an example"},
		{"an option without a text", func(s *component.Spec) {
			type options struct {
				component.Common
				N int64 `opt:"n"`
			}
			s.Options = &options{}
			s.Build = component.Build(func(*options) (op.Operator, diag.List) { return &op.Limit{N: 9}, nil })
		}, "what n means is not told"},
		{"another result for other batches", func(s *component.Spec) {
			s.Build = component.Build(func(*noOptions) (op.Operator, diag.List) { return kernelOf(&firsts{}), nil })
		}, "pass gives something else"},
		{"a kernel that hangs on to a limit", func(s *component.Spec) {
			s.Build = component.Build(func(*noOptions) (op.Operator, diag.List) { return kernelOf(&backwards{}), nil })
		}, "pass gives something else"},
		{"rows that are not counted", func(s *component.Spec) { sinkOf(s, &file{short: true}) }, "the ledger does not balance"},
		{"a file that stays", func(s *component.Spec) { sinkOf(s, &file{stays: true}) }, "leaves files"},
		{"a sink without a guarantee", func(s *component.Spec) {
			sinkOf(s, &file{})
			s.Guarantee = ""
		}, "pass lacks the guarantee"},
		{"a build that fails", func(s *component.Spec) {
			s.Build = component.Build(func(*noOptions) (op.Operator, diag.List) {
				return nil, diag.List{diag.Errorf("some.code", diag.Pos{}, "no way")}
			})
		}, "no way"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			s := good()
			c.spoil(s)
			said := exercise(t, enginetest.Case{Spec: s})
			if !slices.ContainsFunc(said, func(text string) bool { return strings.Contains(text, c.want) }) {
				t.Errorf("said %q, want %q", said, c.want)
			}
		})
	}
}

func TestGoodSink(t *testing.T) {
	t.Parallel()
	s := good()
	sinkOf(s, &file{})
	if said := exercise(t, enginetest.Case{Spec: s}); said != nil {
		t.Error(said)
	}
}

func kernelOf(k op.Kernel) op.Operator {
	return &op.Custom{New: func() op.Kernel { return k }, Schema: func(in []*record.Schema) (*record.Schema, error) { return in[0], nil }}
}

// firsts gives the first row of each batch.
type firsts struct{}

func (firsts) Process(_ context.Context, _ int, b *record.Batch, out op.Emitter) error {
	return out.Emit(b.Slice(0, 1))
}
func (firsts) Finish(context.Context, op.Emitter) error { return nil }

// backwards gives the rows of each batch backwards.
type backwards struct{}

func (backwards) Process(_ context.Context, _ int, b *record.Batch, out op.Emitter) error {
	rows := make([]int32, b.Len())
	for i := range rows {
		rows[i] = int32(b.Len() - 1 - i)
	}
	return out.Emit(b.Select(rows))
}
func (backwards) Finish(context.Context, op.Emitter) error { return nil }

// file is a sink that writes the number of rows into a file.
type file struct{ short, stays bool }

func sinkOf(s *component.Spec, f *file) {
	s.Kind, s.Guarantee = component.Sink, "none"
	s.Build = component.Build(func(*noOptions) (op.Operator, diag.List) { return &op.Write{Sink: f}, nil })
}

func (f *file) Target() op.Name                { return op.Name{} }
func (f *file) Check(*record.Schema) diag.List { return nil }
func (f *file) Open(_ context.Context, env op.Env, _ *record.Schema, _ op.WriteOptions) (op.Writer, error) {
	w := &fileWriter{file: f, path: filepath.Join(env.Dir, "rows")}
	if f.stays {
		return w, os.WriteFile(w.path, []byte("begun"), 0o600)
	}
	return w, nil
}

type fileWriter struct {
	*file
	path string
	rows int
}

func (w *fileWriter) Write(_ context.Context, b *record.Batch) (int, error) {
	w.rows += b.Len()
	if w.short {
		return b.Len() - 1, nil
	}
	return b.Len(), nil
}
func (w *fileWriter) Flush(ctx context.Context) error { return context.Cause(ctx) }
func (w *fileWriter) Commit() error                   { return os.WriteFile(w.path, []byte(fmt.Sprint(w.rows)), 0o600) }
func (w *fileWriter) Abort() error                    { return nil }
