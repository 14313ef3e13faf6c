package jobinfo

import (
	"maps"
	"slices"
	"time"
)

// Progress is how far a run has come in its last attempt.
type Progress struct {
	Time         time.Time `json:"time"`
	Began        time.Time `json:"began,omitzero"` // the attempt
	RowsRead     int64     `json:"rows_read"`
	RowsWritten  int64     `json:"rows_written"`
	RowsRejected int64     `json:"rows_rejected"`
	BytesRead    int64     `json:"bytes_read"`
	BytesTotal   int64     `json:"bytes_total,omitempty"` // of all sources; 0 where that is not known
	// Components are in order of the plan.
	Components []ComponentProgress `json:"components,omitempty"`
}

// ComponentProgress is what the ledger has counted for a component.
type ComponentProgress struct {
	Name   string           `json:"name"`
	Counts map[string]int64 `json:"counts"`
}

// Percent is how much of the sources was read, from 0 to 100. It is known where their
// size is.
func (p Progress) Percent() (percent float64, known bool) {
	if p.BytesTotal <= 0 {
		return 0, false
	}
	return min(100, 100*float64(p.BytesRead)/float64(p.BytesTotal)), true
}

// ETA is the time that is left if the sources are read on as fast as so far.
func (p Progress) ETA() (left time.Duration, known bool) {
	if p.BytesTotal <= 0 || p.BytesRead <= 0 || p.Began.IsZero() {
		return 0, false
	}
	spent := p.Time.Sub(p.Began)
	return time.Duration(float64(spent) * float64(max(0, p.BytesTotal-p.BytesRead)) / float64(p.BytesRead)), true
}

// clone is a copy that shares nothing.
func (p Progress) clone() Progress {
	p.Components = slices.Clone(p.Components)
	for i := range p.Components {
		p.Components[i].Counts = maps.Clone(p.Components[i].Counts)
	}
	return p
}
