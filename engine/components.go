package engine

import (
	"context"
	"fmt"
	"sync"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/jobinfo"
)

// components follows the components of an attempt. The executor tells it which work and
// which have ended (plan.Watch); what failed, the error of the attempt tells.
type components struct {
	mu     sync.Mutex
	run    *Run
	states map[string]jobinfo.State
	broken error // why something could not be recorded
}

// open begins an attempt: all components wait, but for those that reach no sink.
func (c *components) open(r *Run) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.run, c.states, c.broken = r, make(map[string]jobinfo.State, len(r.def.Nodes)), nil
	useful := r.def.ReachingSinks()
	events := make([]jobinfo.Event, 0, len(r.def.Nodes))
	for _, n := range r.def.Nodes {
		events = append(events, c.event(n.Name, jobinfo.Pending, ""))
	}
	for _, n := range r.def.Nodes {
		if !useful[n] {
			events = append(events, c.event(n.Name, jobinfo.Skipped, "its rows reach no sink"))
		}
	}
	events = append(events, jobinfo.Event{Kind: jobinfo.KindStep, Step: jobinfo.Preparation})
	return r.tracker.Record(events...)
}

// event notes the new state of a component.
func (c *components) event(name string, s jobinfo.State, cause string) jobinfo.Event {
	c.states[name] = s
	return jobinfo.Event{Kind: jobinfo.KindComponent, Component: name, State: s, Cause: cause}
}

// Began implements plan.Watch.
func (c *components) Began(nodes []*plan.Node) { c.change(nodes, jobinfo.Pending, jobinfo.Running) }

// Ended implements plan.Watch. A sink has not ended before its output is published.
func (c *components) Ended(nodes []*plan.Node) { c.change(nodes, jobinfo.Running, jobinfo.Completed) }

func (c *components) change(nodes []*plan.Node, from, to jobinfo.State) {
	c.mu.Lock()
	defer c.mu.Unlock()
	var events []jobinfo.Event
	for _, n := range nodes {
		if _, sink := n.Job.Op.(*op.Write); c.states[n.Name()] == from && (!sink || to != jobinfo.Completed) {
			events = append(events, c.event(n.Name(), to, ""))
		}
	}
	c.record(events)
}

// published says that the output of a sink is there.
func (c *components) published(name string) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.record(c.completed(name))
}

// completed are the events of a component that has ended well, also where the executor
// told nothing of it.
func (c *components) completed(name string) (events []jobinfo.Event) {
	switch c.states[name] {
	case jobinfo.Pending:
		events = append(events, c.event(name, jobinfo.Running, ""))
		fallthrough
	case jobinfo.Running:
		events = append(events, c.event(name, jobinfo.Completed, ""))
	}
	return events
}

func (c *components) record(events []jobinfo.Event) {
	if len(events) == 0 || c.broken != nil {
		return
	}
	c.broken = c.run.tracker.Record(events...)
}

// close ends an attempt. If it went well, so did its components. Otherwise those that are
// to blame have FAILED, and those that have not ended are CANCELLED. The error is why
// something could not be recorded.
func (c *components) close(ctx context.Context, err error) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.run == nil {
		return nil
	}
	var events []jobinfo.Event
	failed := c.failed(err)
	for _, n := range c.run.def.Nodes {
		events = append(events, c.last(ctx, n, err, failed)...)
	}
	c.record(events)
	return c.unrecorded()
}

// last are the events of a component at the end of an attempt.
func (c *components) last(ctx context.Context, n *job.Node, err error, failed map[string]*diag.Diagnostic) []jobinfo.Event {
	if s := c.states[n.Name]; s != jobinfo.Pending && s != jobinfo.Running {
		return nil
	}
	if err == nil {
		return c.completed(n.Name)
	}
	if d := failed[n.Name]; d != nil {
		return []jobinfo.Event{c.event(n.Name, jobinfo.Failed, d.Error())}
	}
	return []jobinfo.Event{c.event(n.Name, jobinfo.Cancelled, c.why(ctx, n, failed))}
}

func (c *components) unrecorded() error {
	if c.broken == nil {
		return nil
	}
	return diag.Errorf("system.events", diag.Pos{}, "the states of components could not be recorded: %w", c.broken)
}

// failed are the components that an error blames.
func (c *components) failed(err error) map[string]*diag.Diagnostic {
	out := map[string]*diag.Diagnostic{}
	for _, d := range diag.ListOf(err).Errors() {
		if d.Component != "" && out[d.Component] == nil {
			out[d.Component] = d
		}
	}
	return out
}

// why says why a component was stopped.
func (c *components) why(ctx context.Context, n *job.Node, failed map[string]*diag.Diagnostic) string {
	if cause := context.Cause(ctx); cause != nil {
		return cause.Error()
	}
	if above := upstream(n, failed); above != "" {
		return fmt.Sprintf("%s failed, whose rows it takes", above)
	}
	for _, other := range c.run.def.Nodes {
		if failed[other.Name] != nil {
			return fmt.Sprintf("%s failed, beside it", other.Name)
		}
	}
	return "the attempt failed"
}

// upstream is a failed component whose rows come to the node, "" if there is none.
func upstream(n *job.Node, failed map[string]*diag.Diagnostic) string {
	seen := map[*job.Node]bool{}
	var look func(n *job.Node) string
	look = func(n *job.Node) string {
		for _, in := range n.Inputs {
			if failed[in.From.Name] != nil {
				return in.From.Name
			}
			if seen[in.From] {
				continue
			}
			seen[in.From] = true
			if found := look(in.From); found != "" {
				return found
			}
		}
		return ""
	}
	return look(n)
}
