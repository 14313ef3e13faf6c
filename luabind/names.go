package luabind

import (
	"fmt"

	"github.com/etlscript/etlscript/engine/diag"
)

// nodeNames are the names of the nodes of one job, each with the place of the
// node that has it.
type nodeNames struct {
	places map[string]diag.Pos // where each node with a name is
	made   map[string]int      // how many numbers the nodes of a kind on a line have taken
}

func newNodeNames() nodeNames {
	return nodeNames{places: map[string]diag.Pos{}, made: map[string]int{}}
}

// give is the name that the author chose for a node. A name that another node
// has is a problem.
func (n nodeNames) give(name string, pos diag.Pos) *diag.Diagnostic {
	if first, taken := n.places[name]; taken {
		return diag.Errorf("node.duplicate", pos, "two nodes are called %q", name).
			WithNote(first, "the first one").
			WithHint("names are unique in a job; choose another name = \"...\"")
	}
	n.places[name] = pos
	return nil
}

// make is the name of a node that got none: its kind and the line of the
// call, and a number for the second one and later ones on the line. file is
// the required file that made it, "" for the script itself.
func (n nodeNames) make(kind, file string, pos diag.Pos) string {
	first := fmt.Sprintf("%s@%d", kind, pos.Line)
	if file != "" {
		first = file + ":" + first
	}
	name := first
	for {
		if _, taken := n.places[name]; !taken {
			n.places[name] = pos
			return name
		}
		n.made[first]++
		name = fmt.Sprintf("%s#%d", first, n.made[first]+1)
	}
}
