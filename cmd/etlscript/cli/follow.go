package cli

import (
	"time"

	"github.com/etlscript/etlscript/engine"
)

// follow shows runs until their ends, and hands over each as it ends; then the runs that
// stand in for those that failed.
func (p *progress) follow(runs []*engine.Run, ended func(*engine.Run, engine.Result)) {
	left, done := len(runs), make(chan *engine.Run)
	watch := func(r *engine.Run) {
		r.Wait()
		done <- r
	}
	for _, r := range runs {
		go watch(r)
	}
	tick := time.NewTicker(p.interval())
	defer tick.Stop()
	for left > 0 {
		select {
		case r := <-done:
			left--
			if instead := r.Instead(); instead != nil {
				left++
				runs = append(runs, instead)
				go watch(instead)
			}
			p.clear()
			ended(r, r.Wait())
		case <-tick.C:
			p.show(runs)
		}
	}
}
