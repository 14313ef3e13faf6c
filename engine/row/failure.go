package row

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// errEnough says that no further rows are wanted. It is no failure.
var errEnough = errors.New("no further rows are wanted")

// failure is why a stream breaks off, with its place in the order of all
// failures. It never changes.
type failure struct {
	err    error
	place  place
	row    int64 // of the source, 0 if there is none
	node   int
	placed bool // place is known
	silent bool // the stream was stopped because of another failure
}

// errStopped is the failure of streams that were stopped.
var errStopped = &failure{err: errors.New("stopped, since another node failed"), placed: true, silent: true}

func (f *failure) Error() string { return f.err.Error() }

func (f *failure) Unwrap() error { return f.err }

// at is the failure at a place, if it has none yet.
func (f *failure) at(p place) *failure {
	if f.placed {
		return f
	}
	return f.moved(p)
}

// moved is the failure at another place.
func (f *failure) moved(p place) *failure {
	moved := *f
	moved.place, moved.placed = p, true
	return &moved
}

// before is the order of failures.
func (f *failure) before(g *failure) bool {
	return cmp.Or(
		cmp.Compare(f.place.depth, g.place.depth), cmp.Compare(f.place.pos, g.place.pos),
		cmp.Compare(f.row, g.row), cmp.Compare(f.node, g.node),
	) < 0
}

// rowError is the error of one row, as kernels return it.
type rowError struct {
	err    error
	origin record.Origin
	column string
	value  string
}

func (e *rowError) Error() string { return e.err.Error() }

func (e *rowError) Unwrap() error { return e.err }

// atRow says which row of a batch an error belongs to.
func atRow(b *record.Batch, row int, err error) *rowError {
	return &rowError{err: err, origin: b.Lineage.At(row)}
}

// atValue says so for an error that may be a *record.ValueError.
func atValue(b *record.Batch, column string, err error) error {
	var v *record.ValueError
	if !errors.As(err, &v) {
		return err
	}
	out := atRow(b, v.Row, diag.Errorf("type.value", diag.Pos{}, "column %q: %w", column, err))
	out.column = column
	return out
}

// failed makes a failure of what a node's kernel returned; nil, errEnough and
// failures of later nodes stay as they are.
func (r *run) failed(n *plan.Node, err error) error {
	var f *failure
	if err == nil || errors.Is(err, errEnough) || errors.As(err, &f) || r.ctx.Err() != nil {
		return err
	}
	f = &failure{err: r.diagnose(n, err), node: n.ID}
	var at *rowError
	if errors.As(err, &at) {
		f.row = at.origin.Row
	}
	return f
}

// diagnose makes a diagnostic that names node, attempt and row.
func (r *run) diagnose(n *plan.Node, err error) *diag.Diagnostic {
	d := &diag.Diagnostic{Code: "node.failed", Message: err.Error(), Err: err}
	var known *diag.Diagnostic
	if errors.As(err, &known) {
		clone := *known
		clone.Notes = append([]diag.Note(nil), known.Notes...)
		d = &clone
	}
	d.Component = cmp.Or(d.Component, n.Name())
	d.Attempt = r.attempt.Number
	if !d.Pos.IsValid() {
		d.Pos = nodePos(n)
	}
	var at *rowError
	if errors.As(err, &at) {
		at.note(d)
	}
	return d
}

// nodePos is the place of the node's function, else of the node.
func nodePos(n *plan.Node) diag.Pos {
	for _, f := range plan.Functions(n.Job.Op) {
		if p := f.Info().Pos; p.IsValid() {
			return p
		}
	}
	return n.Job.Pos
}

// note says which row it was, unless the diagnostic says so already.
func (e *rowError) note(d *diag.Diagnostic) {
	if e.origin.Source == nil {
		return
	}
	row := fmt.Sprintf("row %d of %s", e.origin.Row, e.origin.Source.Name)
	if says(d, row) {
		return
	}
	if e.column != "" && e.value != "" {
		row += fmt.Sprintf(", column %q: %q", e.column, e.value)
	}
	d.WithNote(diag.Pos{}, "%s", row)
}

func says(d *diag.Diagnostic, text string) bool {
	return strings.Contains(d.Message, text) ||
		slices.ContainsFunc(d.Notes, func(n diag.Note) bool { return strings.HasPrefix(n.Text, text) })
}
