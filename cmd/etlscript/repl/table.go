package repl

import (
	"fmt"
	"io"
	"strconv"
	"strings"

	"github.com/mattn/go-runewidth"

	"github.com/etlscript/etlscript/engine/record"
)

// table is rows to be shown.
type table struct {
	heads []string
	types []string
	rows  [][]string
}

// widest is how many columns of the terminal a value may take.
const widest = 40

// newTable is a table with the columns of a schema.
func newTable(s *record.Schema) *table {
	t := &table{}
	for _, f := range s.Fields() {
		t.heads = append(t.heads, f.Name)
		t.types = append(t.types, f.Type.String())
	}
	return t
}

// add adds the rows of a batch.
func (t *table) add(b *record.Batch) {
	for i := range b.Len() {
		row := make([]string, len(b.Columns))
		for j, c := range b.Columns {
			row[j] = cell(c, i)
		}
		t.rows = append(t.rows, row)
	}
}

// cell is a value as tables show it. NULL and an empty text look different.
func cell(c *record.Column, row int) string {
	if c.IsNull(row) {
		return "NULL"
	}
	text := string(c.AppendText(nil, row))
	if text == "" || text == "NULL" || strconv.Quote(text) != `"`+text+`"` && strings.ContainsFunc(text, isControl) {
		text = strconv.Quote(text)
	}
	return runewidth.Truncate(text, widest, "…")
}

func isControl(r rune) bool { return r < ' ' || r == 0x7f }

// write writes the table, numbers to the right.
func (t *table) write(w io.Writer) {
	lines := append([][]string{t.heads, t.types}, t.rows...)
	widths := make([]int, len(t.heads))
	for _, l := range lines {
		for i, text := range l {
			widths[i] = max(widths[i], runewidth.StringWidth(text))
		}
	}
	for _, l := range lines {
		var b strings.Builder
		for i, text := range l {
			blanks := strings.Repeat(" ", widths[i]-runewidth.StringWidth(text))
			if isNumeric(t.types[i]) {
				text = blanks + text
			} else {
				text += blanks
			}
			b.WriteString("  " + text)
		}
		fmt.Fprintln(w, strings.TrimRight(b.String(), " "))
	}
}

func isNumeric(typ string) bool {
	return typ == "int" || typ == "uint" || typ == "float" || strings.HasPrefix(typ, "decimal")
}

// rowCount is "1 row", "3 rows".
func rowCount(n int) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}
