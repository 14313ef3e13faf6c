package gofunc

import (
	"maps"
	"slices"

	"github.com/etlscript/etlscript/engine/expr"
)

// Failures are the first failures of rows, by row of a batch.
type Failures map[int]expr.Failure

// Add notes that a row failed, unless it failed before.
func (f Failures) Add(row int, failure expr.Failure) {
	if _, failed := f[row]; !failed {
		failure.Row = row
		f[row] = failure
	}
}

// InOrder are the failures in the order of the rows.
func (f Failures) InOrder() []expr.Failure {
	var out []expr.Failure
	for _, row := range slices.Sorted(maps.Keys(f)) {
		out = append(out, f[row])
	}
	return out
}
