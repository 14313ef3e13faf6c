package job

import (
	"path"
	"path/filepath"
	"slices"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// Policy bounds what jobs may reach: it is an allow-list, and what it does not
// name is refused. A nil Policy allows everything. Standard input and output are
// always allowed: they belong to whoever runs the job.
type Policy struct {
	// Components are the names of the sources and sinks that may be used.
	// Transforms reach nothing outside of the job and need no permission.
	Components []string
	// Read and Write are the folders whose files may be read and written, with
	// all folders below, or single files. Relative ones start in the working
	// folder.
	Read  []string
	Write []string
}

// CheckPolicy reports all that the policy does not allow, as far as names tell:
// it opens nothing (invariant 8). Links are followed when files are opened.
func (d *Definition) CheckPolicy(p *Policy) diag.List {
	if p == nil {
		return nil
	}
	var problems diag.List
	for _, n := range d.Nodes {
		problems = append(problems, n.blame(p.checkComponent(n))...)
		switch x := n.Op.(type) {
		case *op.Scan:
			for _, name := range x.Source.Paths() {
				problems = append(problems, n.blame(checkAllowed(name, d.FixedPath(name.Text), p.Read, "read"))...)
			}
		case *op.Write:
			name := x.Sink.Target()
			problems = append(problems, n.blame(checkAllowed(name, d.pathKey(name.Text), p.Write, "write"))...)
		}
	}
	return problems
}

func (p *Policy) checkComponent(n *Node) diag.List {
	if n.Spec == nil || n.Spec.Kind == component.Transform || slices.Contains(p.Components, n.Spec.Name) {
		return nil
	}
	return diag.List{diag.Errorf("policy.component", n.Pos, "%s is not among the components that this run allows", n.Spec.Name).
		WithHint("who runs the job may allow it with --allow-component %s", n.Spec.Name)}
}

// checkAllowed refuses a name whose path is outside of the allowed folders.
func checkAllowed(name op.Name, at string, allowed []string, what string) diag.List {
	if name.Text == Stdio || name.Text == "" || Within(allowed, at) {
		return nil
	}
	return diag.List{Refused(name, what)}
}

// Refused is the diagnostic for a file that may not be read or written.
func Refused(name op.Name, what string) *diag.Diagnostic {
	return diag.Errorf("policy.path", name.Pos, "%q is outside of the folders that this run may %s", name.Text, what).
		WithHint("who runs the job may allow its folder with --allow-%s FOLDER", what)
}

// FixedPath is the absolute path of what a script reads; of a glob, that of the
// folder before its first wildcard. Nothing is opened.
func (d *Definition) FixedPath(name string) string {
	name = path.Clean(filepath.ToSlash(name))
	folders := parts(name)
	first := slices.IndexFunc(folders, isGlob)
	switch {
	case first < 0:
		return d.pathKey(name)
	case path.IsAbs(name):
		return d.pathKey("/" + path.Join(folders[:first]...))
	}
	return d.pathKey(path.Join(folders[:first]...))
}

// Within reports whether an absolute path is one of the allowed files or
// folders, or below one, by name.
func Within(allowed []string, file string) bool {
	return slices.ContainsFunc(allowed, func(root string) bool {
		rel, err := filepath.Rel(absolute(root), file)
		return err == nil && filepath.IsLocal(rel)
	})
}
