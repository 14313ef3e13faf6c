package json

import (
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowread"
)

// table is a read_json whose columns are known.
type table struct {
	source  *source
	env     op.Env
	inputs  []files.File
	columns []*column      // for keys; one for the rest follows if the script asks for it
	index   map[string]int // of columns, by key
	stdin   files.Replay
}

// namesColumns reports whether the script says what the columns are.
func (s *source) namesColumns() bool { return len(s.Columns) > 0 || len(s.Types) > 0 }

// define settles the types of the columns.
func (t *table) define(names []string, found []*evidence) {
	t.index = make(map[string]int, len(names))
	for i, name := range names {
		pin := t.source.Types.Find(name)
		typ := found[i].typ()
		if pin != nil {
			typ = pin.Type
		}
		t.columns = append(t.columns, newColumn(name, typ, pin, t.source.Null.Of(name)))
		t.index[name] = i
	}
	if rest := t.source.Rest.Text; rest != "" {
		t.columns = append(t.columns, &column{name: rest, typ: record.Of(record.JSON), whole: true, rest: true})
	}
}

// ready is the table for those who read it.
func (t *table) ready() *rowread.Table {
	out := &rowread.Table{
		Files: t.inputs, FileColumn: t.source.FileColumn.Text, OnError: t.source.OnError, Prefix: "json", OpenFile: t.open, Hint: t.hint, Stdin: &t.stdin,
	}
	for _, c := range t.columns {
		lenient := *c
		lenient.toNull = true
		out.Columns = append(out.Columns, rowread.Column{
			Name: c.name, Type: c.typ, Decoder: c, Lenient: &lenient, CanFail: c.canFail(), Problem: c.problem, Pinned: c.pin != nil,
		})
	}
	return out
}
