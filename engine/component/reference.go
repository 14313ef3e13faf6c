package component

import (
	"fmt"
	"maps"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// Reference is the component's reference page in Markdown.
func (s *Spec) Reference() (string, error) {
	params, err := s.Params()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n%s.\n\n```lua\n%s\n```\n", s.Name, s.Summary, s.usage(params))
	if s.Doc != "" {
		fmt.Fprintf(&b, "\n%s\n", strings.TrimSpace(s.Doc))
	}
	writeParams(&b, "Arguments", params, Arg)
	writeParams(&b, "List", params, ListPart)
	writeParams(&b, "Columns", params, Rest)
	writeParams(&b, "Options", params, Opt)
	s.writeFacts(&b)
	if s.Example != "" {
		b.WriteString("\n## Example\n")
		WriteFiles(&b, "With", s.Files)
		fmt.Fprintf(&b, "\n```lua\n%s\n```\n", strings.TrimSpace(s.Example))
	}
	return b.String(), nil
}

// WriteFiles writes the texts of files, in order of their names, in Markdown.
// verb says what becomes of them: "With `in.csv`:".
func WriteFiles(b *strings.Builder, verb string, files map[string]string) {
	for _, name := range slices.Sorted(maps.Keys(files)) {
		fmt.Fprintf(b, "\n%s `%s`:\n\n```\n%s\n```\n", verb, name, strings.TrimSuffix(files[name], "\n"))
	}
}

func (s *Spec) writeFacts(b *strings.Builder) {
	for _, fact := range []struct{ head, text string }{{"Order", s.Order}, {"Memory", s.memory()}, {"Guarantee", s.Guarantee}} {
		if fact.text != "" {
			fmt.Fprintf(b, "\n**%s:** %s.\n", fact.head, strings.TrimSuffix(fact.text, "."))
		}
	}
}

// usage is the call as a script writes it.
func (s *Spec) usage(params []Param) string {
	args := map[Arity][]string{OneStream: {"other"}, Streams: {"b", "c", "..."}}[s.Streams]
	options := false
	list := ""
	for _, p := range params {
		switch p.Place {
		case Arg:
			args = append(args, p.Name)
		case ListPart:
			list = "..."
		default:
			options = true
		}
	}
	table := ""
	switch {
	case list != "":
		table = "{ " + list + " }"
	case options:
		table = "{ ... }"
	}
	call := "etl." + s.Name
	if s.Kind != Source {
		call = "stream:" + s.Name
	}
	if len(args) == 0 && table != "" {
		return call + " " + table
	}
	if table != "" {
		args = append(args, table)
	}
	return call + "(" + strings.Join(args, ", ") + ")"
}

func writeParams(b *strings.Builder, head string, params []Param, place Place) {
	var rows strings.Builder
	for _, p := range params {
		if p.Place == place {
			writeParam(&rows, p)
		}
	}
	if rows.Len() > 0 {
		fmt.Fprintf(b, "\n## %s\n\n%s%s", head, paramsHead, rows.String())
	}
}

// paramsHead begins a table of parameters.
const paramsHead = "| name | takes | default | meaning |\n|---|---|---|---|\n"

func writeParam(b *strings.Builder, p Param) {
	fmt.Fprintf(b, "| `%s` | %s | %s | %s |\n", p.Name, cell(p.Want), cell(p.defaultText()), cell(p.Doc))
}

// OptionsTable is the table, in Markdown, of the options that a struct declares with tags,
// as Spec.Options does; options is a pointer to the struct with the defaults.
func OptionsTable(options any) (string, error) {
	s := Spec{Options: options}
	params, err := s.Params()
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(paramsHead)
	for _, p := range params {
		writeParam(&b, p)
	}
	return b.String(), nil
}

func (p Param) defaultText() string {
	switch {
	case p.Required:
		return "required"
	case p.Default == nil:
		return ""
	}
	return "`" + literal(p.Default) + "`"
}

// duration writes a duration without its zero parts: "1m", not "1m0s".
func duration(d time.Duration) string {
	s := d.String()
	if strings.HasSuffix(s, "m0s") {
		s = strings.TrimSuffix(s, "0s")
	}
	if strings.HasSuffix(s, "h0m") {
		s = strings.TrimSuffix(s, "0m")
	}
	return s
}

// literal writes a default as a script would.
func literal(x any) string {
	switch v := x.(type) {
	case string:
		return fmt.Sprintf("%q", v)
	case time.Duration:
		return fmt.Sprintf("%q", duration(v))
	case []string:
		quoted := make([]string, len(v))
		for i, s := range v {
			quoted[i] = fmt.Sprintf("%q", s)
		}
		return "{ " + strings.Join(quoted, ", ") + " }"
	case op.Name:
		return fmt.Sprintf("%q", v.Text)
	case []op.Name:
		return literal(op.Names(v))
	case record.Type:
		return fmt.Sprintf("%q", v.String())
	case fmt.Stringer:
		return v.String()
	}
	if v := reflect.ValueOf(x); v.Kind() == reflect.Pointer {
		return literal(v.Elem().Interface())
	}
	if v := reflect.ValueOf(x); v.Kind() == reflect.String {
		return fmt.Sprintf("%q", v.String())
	}
	return fmt.Sprint(x)
}

// cell makes a text fit for a cell of a Markdown table.
func cell(s string) string {
	return strings.ReplaceAll(strings.ReplaceAll(s, "|", `\|`), "\n", " ")
}

// memory is what the component holds, and what bounds it.
func (s *Spec) memory() string {
	if s.Holds == "" {
		return ""
	}
	return "it holds " + s.Holds + ". That counts towards `limits.memory` of the job, beyond which the run fails."
}
