package op

import (
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/record"
)

// Distinct gives one row of those that are equal in the columns of By, or in all
// columns when there are none. NULLs are equal.
type Distinct struct {
	By   []Name
	Last bool // the last one of equal rows, in the place where it stands; else the first
}

// Resolve implements Operator.
func (o *Distinct) Resolve(in []*record.Schema) (*record.Schema, diag.List) {
	var problems diag.List
	seen := columnSet{}
	for _, n := range o.By {
		_, d := lookup(in[0], n)
		if d == nil {
			d = seen.add(n)
		}
		if d != nil {
			problems = append(problems, d)
		}
	}
	return in[0], problems
}

// Laws implements Operator.
func (o *Distinct) Laws() []ledger.Law {
	if o.Last {
		return []ledger.Law{law(ledger.In, ledger.Merged, ledger.Skipped), law(ledger.Groups, ledger.Out, ledger.Discarded)}
	}
	return []ledger.Law{law(ledger.In, ledger.Merged, ledger.Discarded), law(ledger.Groups, ledger.Out)}
}

// Traits implements Operator.
func (o *Distinct) Traits() Traits {
	return Traits{Blocking: o.Last, Ordered: !o.Last, Reads: Names(o.By), All: len(o.By) == 0}
}

// Skip discards the first N rows.
type Skip struct{ N int64 }

// Resolve implements Operator.
func (s *Skip) Resolve(in []*record.Schema) (*record.Schema, diag.List) { return in[0], nil }

// Laws implements Operator.
func (s *Skip) Laws() []ledger.Law {
	return []ledger.Law{law(ledger.In, ledger.Out, ledger.Discarded)}
}

// Traits implements Operator.
func (s *Skip) Traits() Traits { return Traits{Ordered: true} }

var (
	_ Operator = (*Distinct)(nil)
	_ Operator = (*Skip)(nil)
)
