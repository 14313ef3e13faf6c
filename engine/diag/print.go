package diag

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"
)

// Sources gives the text of the lines that diagnostics point at.
type Sources interface {
	// Line returns line n (from 1) of the file without its line end, and
	// whether there is one.
	Line(file string, n int) (string, bool)
}

// Texts is a Sources over whole texts by file name.
type Texts map[string]string

// Line implements Sources.
func (t Texts) Line(file string, n int) (string, bool) {
	text, ok := t[file]
	if !ok || n < 1 {
		return "", false
	}
	lines := strings.Split(text, "\n")
	if n > len(lines) {
		return "", false
	}
	return strings.TrimSuffix(lines[n-1], "\r"), true
}

// Print writes the diagnostics for a person: message, source line with a
// caret, notes and hint. Sources may be nil.
func Print(w io.Writer, list List, src Sources) error {
	var b strings.Builder
	for i, d := range list {
		if i > 0 {
			b.WriteByte('\n')
		}
		d.print(&b, src)
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func (d *Diagnostic) print(b *strings.Builder, src Sources) {
	where := ""
	if d.Pos.IsValid() {
		where = d.Pos.String() + ": "
	}
	fmt.Fprintf(b, "%s%s[%s]: %s\n", where, d.Severity, d.Code, indented(d.headline()))
	snippet(b, d.Pos, src)
	for _, n := range d.Notes {
		printNote(b, n, src)
	}
	if d.Hint != "" {
		fmt.Fprintf(b, "  hint: %s\n", indented(d.Hint))
	}
}

func (d *Diagnostic) headline() string {
	if d.Component == "" {
		return d.Message
	}
	return d.Component + ": " + d.Message
}

func printNote(b *strings.Builder, n Note, src Sources) {
	if !n.Pos.IsValid() {
		fmt.Fprintf(b, "  note: %s\n", indented(n.Text))
		return
	}
	fmt.Fprintf(b, "  note: %s: %s\n", n.Pos, indented(n.Text))
	snippet(b, n.Pos, src)
}

// indented keeps the further lines of a text under its first.
func indented(s string) string { return strings.ReplaceAll(s, "\n", "\n        ") }

// snippet prints the source line with a caret under the marked text.
func snippet(b *strings.Builder, p Pos, src Sources) {
	if src == nil || p.Line == 0 {
		return
	}
	line, ok := src.Line(p.File, p.Line)
	if !ok {
		return
	}
	number := fmt.Sprintf("%5d", p.Line)
	fmt.Fprintf(b, "%s | %s\n", number, strings.Map(visible, line))
	if p.Col < 1 || p.Col > len(line)+1 {
		return
	}
	before, rest := line[:p.Col-1], line[p.Col-1:]
	marked := rest[:max(0, min(p.End-p.Col, len(rest)))]
	carets := strings.Repeat("^", max(1, columns(marked)))
	fmt.Fprintf(b, "%s | %s%s\n", strings.Repeat(" ", len(number)), blank(before), carets)
}

// visible replaces control characters, which could do anything to a terminal.
func visible(r rune) rune {
	if unicode.IsControl(r) && r != '\t' {
		return utf8.RuneError
	}
	return r
}

// blank replaces text by blanks of the same width and keeps tabs.
func blank(s string) string {
	var b strings.Builder
	for _, r := range s {
		if r == '\t' {
			b.WriteByte('\t')
			continue
		}
		b.WriteString(strings.Repeat(" ", columnsOf(r)))
	}
	return b.String()
}

// columns is how many columns a terminal needs for a text without tabs.
func columns(s string) int {
	n := 0
	for _, r := range s {
		n += columnsOf(r)
	}
	return n
}

// columnsOf is 2 for the wide letters of East Asia, 0 for marks that stand on
// the letter before them, and else 1.
func columnsOf(r rune) int {
	switch {
	case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		return 0
	case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
		return 2
	}
	return 1
}
