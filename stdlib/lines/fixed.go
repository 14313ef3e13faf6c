package lines

import (
	"fmt"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/readopt"
)

// fixedColumns are the columns of lines of fixed width, as read_fixed and write_fixed
// both take them.
type fixedColumns []fixedColumn

// fixedColumn is a column and its place.
type fixedColumn struct {
	readopt.Pin
	typed bool // the script gave the type
	place
	pos   diag.Pos // of its table
	right bool     // align to the right
	align bool     // the script gave it
	pad   string
}

// fixedOptions are what a script says about a column.
type fixedOptions struct {
	Name   []component.Value `list:"name" required:"true" doc:"the name"`
	From   int64             `opt:"from" min:"1" doc:"the first place of the column, from 1; default: behind the column before"`
	Width  int64             `opt:"width" required:"true" min:"1" max:"1000000" doc:"how wide it is"`
	Type   component.Value   `opt:"type" doc:"the type; default: string"`
	Format op.Name           `opt:"format" doc:"how dates and times are written, in the verbs of strftime"`
	TZ     op.Name           `opt:"tz" doc:"the zone of timestamps that name none"`
	Trim   trim              `opt:"trim" enum:"both,left,right,none" doc:"where blanks are left out when it is read"`
	Align  string            `opt:"align" enum:"left,right" doc:"where values stand when it is written; default: numbers right, others left"`
	Pad    string            `opt:"pad" doc:"the character that fills it when it is written"`
}

// Want implements component.OptionDecoder.
func (*fixedColumns) Want() string {
	return `a list such as { { "id", width = 5, type = "int" }, { "name", width = 20 } }`
}

// DecodeOption implements component.OptionDecoder.
func (f *fixedColumns) DecodeOption(v component.Value) error {
	t, ok := v.X.(*component.Table)
	if !ok || len(t.Entries) > 0 {
		return component.ErrWrongType
	}
	var problems diag.List
	var out fixedColumns
	next := 0
	for i, x := range t.List {
		c, found := decodeFixed(fmt.Sprintf("column %d", i+1), x, next)
		problems = append(problems, found...)
		next = c.to
		out = append(out, c)
	}
	if len(t.List) == 0 {
		problems = append(problems, diag.Errorf("option.value", v.Pos, "there is no column"))
	}
	if problems.Err() == nil {
		problems = append(problems, out.overlaps()...)
	}
	*f = out
	return problems.Err()
}

func decodeFixed(what string, v component.Value, next int) (fixedColumn, diag.List) {
	o := fixedOptions{Trim: trimBoth, Type: component.Value{X: "string"}, Pad: " "}
	c := fixedColumn{pos: v.Pos}
	if _, ok := v.X.(*component.Table); !ok {
		return c, diag.List{diag.Errorf("option.type", v.Pos, "%s is %s, but wants a table", what, v.Describe()).
			WithHint(`{ "id", width = 5, type = "int" }`)}
	}
	if problems := component.DecodeTable(what, &o, v, v.Pos); len(problems) > 0 {
		return c, problems
	}
	name, ok := o.Name[0].X.(string)
	if !ok || name == "" || len(o.Name) > 1 {
		return c, diag.List{diag.Errorf("option.type", o.Name[0].Pos, "%s wants one name, which is a string that is not empty", what)}
	}
	pin, problems := readopt.NewPin(op.Name{Text: name, Pos: o.Name[0].Pos}, o.Type, o.Format, o.TZ)
	switch pin.Type.Kind {
	case record.ListOf, record.Struct, record.MapOf, record.JSON, record.Any:
		problems = append(problems, diag.Errorf("option.value", o.Type.Pos, "column %q: a value of the type %s does not stand in a column of fixed width", name, pin.Type))
	}
	if len([]rune(o.Pad)) != 1 {
		problems = append(problems, diag.Errorf("option.value", v.Pos, "column %q: pad is %q, not one character", name, o.Pad))
	}
	if o.From > 0 {
		next = int(o.From) - 1
	}
	c.Pin, c.typed, c.pad, c.align, c.right = pin, o.Type.Pos.IsValid(), o.Pad, o.Align != "", o.Align == "right"
	c.place = place{from: next, to: next + int(o.Width), trim: o.Trim}
	return c, problems
}

// overlaps reports columns that stand in one place, and those of one name.
func (f fixedColumns) overlaps() diag.List {
	var problems diag.List
	for i, c := range f {
		for _, before := range f[:i] {
			if c.from < before.to && before.from < c.to {
				problems = append(problems, diag.Errorf("fixed.overlap", c.pos, "the columns %q (%s) and %q (%s) overlap", before.Name.Text, before.place, c.Name.Text, c.place).
					WithHint("from counts from 1; without it a column stands behind the one before"))
			}
			if c.Name.Text == before.Name.Text {
				problems = append(problems, diag.Errorf("column.twice", c.Name.Pos, "the column %q is named twice", c.Name.Text))
			}
		}
	}
	return problems
}

func (p place) String() string { return fmt.Sprintf("%d to %d", p.from+1, p.to) }

// width is the end of the last column.
func (f fixedColumns) width() int {
	out := 0
	for _, c := range f {
		out = max(out, c.to)
	}
	return out
}
