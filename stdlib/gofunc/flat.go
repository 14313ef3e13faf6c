package gofunc

import (
	"context"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
)

// FlatSpec is what a function does that makes any number of rows of each row
// (op.FlatMap).
type FlatSpec struct {
	// Reads are the input columns that it looks at.
	Reads []string
	// Schema is as in Spec.
	Schema func(in *record.Schema) (*record.Schema, diag.List)
	// Start makes a step for one runner; use.In and use.Out are complete.
	Start func(use expr.Use) FlatStep
}

// FlatStep makes rows of the first rows of a batch: of all, or until it has
// use.Enough, or up to the first failure where use.StopAtFailure says so. counts are
// how many each of these gave. The error ends the run.
type FlatStep func(ctx context.Context, b *record.Batch) (made *record.Batch, counts []int32, failed []expr.Failure, err error)

// NewFlat makes a function.
func NewFlat(s FlatSpec) expr.Func { return &flat{s} }

type flat struct{ spec FlatSpec }

// Info implements expr.Func.
func (f *flat) Info() expr.Info { return expr.Info{Reads: f.spec.Reads, Rung: "built in"} }

// Resolve implements expr.Func.
func (f *flat) Resolve(use expr.Use) (*record.Schema, diag.List) { return f.spec.Schema(use.In) }

// Open implements expr.Func.
func (f *flat) Open(use expr.Use) (expr.Runner, error) {
	return &flatRunner{step: f.spec.Start(use)}, nil
}

type flatRunner struct{ step FlatStep }

// Close implements expr.Runner.
func (*flatRunner) Close() {}

// Run implements expr.Runner.
func (r *flatRunner) Run(ctx context.Context, in *record.Batch) (expr.Result, error) {
	made, counts, failed, err := r.step(ctx, in)
	return expr.Result{Batch: made, Counts: counts, Failed: failed}, err
}
