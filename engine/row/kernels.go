package row

import (
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
)

// newKernel makes the kernel of a node behind a head, for one worker.
func (r *run) newKernel(n *plan.Node, book *ledger.Node, worker *expr.Scope) (kernel, error) {
	k, err := r.plainKernel(n, book, worker)
	if err == nil && r.seams.kernel != nil {
		k = r.seams.kernel(n, k)
	}
	return k, err
}

func (r *run) plainKernel(n *plan.Node, book *ledger.Node, worker *expr.Scope) (kernel, error) {
	switch o := n.Job.Op.(type) {
	case *op.Filter:
		return r.newFilter(n, o, book, worker)
	case *op.Map:
		return r.newMapper(n, o, book, worker)
	case *op.Split:
		return r.newSplitter(n, o, book, worker)
	case *op.FlatMap:
		return r.newFlatMapper(n, o, book, worker)
	case *op.Project:
		return newProject(n, o), nil
	case *op.Limit:
		return newLimit(o, book), nil
	case *op.Skip:
		return newSkip(o, book), nil
	case *op.Distinct:
		return newFirsts(n, o, book), nil
	case *op.Assert:
		return newAssert(n, o, book), nil
	case *op.Write:
		return &write{writer: r.writers[n], book: book}, nil
	case *op.Custom:
		return &custom{kernel: o.New()}, nil
	}
	return nil, unsupported(n)
}

// newMerger makes the merger of a node that is a head.
func (r *run) newMerger(n *plan.Node, book *ledger.Node) (merger, error) {
	m, err := r.plainMerger(n, book)
	if err == nil && r.seams.merger != nil {
		m = r.seams.merger(n, m)
	}
	return m, err
}

func (r *run) plainMerger(n *plan.Node, book *ledger.Node) (merger, error) {
	rows := r.plan.Options.BatchRows
	switch o := n.Job.Op.(type) {
	case *op.Join:
		return newJoin(n, o, book, rows), nil
	case *op.Aggregate:
		return r.newAggregate(n, o, book)
	case *op.Sort:
		return newSorter(n, o, book, rows), nil
	case *op.Distinct:
		return newLasts(n, o, book, rows), nil
	case *op.Union:
		return newUnion(n, book), nil
	case *op.Custom:
		return &customMerger{kernel: o.New(), inputs: len(n.In)}, nil
	}
	return nil, unsupported(n)
}
