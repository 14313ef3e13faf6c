package csv

import (
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowread"
)

// table is a read_csv whose columns are known.
type table struct {
	source  *source
	env     op.Env
	inputs  []input
	columns []*column
	stdin   files.Replay
}

// input is a file of a table.
type input struct {
	file   files.File
	header []string
	places []int // of the table's columns in the file's rows
}

// define settles the types of the columns.
func (t *table) define(names []string, found []evidence) {
	for i, name := range names {
		c := &column{name: name, words: t.source.Null.Of(name), quote: t.source.Quote.Text}
		if p := t.source.Types.Find(name); p != nil {
			c.typ, c.layout, c.zone, c.pinned = p.Type, p.Layout, p.Zone, true
		} else {
			c.typ = record.Of(found[i].kind())
		}
		t.columns = append(t.columns, c)
	}
}

// ready is the table for those who read it.
func (t *table) ready() *rowread.Table {
	out := &rowread.Table{
		FileColumn: t.source.FileColumn.Text, OnError: t.source.OnError, Prefix: "csv", OpenFile: t.open, Hint: t.hint, Stdin: &t.stdin,
	}
	for _, in := range t.inputs {
		out.Files = append(out.Files, in.file)
	}
	for _, c := range t.columns {
		lenient := *c
		lenient.toNull = true
		out.Columns = append(out.Columns, rowread.Column{
			Name: c.name, Type: c.typ, Decoder: c, Lenient: &lenient, CanFail: c.canFail(), Problem: c.problem, Pinned: c.pinned,
		})
	}
	return out
}
