package readopt

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// NullWords are the words that mean NULL.
type NullWords struct {
	All     []string      // in columns that have none of their own
	Columns []ColumnWords // of single columns
}

// ColumnWords are the words that mean NULL in one column.
type ColumnWords struct {
	Name  op.Name
	Words []string
}

// Of gives the words of a column.
func (n *NullWords) Of(column string) []string {
	for _, c := range n.Columns {
		if c.Name.Text == column {
			return c.Words
		}
	}
	return n.All
}

func (n NullWords) String() string {
	quoted := make([]string, len(n.All))
	for i, w := range n.All {
		quoted[i] = strconv.Quote(w)
	}
	return "{ " + strings.Join(quoted, ", ") + " }"
}

// Want implements component.OptionDecoder.
func (n *NullWords) Want() string {
	return `a word, a list of words, or words by column, as in { "NA", "", delay = { "-" } }`
}

// DecodeOption implements component.OptionDecoder.
func (n *NullWords) DecodeOption(v component.Value) error {
	if word, ok := v.X.(string); ok {
		*n = NullWords{All: []string{word}}
		return nil
	}
	t, ok := v.X.(*component.Table)
	if !ok {
		return fmt.Errorf("wants %s, not %s", n.Want(), v.Describe())
	}
	out := NullWords{All: n.All}
	if len(t.List) > 0 || len(t.Entries) == 0 {
		out.All = nil
	}
	var problems diag.List
	for _, x := range t.List {
		words, problem := wordsOf(x)
		problems = append(problems, problem...)
		out.All = append(out.All, words...)
	}
	for _, e := range t.Entries {
		words, problem := wordsOf(e.Value)
		problems = append(problems, problem...)
		out.Columns = append(out.Columns, ColumnWords{e.Key, words})
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
	return diag.Errorf("option.value", v.Pos, "option \"null\": a NULL word is a string, not %s", v.Describe()).
		WithHint(`null = { "NA", "" }, or by column: null = { delay = { "NA" } }`)
}

var _ component.OptionDecoder = (*NullWords)(nil)
