package csv

import (
	"fmt"
	"strconv"
	"strings"
	"time"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// headerMode says what the first row is.
type headerMode uint8

const (
	headerYes    headerMode = iota // it names the columns
	headerNo                       // it is data
	headerUnique                   // it names the columns, and names that occur twice are changed
)

func (h headerMode) String() string { return [...]string{"true", "false", `"unique"`}[h] }

// Want implements component.OptionDecoder.
func (h *headerMode) Want() string { return `true, false or "unique"` }

// DecodeOption implements component.OptionDecoder.
func (h *headerMode) DecodeOption(v component.Value) error {
	switch v.X {
	case true:
		*h = headerYes
	case false:
		*h = headerNo
	case "unique":
		*h = headerUnique
	default:
		return fmt.Errorf("wants %s, not %s", h.Want(), v.Describe())
	}
	return nil
}

// nullWords are the words that mean NULL.
type nullWords struct {
	all     []string      // in columns that have none of their own
	columns []columnWords // of single columns
}

type columnWords struct {
	name  op.Name
	words []string
}

// of gives the words of a column.
func (n *nullWords) of(column string) []string {
	for _, c := range n.columns {
		if c.name.Text == column {
			return c.words
		}
	}
	return n.all
}

func (n nullWords) String() string {
	quoted := make([]string, len(n.all))
	for i, w := range n.all {
		quoted[i] = strconv.Quote(w)
	}
	return "{ " + strings.Join(quoted, ", ") + " }"
}

// Want implements component.OptionDecoder.
func (n *nullWords) Want() string {
	return `a word, a list of words, or words by column, as in { "NA", "", delay = { "-" } }`
}

// DecodeOption implements component.OptionDecoder.
func (n *nullWords) DecodeOption(v component.Value) error {
	if word, ok := v.X.(string); ok {
		*n = nullWords{all: []string{word}}
		return nil
	}
	t, ok := v.X.(*component.Table)
	if !ok {
		return fmt.Errorf("wants %s, not %s", n.Want(), v.Describe())
	}
	out := nullWords{all: n.all}
	if len(t.List) > 0 || len(t.Entries) == 0 {
		out.all = nil
	}
	var problems diag.List
	for _, x := range t.List {
		words, problem := wordsOf(x)
		problems = append(problems, problem...)
		out.all = append(out.all, words...)
	}
	for _, e := range t.Entries {
		words, problem := wordsOf(e.Value)
		problems = append(problems, problem...)
		out.columns = append(out.columns, columnWords{e.Key, words})
	}
	*n = out
	return problems.Err()
}

// wordsOf decodes a word or a list of words.
func wordsOf(v component.Value) ([]string, diag.List) {
	if word, ok := v.X.(string); ok {
		return []string{word}, nil
	}
	t, ok := v.X.(*component.Table)
	if !ok || len(t.Entries) > 0 {
		return nil, diag.List{wrongWord(v)}
	}
	var words []string
	var problems diag.List
	for _, x := range t.List {
		if word, ok := x.X.(string); ok {
			words = append(words, word)
		} else {
			problems = append(problems, wrongWord(x))
		}
	}
	return words, problems
}

func wrongWord(v component.Value) *diag.Diagnostic {
	return diag.Errorf("option.value", v.Pos, "option \"null\" of read_csv: a NULL word is a string, not %s", v.Describe()).
		WithHint(`null = { "NA", "" }, or by column: null = { delay = { "NA" } }`)
}

// pins are the types of columns that the script fixes.
type pins []pin

type pin struct {
	name   op.Name
	typ    record.Type
	layout *record.Layout
	zone   *time.Location
}

// find gives the pin of a column, nil if it has none.
func (p pins) find(column string) *pin {
	for i := range p {
		if p[i].name.Text == column {
			return &p[i]
		}
	}
	return nil
}

// fields are the pinned columns.
func (p pins) fields() []record.Field {
	out := make([]record.Field, len(p))
	for i, x := range p {
		out[i] = record.Field{Name: x.name.Text, Type: x.typ}
	}
	return out
}

// Want implements component.OptionDecoder.
func (p *pins) Want() string {
	return `types by column: { qty = "int", day = { "date", format = "%d.%m.%Y" } }`
}

// DecodeOption implements component.OptionDecoder.
func (p *pins) DecodeOption(v component.Value) error {
	t, ok := v.X.(*component.Table)
	if !ok || len(t.List) > 0 {
		return fmt.Errorf("wants %s", p.Want())
	}
	var out pins
	var problems diag.List
	for _, e := range t.Entries {
		x := pin{name: e.Key}
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

func (p *pin) decode(v component.Value) diag.List {
	what := fmt.Sprintf("the type of column %q", p.name.Text)
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

func (p *pin) decodeType(v component.Value) diag.List {
	if _, ok := v.X.(string); !ok {
		return diag.List{diag.Errorf("type.unknown", v.Pos, "the type of column %q is a string such as \"int\", not %s", p.name.Text, v.Describe())}
	}
	t, err := component.ColumnType(v)
	p.typ = t
	return diag.ListOf(err)
}

func (p *pin) decodeFormat(format op.Name) diag.List {
	if format.Text == "" {
		return nil
	}
	l, err := record.NewLayout(format.Text)
	if err == nil {
		err = l.Check(p.typ.Kind)
	}
	if err != nil {
		return diag.List{diag.Errorf("option.value", format.Pos, "column %q: %w", p.name.Text, err)}
	}
	p.layout = &l
	return nil
}

func (p *pin) decodeZone(tz op.Name) diag.List {
	if tz.Text == "" {
		return nil
	}
	zone, err := time.LoadLocation(tz.Text)
	switch {
	case err != nil || tz.Text == "Local":
		return diag.List{diag.Errorf("option.value", tz.Pos, "column %q: there is no time zone %q", p.name.Text, tz.Text).
			WithHint(`zones have names such as "Europe/Berlin" and "UTC"`)}
	case p.typ.Kind != record.Timestamp && p.typ.Kind != record.Date:
		return diag.List{diag.Errorf("option.value", tz.Pos, "column %q: type %s has no zone", p.name.Text, p.typ).
			WithHint("an instant is a timestamp")}
	}
	p.zone = zone
	return nil
}

var (
	_ component.OptionDecoder = (*headerMode)(nil)
	_ component.OptionDecoder = (*nullWords)(nil)
	_ component.OptionDecoder = (*pins)(nil)
)
