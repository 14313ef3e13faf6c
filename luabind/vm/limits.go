package vm

import (
	"errors"
	"fmt"
	"strings"
)

// Limits bound what scripts may use. Instructions are those of the virtual
// machine, and the work of library functions counts as some; their number does
// not depend on the machine, so that a script which is too expensive is so
// everywhere. The limits are soft where memory is concerned: docs/limits.md says
// what they can and cannot do.
type Limits struct {
	// Load is how many instructions a call may take that is on no row: the script
	// itself, each build function, each call of a hook, a back-off or a predicate of
	// retries. Defaults to 50 million.
	Load int64
	// Row is how many instructions a function may take for one row. A row that
	// needs more fails as any row does. Defaults to 10 million.
	Row int64
	// Batch is how many instructions a function may take for all rows of a
	// batch together; a batch that needs more ends the run. Defaults to 200
	// million, or to Row where that is more.
	Batch int64
	// Memory is how many bytes the heap of the whole process may hold before
	// the watchdog ends the scripts that run. 0 takes DefaultMemory; a negative
	// number turns the watchdog off.
	Memory int64
}

// The budgets where none is given.
const (
	loadBudget  = 50_000_000
	rowBudget   = 10_000_000
	batchBudget = 200_000_000
)

// WithDefaults is the limits with the defaults filled in.
func (l Limits) WithDefaults() Limits {
	if l.Load == 0 {
		l.Load = loadBudget
	}
	if l.Row == 0 {
		l.Row = rowBudget
	}
	if l.Batch == 0 {
		l.Batch = max(batchBudget, l.Row)
	}
	if l.Memory == 0 {
		l.Memory = DefaultMemory()
	}
	return l
}

// Validate returns every problem of limits with defaults.
func (l Limits) Validate() []error {
	var errs []error
	for _, b := range []struct {
		name string
		most int64
	}{{"load", l.Load}, {"row", l.Row}, {"batch", l.Batch}} {
		if b.most <= 0 {
			errs = append(errs, fmt.Errorf("the limit %s is %d instructions, but must be above zero", b.name, b.most))
		}
	}
	if l.Batch < l.Row {
		errs = append(errs, fmt.Errorf("the limit batch (%d instructions) is below the limit row (%d)", l.Batch, l.Row))
	}
	return errs
}

// errBudget says that a script ran more instructions than it may.
var errBudget = errors.New("the script ran out of its instruction budget")

// budget is how many instructions may run, and what for.
type budget struct {
	most int64
	per  string // "row"; the name of the limit
}

// overrun is the error of a budget that is used up.
type overrun struct{ budget }

// Error implements error.
func (e *overrun) Error() string {
	return fmt.Sprintf("%v: more than %s for one %s", errBudget, grouped(e.most), e.what())
}

// Unwrap is errBudget.
func (e *overrun) Unwrap() error { return errBudget }

func (e *overrun) what() string {
	if e.per == "load" {
		return "call"
	}
	return e.per
}

// hint says how to mend it.
func (e *overrun) hint() string {
	raise := fmt.Sprintf("; who runs the script may raise the limit %q", e.per)
	if e.per == "batch" {
		return "do less for each row: move work out of the function, or into components" + raise
	}
	return "look for a loop that does not end; a large part of the work belongs into components" + raise
}

// grouped writes a number with its digits in groups of three.
func grouped(n int64) string {
	digits := fmt.Sprint(n)
	var b strings.Builder
	for i, d := range digits {
		if i > 0 && (len(digits)-i)%3 == 0 {
			b.WriteByte(',')
		}
		b.WriteRune(d)
	}
	return b.String()
}
