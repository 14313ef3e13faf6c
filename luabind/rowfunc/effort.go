package rowfunc

import (
	"github.com/etlscript/etlscript/engine/diag"
)

// maxEffort is how many statements, expressions and entries of captured tables the
// analysis of a script's functions may look at, about two seconds' worth. A script
// of 10,000 lines needs a hundredth of it.
const maxEffort = 20_000_000

// maxInferSteps is how many statements and expressions inference may follow in one
// function, with all that it calls; beyond it a value may be of any kind.
const maxInferSteps = 200_000

// Effort counts what the analysis of the functions of one script costs, so that no
// text, however built, keeps a program busy before its job begins. The zero value
// is the whole allowance.
type Effort struct{ spent int }

// spend reports whether there is enough left. A nil effort has no end.
func (e *Effort) spend(n int) bool {
	if e == nil {
		return true
	}
	e.spent += n
	return e.spent <= maxEffort
}

// tooLarge says that the functions of the script are too much to analyse.
func tooLarge(pos diag.Pos) *diag.Diagnostic {
	return diag.Errorf("function.effort", pos, "the functions that the engine calls are too many or too large to analyse, up to this one").
		WithHint("give them less text, make fewer of them, or let them capture smaller tables")
}
