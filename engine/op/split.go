package op

import (
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/record"
)

// Split gives each row to the port whose name Func returns, and drops it where that is
// nil. It has no main output.
type Split struct {
	Func    expr.Func
	Ports   []Name
	Rest    Name    // the port of rows whose name is no port; Text "": they fail
	OnError OnError // ToNull drops the row
	// Partial drops the rows whose name is no port. It is for people who look at some
	// of the ports before others are taken.
	Partial bool
}

// MaxPorts is how many ports a Split has at most.
const MaxPorts = ledger.MaxPorts

// Use is how the node uses its function on the given columns.
func (s *Split) Use(in *record.Schema) expr.Use {
	return expr.Use{Role: expr.Value, In: in, StopAtFailure: s.OnError == Fail}
}

// Resolve implements Operator.
func (s *Split) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	made, problems := s.Func.Resolve(s.Use(in[0]))
	info := s.Func.Info()
	if t := made.Field(0).Type; t.Known() && t.Kind != record.String && t.Kind != record.Any {
		problems = append(problems, s.NoName("a value of the type "+t.String(), info.Pos))
	}
	for _, name := range info.Returns {
		if !s.Partial && s.Rest.Text == "" && s.Port(name.Text) < 0 {
			problems = append(problems, s.Unknown(name.Text, name.Pos))
		}
	}
	return in[0], problems
}

// Port is the number of a port, -1 if there is none of that name.
func (s *Split) Port(name string) int {
	return slices.IndexFunc(s.Ports, func(p Name) bool { return p.Text == name })
}

// NoName is the problem of a result that is no string.
func (s *Split) NoName(result string, pos diag.Pos) *diag.Diagnostic {
	return diag.Errorf("split.name", pos, "the function of the split returns %s, not the name of a port", result).
		WithHint(`return a name, as in: return row.qty > 10 and "big" or "small"`)
}

// Unknown is the problem of a name that is no port.
func (s *Split) Unknown(name string, pos diag.Pos) *diag.Diagnostic {
	d := diag.Errorf("split.port", pos, "the function of the split returns %q, but nobody takes the rows of that port", name)
	if near := diag.Nearest(name, Names(s.Ports)); near != "" {
		return d.WithHint("did you mean %q?", near)
	}
	return d.WithHint(`take them, as in ports.%s:write_csv { ... }; return nil to drop a row; or name a port for all others: { rest = "other" }`, name)
}

// Laws implements Operator.
func (s *Split) Laws() []ledger.Law {
	out := law(ledger.In, ledger.Dropped, ledger.Rejected, ledger.Discarded)
	for i := range s.Ports {
		out.Right = append(out.Right, ledger.Port(i))
	}
	return []ledger.Law{out}
}

// Traits implements Operator.
func (s *Split) Traits() Traits { return funcTraits(s.Func) }

var _ Operator = (*Split)(nil)
