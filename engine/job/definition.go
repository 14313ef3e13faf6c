// Package job holds a job as its author defined it: a graph of named nodes
// with settings, each with its place in the script, and the checks that need
// no file, socket or database (invariant 8).
package job

import (
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Definition is a job. It does not change once it was loaded.
type Definition struct {
	Name     string
	Pos      diag.Pos // of etl.job{...}
	Dir      string   // the script's folder; relative paths start here
	Settings Settings
	Nodes    []*Node // in the order in which the script made them
	Sources  diag.Sources
	Warnings diag.List         // found while loading
	Script   string            // path of the script; "" for a text without a file
	Hash     string            // SHA-256 of the script and of all that it required, in hex
	Params   map[string]string // parameters in effect; secrets are "***"
}

// Node is one component of a job.
type Node struct {
	Name   string
	Spec   *component.Spec
	Op     op.Operator
	Inputs []Edge // one for each stream that the call took, the receiver first
	Pos    diag.Pos
}

// Edge is a connection, seen from the node that takes.
type Edge struct {
	From *Node
	Port string // of From; PortOut unless the script asked for another one
}

// The ports of a node's outputs. Those that a split names itself are called as SplitPort
// has it.
const (
	PortOut     = "out"
	PortRejects = "rejects"
	PortDropped = "dropped"
)

// SplitPort is the port of a split that the script calls by a name.
func SplitPort(name string) string { return "." + name }

// Strategy is how a job is executed.
type Strategy string

// The strategies.
const (
	Row     Strategy = "row"
	Bulk    Strategy = "bulk"
	BigData Strategy = "bigdata"
	Auto    Strategy = "auto"
)

// Consumers maps each node to the edges that leave it, in order of the nodes.
func (d *Definition) Consumers() map[*Node][]Consumer {
	out := map[*Node][]Consumer{}
	for _, n := range d.Nodes {
		for i, e := range n.Inputs {
			out[e.From] = append(out[e.From], Consumer{Node: n, Input: i, Port: e.Port})
		}
	}
	return out
}

// Consumer is a connection, seen from the node that gives.
type Consumer struct {
	Node  *Node
	Input int
	Port  string
}

// Schemas are the columns of each node's main output, as far as known.
type Schemas map[*Node]*record.Schema
