package plan

import (
	"errors"
	"fmt"
	"runtime"

	"github.com/etlscript/etlscript/engine/record"
)

// Options shape a plan. They never change a result.
type Options struct {
	// Workers is how many workers a stage may have. Defaults to the number of
	// processors.
	Workers int
	// QueueBatches is how many batches a queue between two stages holds.
	// Defaults to 4.
	QueueBatches int
	// BatchRows is the most rows in a batch. Defaults to record.BatchRows.
	BatchRows int
	// Memory is how many bytes the operators that hold rows may hold together, about.
	// Defaults to 2 GiB.
	Memory int64
}

// WithDefaults is the options with the defaults filled in.
func (o Options) WithDefaults() Options {
	if o.Workers == 0 {
		o.Workers = runtime.GOMAXPROCS(0)
	}
	if o.QueueBatches == 0 {
		o.QueueBatches = 4
	}
	if o.BatchRows == 0 {
		o.BatchRows = record.BatchRows
	}
	if o.Memory == 0 {
		o.Memory = 2 << 30
	}
	return o
}

// Validate returns every problem of options with defaults.
func (o Options) Validate() error {
	var errs []error
	for _, f := range []struct {
		name string
		n    int64
	}{
		{"workers", int64(o.Workers)},
		{"queue batches", int64(o.QueueBatches)},
		{"rows a batch", int64(o.BatchRows)},
		{"bytes of memory", o.Memory},
	} {
		if f.n < 1 {
			errs = append(errs, fmt.Errorf("plan: %d %s, but at least one is needed", f.n, f.name))
		}
	}
	return errors.Join(errs...)
}
