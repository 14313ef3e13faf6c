// Package op holds the logical operators: what the nodes of a job do, in the
// vocabulary that every execution strategy understands. A component lowers to
// one of them, so that it exists in all strategies at once; how a strategy
// carries an operator out is the strategy's own affair.
package op

import (
	"fmt"
	"slices"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/record"
)

// Operator is what a node does. It is immutable. The set of operators is
// closed: Scan, Filter, Map, FlatMap, Project, Join, Aggregate, Sort, Limit,
// Skip, Distinct, Assert, Split, Union, Custom and Write.
type Operator interface {
	// Resolve returns the columns of the main output for those of the inputs,
	// in order of the inputs. Inputs may be open; it reports every problem, and
	// positions are filled in where an option is to blame. The schema is
	// usable even then, so that later nodes can be checked too.
	Resolve(in []*record.Schema) (*record.Schema, diag.List)
	// Laws are the ledger's laws of the node (LANGUAGE.md).
	Laws() []ledger.Law
	// Traits tell the planner how it may be run.
	Traits() Traits
}

// Traits tell the planner how a node may be run.
type Traits struct {
	// Blocking nodes give no row before they took the last of (one of) their
	// inputs.
	Blocking bool
	// Ordered nodes need the rows in order, one after the other.
	Ordered bool
	// Group is the state group of the node's function, "" if it has none
	// (expr.Info).
	Group string
	// Reads are the input columns that the node looks at; All says that it may
	// look at every one.
	Reads []string
	All   bool
}

// OnError says what becomes of a row that fails.
type OnError string

// The ways to treat a failing row.
const (
	Fail   OnError = "fail"   // the run fails (default)
	Reject OnError = "reject" // the row goes to the rejects
	ToNull OnError = "null"   // the value becomes NULL
)

// Name is a name that an option gave, with its place in the script.
type Name struct {
	Text string
	Pos  diag.Pos
}

// Names are the texts of several names.
func Names(names []Name) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = n.Text
	}
	return out
}

// Field is a column with a declared type, with its place in the script.
type Field struct {
	Name Name
	Type record.Type
}

// Fields are the columns without their places; nil of nil.
func Fields(fields []Field) []record.Field {
	if fields == nil {
		return nil
	}
	out := make([]record.Field, len(fields))
	for i, f := range fields {
		out[i] = record.Field{Name: f.Name.Text, Type: f.Type}
	}
	return out
}

// lookup finds a named column. In a complete schema an unknown name is a
// problem with a suggestion; in an open one the column's type is not known.
func lookup(in *record.Schema, n Name) (record.Field, *diag.Diagnostic) {
	if i := in.Index(n.Text); i >= 0 {
		return in.Field(i), nil
	}
	unknown := record.Field{Name: n.Text}
	if in.Open() {
		return unknown, nil
	}
	return unknown, UnknownColumn(in, n)
}

// inferred is what a function makes of rows with the columns of in: where a
// type in them is not known yet, Any only says that nothing could be inferred.
func inferred(in, out *record.Schema) *record.Schema {
	unknown := func(f record.Field) bool { return !f.Type.Known() }
	if !in.Open() && !slices.ContainsFunc(in.Fields(), unknown) {
		return out
	}
	fields := slices.Clone(out.Fields())
	for i := range fields {
		if fields[i].Type.Kind == record.Any {
			fields[i].Type = record.Type{}
		}
	}
	if out.Open() {
		return record.NewOpenSchema(fields...)
	}
	return record.NewSchema(fields...)
}

// differ reports whether two types are known and not the same.
func differ(a, b record.Type) bool { return a.Known() && b.Known() && !a.Equal(b) }

// UnknownColumn is the diagnostic for a name that is no column of a schema.
func UnknownColumn(in *record.Schema, n Name) *diag.Diagnostic {
	d := diag.Errorf("column.unknown", n.Pos, "there is no column %q here", n.Text)
	if near := diag.Nearest(n.Text, in.Names()); near != "" {
		return d.WithHint("did you mean %q?", near)
	}
	if in.Len() == 0 {
		return d
	}
	return d.WithHint("the columns are: %s", strings.Join(clipNames(in.Names()), ", "))
}

// clipNames keeps a list of names readable.
func clipNames(names []string) []string {
	const most = 20
	if len(names) <= most {
		return names
	}
	return append(names[:most:most], fmt.Sprintf("and %d more", len(names)-most))
}
