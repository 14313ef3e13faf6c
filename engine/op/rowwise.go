package op

import (
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/record"
)

// law is left = the sum of right.
func law(left ledger.Counter, right ...ledger.Counter) ledger.Law {
	return ledger.Law{Left: []ledger.Counter{left}, Right: right}
}

// Resolve implements Operator.
func (s *Scan) Resolve([]*record.Schema) (*record.Schema, diag.List) { return s.Source.Static(), nil }

// Laws implements Operator.
func (s *Scan) Laws() []ledger.Law {
	return []ledger.Law{law(ledger.Read, ledger.Out, ledger.Rejected, ledger.Discarded)}
}

// Traits implements Operator.
func (s *Scan) Traits() Traits { return Traits{} }

// Use is how the node uses its function on the given columns.
func (f *Filter) Use(in *record.Schema) expr.Use {
	return expr.Use{Role: expr.Filter, In: in, StopAtFailure: f.OnError == Fail}
}

// Resolve implements Operator.
func (f *Filter) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	_, problems := f.Func.Resolve(f.Use(in[0]))
	return in[0], problems
}

// Laws implements Operator.
func (f *Filter) Laws() []ledger.Law {
	return []ledger.Law{
		law(ledger.In, ledger.Kept, ledger.Dropped, ledger.Rejected, ledger.Discarded),
		law(ledger.Kept, ledger.Out),
	}
}

// Traits implements Operator.
func (f *Filter) Traits() Traits { return funcTraits(f.Func) }

// Use is how the node uses its function on the given columns.
func (m *Map) Use(in *record.Schema) expr.Use {
	return expr.Use{
		Role: expr.Map, In: in, Adds: Fields(m.Adds), Returns: Fields(m.Returns), StopAtFailure: m.OnError == Fail,
	}
}

// Resolve implements Operator.
func (m *Map) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	out, problems := m.Func.Resolve(m.Use(in[0]))
	return inferred(in[0], out), problems
}

// Laws implements Operator.
func (m *Map) Laws() []ledger.Law {
	return []ledger.Law{law(ledger.In, ledger.Out, ledger.Rejected, ledger.Discarded)}
}

// Traits implements Operator.
func (m *Map) Traits() Traits { return funcTraits(m.Func) }

// Use is how the node uses its function on the given columns.
func (m *FlatMap) Use(in *record.Schema) expr.Use {
	return expr.Use{
		Role: expr.FlatMap, In: in, Returns: Fields(m.Returns), StopAtFailure: m.OnError == Fail, State: m.State,
	}
}

// Resolve implements Operator.
func (m *FlatMap) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	out, problems := m.Func.Resolve(m.Use(in[0]))
	return inferred(in[0], out), problems
}

// Laws implements Operator.
func (m *FlatMap) Laws() []ledger.Law {
	return []ledger.Law{
		law(ledger.In, ledger.Expanded, ledger.Empty, ledger.Rejected, ledger.Discarded),
		law(ledger.Emitted, ledger.Out, ledger.Unwanted),
	}
}

// Traits implements Operator.
func (m *FlatMap) Traits() Traits { return funcTraits(m.Func) }

func funcTraits(f expr.Func) Traits {
	i := f.Info()
	return Traits{Ordered: i.Group != "", Group: i.Group, Reads: i.Reads, All: i.AllColumns}
}

// Resolve implements Operator.
func (s *Sort) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	var problems diag.List
	seen := columnSet{}
	for _, k := range s.Keys {
		_, d := lookup(in[0], k.Column)
		if d == nil {
			d = seen.add(k.Column)
		}
		if d != nil {
			problems = append(problems, d)
		}
	}
	return in[0], problems
}

// Laws implements Operator.
func (s *Sort) Laws() []ledger.Law { return []ledger.Law{law(ledger.In, ledger.Out, ledger.Discarded)} }

// Traits implements Operator.
func (s *Sort) Traits() Traits {
	reads := make([]string, len(s.Keys))
	for i, k := range s.Keys {
		reads[i] = k.Column.Text
	}
	return Traits{Blocking: true, Reads: reads}
}

// Resolve implements Operator.
func (l *Limit) Resolve(in []*record.Schema) (*record.Schema, diag.List) { return in[0], nil }

// Laws implements Operator.
func (l *Limit) Laws() []ledger.Law {
	return []ledger.Law{law(ledger.In, ledger.Out, ledger.Discarded)}
}

// Traits implements Operator.
func (l *Limit) Traits() Traits { return Traits{Ordered: true} }

// Resolve implements Operator.
func (c *Custom) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	out, err := c.Schema(in)
	if err != nil {
		return record.NewOpenSchema(), diag.ListOf(err)
	}
	return out, nil
}

// Laws implements Operator: what a custom kernel takes and gives has no law.
func (c *Custom) Laws() []ledger.Law { return nil }

// Traits implements Operator.
func (c *Custom) Traits() Traits { return c.Trait }

// Resolve implements Operator.
func (w *Write) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	return in[0], w.Sink.Check(in[0])
}

// Laws implements Operator.
func (w *Write) Laws() []ledger.Law {
	return []ledger.Law{law(ledger.In, ledger.Received, ledger.Rejected, ledger.Discarded)}
}

// Traits implements Operator.
func (w *Write) Traits() Traits { return Traits{Ordered: true} }

var (
	_ Operator = (*Scan)(nil)
	_ Operator = (*Filter)(nil)
	_ Operator = (*Map)(nil)
	_ Operator = (*FlatMap)(nil)
	_ Operator = (*Project)(nil)
	_ Operator = (*Join)(nil)
	_ Operator = (*Aggregate)(nil)
	_ Operator = (*Sort)(nil)
	_ Operator = (*Limit)(nil)
	_ Operator = (*Union)(nil)
	_ Operator = (*Custom)(nil)
	_ Operator = (*Write)(nil)
)
