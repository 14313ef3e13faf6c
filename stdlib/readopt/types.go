package readopt

import (
	"fmt"
	"time"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Types are the types of columns that the script fixes.
type Types []Pin

// Pin is the type of a column that the script fixes.
type Pin struct {
	Name   op.Name
	Type   record.Type
	Layout *record.Layout // of dates and times; nil: ISO
	Zone   *time.Location // of timestamps that name none; nil: UTC
}

// Find gives the pin of a column, nil if it has none.
func (p Types) Find(column string) *Pin {
	for i := range p {
		if p[i].Name.Text == column {
			return &p[i]
		}
	}
	return nil
}

// Fields are the pinned columns.
func (p Types) Fields() []record.Field {
	out := make([]record.Field, len(p))
	for i, x := range p {
		out[i] = record.Field{Name: x.Name.Text, Type: x.Type}
	}
	return out
}

// Parse reads the text of a value of the column. The error is a short reason,
// made for record.ValueError.
func (p *Pin) Parse(text string) (record.Value, error) {
	kind := p.Type.Kind
	var n int64
	var err error
	switch {
	case p.Layout != nil:
		n, err = p.Layout.Parse(kind, text, p.Zone)
	case kind == record.Timestamp:
		n, err = record.ParseTimestamp(text, p.Zone)
	default:
		return record.Parse(p.Type, text)
	}
	if err != nil {
		return record.Value{}, err
	}
	return record.TemporalValue(kind, n), nil
}

// Want implements component.OptionDecoder.
func (p *Types) Want() string {
	return `types by column: { qty = "int", day = { "date", format = "%d.%m.%Y" } }`
}

// DecodeOption implements component.OptionDecoder.
func (p *Types) DecodeOption(v component.Value) error {
	t, ok := v.X.(*component.Table)
	if !ok || len(t.List) > 0 {
		return fmt.Errorf("wants %s", p.Want())
	}
	var out Types
	var problems diag.List
	for _, e := range t.Entries {
		x := Pin{Name: e.Key}
		if problem := x.decode(e.Value); len(problem) > 0 {
			problems = append(problems, problem...)
			continue
		}
		out = append(out, x)
	}
	*p = out
	return problems.Err()
}

// pinOptions is the long form of a pinned type.
type pinOptions struct {
	Type   []component.Value `list:"type" required:"true" doc:"the type"`
	Format op.Name           `opt:"format" doc:"how the value is written, in the verbs of strftime"`
	TZ     op.Name           `opt:"tz" doc:"the zone of timestamps that name none"`
}

// NewPin makes the pin of a column of its type's name, how values are written and their
// zone; the latter two may be empty.
func NewPin(name op.Name, typ component.Value, format, tz op.Name) (Pin, diag.List) {
	p := Pin{Name: name}
	if problems := p.decodeType(typ); len(problems) > 0 {
		return p, problems
	}
	return p, append(p.decodeFormat(format), p.decodeZone(tz)...)
}

func (p *Pin) decode(v component.Value) diag.List {
	what := fmt.Sprintf("the type of column %q", p.Name.Text)
	switch x := v.X.(type) {
	case string:
		return p.decodeType(v)
	case *component.Table:
		o := pinOptions{}
		if problems := component.DecodeTable(what, &o, v, v.Pos); len(problems) > 0 {
			return problems
		}
		if len(x.List) != 1 {
			return diag.List{diag.Errorf("option.value", v.Pos, "%s wants one type, not %d", what, len(x.List))}
		}
		if problems := p.decodeType(x.List[0]); len(problems) > 0 {
			return problems
		}
		return append(p.decodeFormat(o.Format), p.decodeZone(o.TZ)...)
	}
	return diag.List{diag.Errorf("type.unknown", v.Pos, "%s is a string such as \"int\", not %s", what, v.Describe()).
		WithHint(`types = { day = "date" } or types = { day = { "date", format = "%%d.%%m.%%Y" } }`)}
}

func (p *Pin) decodeType(v component.Value) diag.List {
	if _, ok := v.X.(string); !ok {
		return diag.List{diag.Errorf("type.unknown", v.Pos, "the type of column %q is a string such as \"int\", not %s", p.Name.Text, v.Describe())}
	}
	t, err := component.ColumnType(v)
	p.Type = t
	return diag.ListOf(err)
}

func (p *Pin) decodeFormat(format op.Name) diag.List {
	if format.Text == "" {
		return nil
	}
	l, err := record.NewLayout(format.Text)
	if err == nil {
		err = l.Check(p.Type.Kind)
	}
	if err != nil {
		return diag.List{diag.Errorf("option.value", format.Pos, "column %q: %w", p.Name.Text, err)}
	}
	p.Layout = &l
	return nil
}

func (p *Pin) decodeZone(tz op.Name) diag.List {
	if tz.Text == "" {
		return nil
	}
	zone, err := time.LoadLocation(tz.Text)
	switch {
	case err != nil || tz.Text == "Local":
		return diag.List{diag.Errorf("option.value", tz.Pos, "column %q: there is no time zone %q", p.Name.Text, tz.Text).
			WithHint(`zones have names such as "Europe/Berlin" and "UTC"`)}
	case p.Type.Kind != record.Timestamp && p.Type.Kind != record.Date:
		return diag.List{diag.Errorf("option.value", tz.Pos, "column %q: type %s has no zone", p.Name.Text, p.Type).
			WithHint("an instant is a timestamp")}
	}
	p.Zone = zone
	return nil
}

var _ component.OptionDecoder = (*Types)(nil)
