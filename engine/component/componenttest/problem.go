package componenttest

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/component"
)

// Problem is a call that must be refused: its arguments as Args reads them, and
// the whole text that must then be printed, behind a line end.
type Problem struct {
	Spec *component.Spec
	Args string
	Want string
}

// Problems checks that each call is refused as it must be.
func Problems(t *testing.T, calls []Problem, vars map[string]any) {
	t.Helper()
	for _, c := range calls {
		t.Run(c.Spec.Name+"("+c.Args+")", func(t *testing.T) {
			t.Parallel()
			o, said := Build(c.Spec, c.Args, vars)
			if o != nil {
				t.Errorf("built %+v in spite of its problems", o)
			}
			if d := cmp.Diff(c.Want, "\n"+said); d != "" {
				t.Errorf("(-want +got)\n%s", d)
			}
		})
	}
}
