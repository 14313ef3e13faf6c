// Package gofunc makes functions over rows that are written in Go, for components
// that change columns: failing rows, rejects, workers and order are then dealt
// with as they are for the functions of scripts.
package gofunc

import (
	"context"
	"fmt"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
)

// Spec is what a function does.
type Spec struct {
	// Reads and Writes are the input columns that it looks at, and those that it
	// assigns.
	Reads, Writes []string
	// All says that it looks at every column.
	All bool
	// Ordered says that it keeps something from row to row, so that one runner gets
	// all rows in their order.
	Ordered bool
	// Schema is the columns of the result for those of the input, which may be open.
	// It reports every problem.
	Schema func(in *record.Schema) (*record.Schema, diag.List)
	// Start makes a step for one runner; use.In and use.Out are complete.
	Start func(use expr.Use) Step
}

// Step makes the columns of the result for a batch, of all its rows, and the
// failures, in order of their rows; what the columns hold there does not matter.
// The error ends the run.
type Step func(ctx context.Context, b *record.Batch) (columns []*record.Column, failed []expr.Failure, err error)

// New makes a function.
func New(s Spec) expr.Func { return &function{s} }

type function struct{ spec Spec }

// Info implements expr.Func.
func (f *function) Info() expr.Info {
	i := expr.Info{Reads: f.spec.Reads, Writes: f.spec.Writes, AllColumns: f.spec.All, Rung: "built in"}
	if f.spec.Ordered {
		i.Group = fmt.Sprintf("%p", f) // nobody else shares what it keeps
	}
	return i
}

// Resolve implements expr.Func.
func (f *function) Resolve(use expr.Use) (*record.Schema, diag.List) { return f.spec.Schema(use.In) }

// Open implements expr.Func.
func (f *function) Open(use expr.Use) (expr.Runner, error) {
	return &runner{use: use, step: f.spec.Start(use)}, nil
}

type runner struct {
	use  expr.Use
	step Step
}

// Close implements expr.Runner.
func (*runner) Close() {}

// Run implements expr.Runner.
func (r *runner) Run(ctx context.Context, in *record.Batch) (expr.Result, error) {
	columns, failed, err := r.step(ctx, in)
	if err != nil {
		return expr.Result{}, err
	}
	if r.use.StopAtFailure && len(failed) > 0 {
		failed = failed[:1]
	}
	made := record.NewBatch(r.use.Out, in.Len(), columns, in.Lineage)
	if len(failed) > 0 {
		made = made.Select(r.others(in.Len(), failed))
	}
	return expr.Result{Batch: made, Failed: failed}, nil
}

// others are the rows that did not fail, up to the one that ends the run.
func (r *runner) others(n int, failed []expr.Failure) []int32 {
	if r.use.StopAtFailure {
		n = failed[0].Row
	}
	rows := make([]int32, 0, n)
	for i := range n {
		if len(failed) > 0 && failed[0].Row == i {
			failed = failed[1:]
			continue
		}
		rows = append(rows, int32(i))
	}
	return rows
}
