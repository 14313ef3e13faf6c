package engine

import (
	"context"
	"errors"

	"github.com/hashicorp/go-hclog"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// prepared is a plan with the sources that were opened for it.
type prepared struct {
	plan   *plan.Plan
	tables map[*job.Node]op.Table
}

func (p prepared) close(log hclog.Logger) {
	for n, t := range p.tables {
		if err := t.Close(); err != nil {
			log.Warn("closing a source", "component", n.Name, "error", err)
		}
	}
}

// prepare opens the sources so far that all columns are known, checks every
// node against them and plans, before any output exists.
func (r *Run) prepare(ctx context.Context) (prepared, diag.List, error) {
	p := prepared{tables: map[*job.Node]op.Table{}}
	schemas := map[*job.Node]*record.Schema{}
	useful := r.def.ReachingSinks()
	var problems diag.List
	for _, n := range r.def.Nodes {
		scan, ok := n.Op.(*op.Scan)
		if !ok || !useful[n] {
			continue
		}
		if found := r.refusedInputs(n, scan); len(found) > 0 {
			problems = append(problems, found...)
			continue
		}
		table, err := scan.Source.Resolve(ctx, r.env())
		if err != nil {
			problems = append(problems, blame(n, err)...)
			continue
		}
		p.tables[n], schemas[n] = table, table.Schema()
	}
	if err := errors.Join(context.Cause(ctx), problems.Err()); err != nil {
		return p, nil, err
	}
	resolved, found := r.def.Resolve(schemas)
	if err := found.Err(); err != nil {
		return p, found.Warnings(), err
	}
	built, more := plan.Build(r.def, resolved, p.tables, r.engine.planOptions(r.def))
	p.plan = built
	return p, append(found.Warnings(), more.Warnings()...), more.Err()
}

// refusedInputs are the paths of a source that lead out of the allowed folders
// by links, before messages could tell what is there.
func (r *Run) refusedInputs(n *job.Node, scan *op.Scan) diag.List {
	if r.engine.config.Policy == nil {
		return nil
	}
	var problems diag.List
	for _, p := range scan.Source.Paths() {
		if p.Text != "-" && !(access{r.engine.config.Policy}).MayRead(r.def.FixedPath(p.Text)) {
			problems = append(problems, blame(n, job.Refused(p, "read"))...)
		}
	}
	return problems
}

func blame(n *job.Node, err error) diag.List {
	list := diag.ListOf(err)
	for _, d := range list {
		if d.Component == "" {
			d.Component = n.Name
		}
		if !d.Pos.IsValid() {
			d.Pos = n.Pos
		}
	}
	return list
}

// without is the diagnostics that were not found before.
func without(found, before diag.List) diag.List {
	seen := map[string]bool{}
	for _, d := range before {
		seen[string(d.Code)+d.Error()] = true
	}
	var out diag.List
	for _, d := range found {
		if !seen[string(d.Code)+d.Error()] {
			out = append(out, d)
		}
	}
	return out
}

func (r *Run) env() op.Env {
	c := r.engine.config
	env := op.Env{Dir: r.def.Dir, Stdin: c.Stdin, Stdout: c.Stdout, Log: r.dir.log, Temp: r.dir.tempDir}
	if c.Policy != nil {
		env.Access = access{c.Policy}
	}
	return env
}

func (e *Engine) planOptions(def *job.Definition) plan.Options {
	workers := e.config.Workers
	if def.Settings.Limits.CPU > 0 {
		workers = int(def.Settings.Limits.CPU)
	}
	return plan.Options{Workers: workers, QueueBatches: e.config.QueueBatches, BatchRows: e.config.BatchRows, Memory: int64(def.Settings.Limits.Memory)}
}

// Explain plans a job without opening anything (invariant 8): columns of
// sources are known as far as the script pins them.
func (e *Engine) Explain(def *job.Definition) (*plan.Plan, diag.List) {
	schemas, found := def.Check()
	found = append(found, def.CheckPolicy(e.config.Policy)...)
	if found.Err() != nil {
		return nil, found
	}
	p, more := plan.Build(def, schemas, nil, e.planOptions(def))
	return p, append(found, more...)
}
