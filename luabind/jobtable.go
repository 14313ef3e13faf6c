package luabind

import (
	"slices"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/luabind/value"
	"github.com/etlscript/etlscript/luabind/vm"
)

// jobTable is what etl.job{...} gives.
type jobTable struct {
	settings job.Settings
	build    *Hook // makes the nodes, where a file has several jobs
	pos      diag.Pos
	graph    *graph // what it owns; set when the script has ended
}

// jobHint shows how a script ends.
const jobHint = `end the script with: return etl.job { name = "..." }`

// job is etl.job{...}.
func (l *loading) job(L *lua.LState) int {
	at := callSite(L, "job")
	if l.building {
		vm.Raise(L, diag.Errorf("job.nested", at.Pos, "a job cannot be made inside of a build function"))
	}
	table, err := l.optionsOf(L, "job", at)
	if err != nil {
		vm.Raise(L, err)
	}
	j := &jobTable{pos: at.Pos}
	l.report(j.takeBuild(&table))
	settings, problems := job.DecodeSettings(table, at.Pos)
	j.settings = settings
	l.report(problems)
	l.jobs = append(l.jobs, j)
	L.Push(l.userdata(j))
	return 1
}

// takeBuild takes the build function out of the table, which is no setting of
// a job but a part of its definition.
func (j *jobTable) takeBuild(v *component.Value) diag.List {
	t, ok := v.X.(*component.Table)
	if !ok {
		return nil
	}
	i := slices.IndexFunc(t.Entries, func(e component.Entry) bool { return e.Key.Text == "build" })
	if i < 0 {
		return nil
	}
	given := t.Entries[i].Value
	t.Entries = slices.Delete(t.Entries, i, i+1)
	if j.build, ok = given.X.(*Hook); ok {
		return nil
	}
	return diag.List{diag.Errorf("option.type", given.Pos, "option \"build\" of etl.job wants a function, not %s", given.Describe())}
}

// returned finds the jobs that the script returned.
func (l *loading) returned(result lua.LValue) ([]*jobTable, diag.List) {
	if j, ok := toJob(result); ok {
		return []*jobTable{j}, nil
	}
	end := diag.Pos{File: l.name}
	if result == lua.LNil {
		return nil, diag.List{l.noJob(end)}
	}
	t, ok := result.(*lua.LTable)
	if !ok {
		return nil, diag.List{diag.Errorf("job.result", end, "the script returns %s, not a job", l.describe(result)).WithHint(jobHint)}
	}
	var out []*jobTable
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		j, ok := toJob(v)
		if !ok {
			return nil, diag.List{diag.Errorf("job.result", end, "the script returns a table in which %s stands, not a job", l.describe(v)).
				WithHint("return etl.job { ... }, or a list of jobs: return { etl.job { ... }, etl.job { ... } }")}
		}
		out = append(out, j)
	}
	if len(out) == 0 {
		return nil, diag.List{l.noJob(end)}
	}
	return out, nil
}

func (l *loading) noJob(end diag.Pos) *diag.Diagnostic {
	if len(l.jobs) > 0 {
		return diag.Errorf("job.missing", l.jobs[0].pos, "the script makes job %q, but does not return it", l.jobs[0].settings.Name).
			WithHint("write return in front of it: return etl.job { ... }")
	}
	return diag.Errorf("job.missing", end, "the script returns no job").WithHint(jobHint)
}

// describe names a value that the script has, for messages.
func (l *loading) describe(v lua.LValue) string {
	if _, ok := toStream(v); ok {
		return "a stream"
	}
	return value.Describe(v)
}

func toJob(v lua.LValue) (*jobTable, bool) {
	ud, ok := v.(*lua.LUserData)
	if !ok {
		return nil, false
	}
	j, ok := ud.Value.(*jobTable)
	return j, ok
}

// checkJobs checks the jobs of a script against each other: all that were made
// are returned, and several ones have a build function each. What they name is
// checked when they are whole (job.CheckTogether).
func (l *loading) checkJobs(returned []*jobTable) diag.List {
	var problems diag.List
	for _, j := range l.jobs {
		if !slices.Contains(returned, j) {
			problems = append(problems, diag.Errorf("job.lost", j.pos, "job %q is made, but not returned", j.settings.Name).
				WithHint("return all jobs of a file in one list: return { etl.job { ... }, etl.job { ... } }"))
		}
	}
	for _, j := range returned {
		if len(returned) > 1 && j.build == nil {
			problems = append(problems, diag.Errorf("job.build", j.pos, "job %q does not say which nodes are its own", j.settings.Name).
				WithHint("in a file with several jobs, each makes its streams in build = function() ... end"))
		}
	}
	return problems
}

// buildJobs gives each job its graph. One job owns all that the script made;
// of several ones each owns what its build function makes.
func (l *loading) buildJobs(jobs []*jobTable) error {
	script := l.graph
	l.building = true
	for _, j := range jobs {
		j.graph = script
		if len(jobs) > 1 {
			j.graph = newGraph()
		}
		if j.build == nil {
			continue
		}
		l.graph = j.graph
		if _, err := l.state.Call(l.ctx, 0, j.build.lua, 0); err != nil {
			return err
		}
	}
	if len(jobs) > 1 {
		l.warnOwnerless(script)
	}
	return nil
}

// warnOwnerless warns of nodes that belong to no job.
func (l *loading) warnOwnerless(g *graph) {
	for _, n := range g.nodes {
		l.report(diag.List{diag.Warningf("stream.unused", n.def.Pos, "%s belongs to no job and does not run", n.def.Name).
			WithHint("make it inside of a job's build function, or remove it")})
	}
}
