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
	return o
}

// Validate returns every problem of options with defaults.
func (o Options) Validate() error {
	var errs []error
	for _, f := range []struct {
		name string
		n    int
	}{{"workers", o.Workers}, {"queue batches", o.QueueBatches}, {"rows a batch", o.BatchRows}} {
		if f.n < 1 {
			errs = append(errs, fmt.Errorf("plan: %d %s, but at least one is needed", f.n, f.name))
		}
	}
	return errors.Join(errs...)
}
