package op

import (
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
)

// Scan reads a source. It has no input.
type Scan struct {
	Source  Source
	OnError OnError
}

// Filter keeps the rows for which Func returns true.
type Filter struct {
	Func    expr.Func
	OnError OnError
}

// Map changes each row by Func.
type Map struct {
	Func    expr.Func
	Adds    []Field // declared types of new columns
	Returns []Field // declared result of a function that builds new rows
	OnError OnError
}

// FlatMap makes any number of new rows of each row by Func.
type FlatMap struct {
	Func    expr.Func
	Returns []Field // declared columns of the new rows
	OnError OnError // ToNull: the row gives none
	// State are functions that work on a state together with Func; its End gives
	// rows behind the last one. nil: Func works alone.
	State *expr.State
}

// Project chooses and renames columns.
type Project struct {
	Mode    ProjectMode
	Columns []Name   // Keep, Remove: the columns; Rename: the old names
	To      []string // Rename: the new names
}

// ProjectMode says what the columns of a Project are.
type ProjectMode uint8

// The modes of Project.
const (
	Keep   ProjectMode = iota // the output's columns, in this order
	Remove                    // the columns that vanish
	Rename                    // the columns that get new names
)

// Join puts rows of two inputs together where their keys are equal. Input 0
// is left and gives the order, input 1 is right and is built.
type Join struct {
	Left, Right []Name // key columns, pairwise
	How         JoinKind
	One         bool   // match = "one": a second partner of a left row is an error
	Suffix      string // for right columns whose name the left has too; default "_right"
	SuffixSet   bool   // the author chose the suffix, so that collisions are no warning
}

// JoinKind says which rows a join gives.
type JoinKind string

// The kinds of joins.
const (
	Inner  JoinKind = "inner"
	LeftJ  JoinKind = "left"
	RightJ JoinKind = "right"
	Full   JoinKind = "full"
	Semi   JoinKind = "semi"
	Anti   JoinKind = "anti"
)

// Aggregate makes one row a group, groups in order of first appearance.
// Without By there is exactly one group, also of no rows.
type Aggregate struct {
	By      []Name
	Columns []AggregateColumn
	OnError OnError // for functions over rows
}

// AggregateColumn is one aggregate.
type AggregateColumn struct {
	Name  Name
	Kind  AggregateKind
	Input Name      // the column that it takes; Text is "" for none
	Func  expr.Func // or the function over rows that gives its input
}

// AggregateKind names an aggregate.
type AggregateKind string

// The aggregates.
const (
	Count         AggregateKind = "count"
	CountDistinct AggregateKind = "count_distinct"
	Sum           AggregateKind = "sum"
	Min           AggregateKind = "min"
	Max           AggregateKind = "max"
	Mean          AggregateKind = "mean"
	Median        AggregateKind = "median"
	Std           AggregateKind = "std"
	Var           AggregateKind = "var"
	First         AggregateKind = "first"
	Last          AggregateKind = "last"
)

// Sort orders rows, stably: NaN after numbers, strings bytewise.
type Sort struct{ Keys []SortKey }

// SortKey is one column to sort by.
type SortKey struct {
	Column     Name
	Desc       bool
	NullsFirst bool // default: NULLs last, in both directions
}

// Limit passes the first N rows and discards the others.
type Limit struct{ N int64 }

// Union gives the rows of all inputs, one input after the other, by column
// name in the order of the first input.
type Union struct{ Fill bool } // a column that an input lacks is NULL; else an error

// Custom is a kernel of a component's own.
type Custom struct {
	Schema func(in []*record.Schema) (*record.Schema, error)
	New    func() Kernel
	Trait  Traits
}

// Write hands the rows to a sink. Its output is its input, so that a job may
// go on behind a sink.
type Write struct {
	Sink    Sink
	OnError OnError
}
