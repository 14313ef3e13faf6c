package job

import (
	"cmp"
	"slices"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// CheckTogether reports what is wrong with the jobs of one file as seen together, in
// their order: names that two of them have, jobs that are named and are not there, jobs
// that wait for each other or stand in for each other in a circle. It warns of a job
// that reads what another one writes and does not say that it comes after it. It opens
// nothing (invariant 8).
func CheckTogether(defs []*Definition) diag.List {
	t := together{defs: defs, names: map[string]*Definition{}, standsIn: map[string][]string{}}
	problems := t.index()
	problems = append(problems, t.checkNames()...)
	if problems.Err() != nil {
		return problems // what follows needs names that mean something
	}
	problems = append(problems, t.circles("jobs come after each other in a circle", afterOf)...)
	problems = append(problems, t.circles("jobs are the fallback of each other in a circle", fallbackOf)...)
	if problems.Err() != nil {
		return problems
	}
	problems = append(problems, t.checkFallbacks()...)
	return append(problems, t.checkOrder()...)
}

// together is the jobs of a file.
type together struct {
	defs     []*Definition
	names    map[string]*Definition
	standsIn map[string][]string // the jobs whose fallback a job is
}

// afterOf and fallbackOf are the jobs that a job names, with the places.
func afterOf(d *Definition) []op.Name {
	out := make([]op.Name, 0, len(d.Settings.After))
	for i, name := range d.Settings.After {
		n := op.Name{Text: name, Pos: d.Pos}
		if i < len(d.Settings.AfterPos) {
			n.Pos = d.Settings.AfterPos[i]
		}
		out = append(out, n)
	}
	return out
}

func fallbackOf(d *Definition) []op.Name {
	f := d.Settings.Fallback
	if f.Job == "" {
		return nil
	}
	return []op.Name{{Text: f.Job, Pos: cmp.Or(f.Pos, d.Pos)}}
}

// index finds the jobs by their names.
func (t *together) index() diag.List {
	var problems diag.List
	for _, d := range t.defs {
		if first, taken := t.names[d.Name]; taken {
			problems = append(problems, diag.Errorf("job.duplicate", d.Pos, "two jobs are called %q", d.Name).
				WithNote(first.Pos, "the first one"))
			continue
		}
		t.names[d.Name] = d
		for _, f := range fallbackOf(d) {
			t.standsIn[f.Text] = append(t.standsIn[f.Text], d.Name)
		}
	}
	return problems
}

// checkNames refuses names of jobs that are not there, and of the job itself.
func (t *together) checkNames() diag.List {
	var problems diag.List
	for _, d := range t.defs {
		for _, n := range afterOf(d) {
			problems = append(problems, t.checkName(d, n, "comes after", "after")...)
		}
		for _, n := range fallbackOf(d) {
			problems = append(problems, t.checkName(d, n, "has the fallback", "fallback")...)
		}
	}
	return problems
}

func (t *together) checkName(d *Definition, n op.Name, relation, option string) diag.List {
	if n.Text == d.Name {
		return diag.List{diag.Errorf("job.self", n.Pos, "job %q %s itself", d.Name, relation).
			WithHint("name another job of the file, or remove %s", option)}
	}
	if t.names[n.Text] != nil {
		return nil
	}
	problem := diag.Errorf("job.unknown", n.Pos, "job %q %s %q, but the file has no job of that name", d.Name, relation, n.Text)
	if others := t.others(d); len(others) > 0 {
		return diag.List{problem.WithHint("%s", diag.DidYouMean(n.Text, others))}
	}
	return diag.List{problem.WithHint("there is no other job in the file: a file returns several as return { etl.job { ... }, etl.job { ... } }")}
}

// others are the names of all jobs but one.
func (t *together) others(d *Definition) []string {
	var out []string
	for _, other := range t.defs {
		if other.Name != d.Name {
			out = append(out, other.Name)
		}
	}
	return out
}

// circles reports each circle of a relation once, at the job of it that stands first.
func (t *together) circles(what string, next func(*Definition) []op.Name) diag.List {
	var problems diag.List
	done := map[string]bool{}
	for _, d := range t.defs {
		if c := t.circle(d, next, done); c != nil {
			problems = append(problems, circleProblem(what, c))
			for _, n := range c {
				done[n.Text] = true
			}
		}
	}
	return problems
}

// circle is the shortest way from a job back to itself, as the names that lead from one
// to the next; nil if there is none. Jobs that are done are not passed.
func (t *together) circle(from *Definition, next func(*Definition) []op.Name, done map[string]bool) []op.Name {
	ways := map[string]step{} // the last one on the way to each job
	queue := []*Definition{from}
	for ; len(queue) > 0; queue = queue[1:] {
		for _, n := range next(queue[0]) {
			if _, seen := ways[n.Text]; seen || done[n.Text] {
				continue
			}
			ways[n.Text] = step{from: queue[0].Name, name: n}
			if n.Text == from.Name {
				return unwound(ways, from.Name)
			}
			queue = append(queue, t.names[n.Text])
		}
	}
	return nil
}

// step is a job that names another one.
type step struct {
	from string
	name op.Name
}

// unwound is the way to a job, of which ways has the last step of each.
func unwound(ways map[string]step, to string) []op.Name {
	var out []op.Name
	for at := to; ; {
		last := ways[at]
		out = append(out, last.name)
		if at = last.from; at == to {
			slices.Reverse(out)
			return out
		}
	}
}

func circleProblem(what string, circle []op.Name) *diag.Diagnostic {
	names := []string{circle[len(circle)-1].Text}
	for _, n := range circle {
		names = append(names, n.Text)
	}
	out := diag.Errorf("job.circle", circle[0].Pos, "%s: %s", what, strings.Join(names, " → ")).
		WithHint("remove one of these names")
	for i, n := range circle[1:] {
		out.WithNote(n.Pos, "%q names %q here", circle[i].Text, n.Text)
	}
	return out
}

// before are the jobs that must have ended before a job begins.
func (t *together) before(d *Definition) map[string]bool {
	out := map[string]bool{}
	var add func(d *Definition)
	add = func(d *Definition) {
		for _, n := range afterOf(d) {
			if !out[n.Text] {
				out[n.Text] = true
				add(t.names[n.Text])
			}
		}
	}
	add(d)
	return out
}

// checkFallbacks refuses fallbacks that wait for the job that they stand in for, and
// jobs that wait for a fallback.
func (t *together) checkFallbacks() diag.List {
	var problems diag.List
	for _, d := range t.defs {
		for _, f := range fallbackOf(d) {
			if t.before(t.names[f.Text])[d.Name] {
				problems = append(problems, diag.Errorf("job.fallback", f.Pos, "job %q is the fallback of %q and comes after it, so that it could never run", f.Text, d.Name).
					WithNote(t.names[f.Text].Pos, "the fallback").
					WithHint("a fallback begins where its job has failed; it comes after nothing that needs that job"))
			}
		}
		for _, n := range afterOf(d) {
			if owners := t.standsIn[n.Text]; len(owners) > 0 {
				problems = append(problems, diag.Errorf("job.fallback", n.Pos, "job %q comes after %q, which only runs where %q fails", d.Name, n.Text, owners[0]).
					WithHint("write after = { %q }", owners[0]))
			}
		}
	}
	return problems
}

// written is a path that a job of the file writes.
type written struct {
	target
	by *Definition
}

// checkOrder warns of jobs that read what another one writes, at the same time for all
// that the file says.
func (t *together) checkOrder() diag.List {
	all, byKey := writtenBy(t.defs)
	var problems diag.List
	for _, d := range t.defs {
		problems = append(problems, t.checkReads(d, all, byKey)...)
	}
	return problems
}

// writtenBy are the paths that jobs write.
func writtenBy(defs []*Definition) (all []written, byKey map[string][]written) {
	byKey = map[string][]written{}
	for _, d := range defs {
		targets, _ := d.targets()
		for _, w := range targets {
			if w.Text != Stdio {
				all = append(all, written{w, d})
				byKey[w.key] = append(byKey[w.key], written{w, d})
			}
		}
	}
	return all, byKey
}

// Feeds are, for each job, those before it in the list that write what it reads. Where the
// jobs do not say themselves which comes first, that is their order.
func Feeds(defs []*Definition) map[*Definition][]*Definition {
	out := map[*Definition][]*Definition{}
	all, byKey := writtenBy(defs)
	for i, d := range defs {
		for _, n := range d.Nodes {
			s, ok := n.Op.(*op.Scan)
			if !ok || s.Source == nil {
				continue
			}
			for _, p := range s.Source.Paths() {
				for _, w := range d.hits(p.Text, all, byKey) {
					if slices.Contains(defs[:i], w.by) && !slices.Contains(out[d], w.by) {
						out[d] = append(out[d], w.by)
					}
				}
			}
		}
	}
	return out
}

// checkReads warns of each place where a job reads what another one writes.
func (t *together) checkReads(d *Definition, all []written, byKey map[string][]written) diag.List {
	var problems diag.List
	for _, n := range d.Nodes {
		s, ok := n.Op.(*op.Scan)
		if !ok || s.Source == nil {
			continue
		}
		for _, p := range s.Source.Paths() {
			for _, w := range d.hits(p.Text, all, byKey) {
				if w.by != d && !t.ordered(d, w.by) {
					problems = append(problems, n.blame(diag.List{readsEarly(d, p, w)})...)
				}
			}
		}
	}
	return problems
}

// hits are the written paths that a path or glob of the job reads.
func (d *Definition) hits(name string, all []written, byKey map[string][]written) []written {
	out := slices.Clone(byKey[d.pathKey(name)])
	if !isGlob(name) {
		return out
	}
	for _, w := range all {
		if d.globHits(name, w.key) && w.key != d.pathKey(name) {
			out = append(out, w)
		}
	}
	return out
}

func readsEarly(d *Definition, p op.Name, w written) *diag.Diagnostic {
	return diag.Warningf("job.order", p.Pos, "job %q reads %q, which job %q writes, and does not come after it", d.Name, p.Text, w.by.Name).
		WithNote(w.Pos, "written here").WithHint("write after = { %q } in job %q", w.by.Name, d.Name)
}

// ordered reports whether the file says which of two jobs comes first. A job that comes
// after another one comes after its fallbacks.
func (t *together) ordered(reader, writer *Definition) bool {
	if t.before(writer)[reader.Name] || slices.Contains(t.standsIn[reader.Name], writer.Name) || slices.Contains(t.standsIn[writer.Name], reader.Name) {
		return true
	}
	before := t.before(reader)
	if before[writer.Name] {
		return true
	}
	return slices.ContainsFunc(t.standsIn[writer.Name], func(owner string) bool {
		return t.ordered(reader, t.names[owner])
	})
}
