package engine

import (
	"sync"
	"time"

	"github.com/etlscript/etlscript/jobinfo"
)

// beat is how often a run that goes on reports how far it has come, and looks whether
// somebody asked something of it. A run that is shorter never does.
const beat = time.Second

// pulse is the beat of a run. It holds no goroutine between two beats.
type pulse struct {
	mu      sync.Mutex
	run     *Run
	timer   *time.Timer
	stopped bool
	last    Progress // that was reported, without components
}

func (r *Run) startPulse() *pulse {
	p := &pulse{run: r}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.timer = time.AfterFunc(beat, p.tick)
	return p
}

// stop ends the pulse with a last report, and waits for a beat that goes on.
func (p *pulse) stop() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.stopped = true
	p.timer.Stop()
	p.report(withComponents(p.run.stats.progress(), p.run.result.Nodes))
}

func (p *pulse) tick() {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.stopped {
		return
	}
	if now := p.run.stats.progress(); !same(now, p.last) { // a run that waits reports nothing new
		p.report(p.run.stats.report())
		p.last = now
	}
	p.listen()
	p.timer.Reset(beat)
}

// report keeps the progress. It is for those who look on, so that an error ends nothing.
func (p *pulse) report(at Progress) {
	at.Time = p.run.engine.config.Now()
	if err := p.run.journal.Report(at); err != nil {
		p.run.dir.log.Warn("the progress cannot be kept", "error", err)
	}
}

// listen does what somebody asked of the run.
func (p *pulse) listen() {
	q, asked, err := p.run.journal.Asked()
	switch {
	case err != nil:
		p.run.dir.log.Warn("requests cannot be read", "error", err)
	case asked && q.Action == jobinfo.ActCancel:
		cause := &ByPerson{By: q.By, Why: q.Why}
		e := jobinfo.Event{Kind: jobinfo.KindPerson, Action: q.Action, By: q.By, Cause: q.Why}
		if err := p.run.tracker.Record(e); err != nil {
			p.run.dir.log.Warn("a request cannot be recorded", "error", err)
		}
		p.run.cancel(cause)
	}
}

// same reports whether nothing has happened from one progress to the other.
func same(a, b Progress) bool {
	return a.Began.Equal(b.Began) && a.RowsRead == b.RowsRead && a.RowsWritten == b.RowsWritten && a.RowsRejected == b.RowsRejected && a.BytesRead == b.BytesRead
}
