package etllib

import (
	"fmt"
	"slices"
	"strings"
)

// Reference is the page of the documentation with all functions and methods.
func Reference() string {
	var b strings.Builder
	b.WriteString("# Functions of `etl`\n\nGenerated from the table of functions by `make gen`; do not edit.\n\n")
	b.WriteString("They can be called everywhere in a script. A missing, wrong or surplus argument is an error. " +
		"A *pure* function gives equal results for equal arguments and changes nothing. " +
		"Texts that a function makes have at most 64 MiB; work on large texts counts as instructions.\n")
	module := "-"
	for _, e := range Entries() {
		if title := e.module(); title != module {
			module = title
			fmt.Fprintf(&b, "\n## %s\n\n%s\n", sectionTitle(module), sectionHead(module))
		}
		e.writeRow(&b)
	}
	for _, kind := range []string{"set", "map", "counter"} {
		fmt.Fprintf(&b, "\n### Methods of a %s\n\n| method | gives | what it does |\n|---|---|---|\n", kind)
		for _, m := range Methods() {
			if m.Of == kind {
				fmt.Fprintf(&b, "| `%s` | %s | %s |\n", m.Signature(), m.Gives, m.Doc)
			}
		}
	}
	return b.String()
}

// module is the table that the function stands in, "" for etl itself, and
// "container" for what makes one.
func (e Entry) module() string {
	if slices.ContainsFunc(containerEntries(), func(c Entry) bool { return c.Name == e.Name }) {
		return "container"
	}
	module, _, nested := strings.Cut(e.Name, ".")
	if !nested {
		return ""
	}
	return module
}

func sectionTitle(module string) string {
	switch module {
	case "":
		return "Values"
	case "container":
		return "Containers"
	}
	return "etl." + module
}

// sectionHead is what stands above the functions of a table.
func sectionHead(module string) string {
	const columns = "| function | gives | pure | what it does |\n|---|---|---|---|"
	switch module {
	case "re":
		return "Patterns are those of [RE2](https://github.com/google/re2/wiki/Syntax): a search takes time in proportion to the text, " +
			"whatever the pattern, and there are no back-references and no lookaround. Texts have at most 16 MiB; where the pattern is large, less. " +
			"Write a backslash twice in a quoted string, once in `[[long brackets]]`.\n\n" + columns
	case "container":
		return "State that rows fill belongs into a container, not into a table: the memory of a Lua table follows its largest " +
			"integer key, and text keys that were removed stay in it. Keys are strings, numbers, booleans, dates and their like; " +
			"equal numbers are one key, whatever their type. All keep the order in which keys came. " +
			"`#c`, `pairs(c)` and `tostring(c)` work.\n\n" +
			"A container that row functions only read is a constant, which all workers share. A row function that changes one " +
			"runs in one worker, row by row, together with all others that use it; each attempt starts from what the definition put in.\n\n" + columns
	}
	return columns
}

func (e Entry) writeRow(b *strings.Builder) {
	pure := "no"
	if e.Pure {
		pure = "yes"
	}
	example := strings.ReplaceAll(e.Example, "|", "\\|")
	fmt.Fprintf(b, "| `%s` | %s | %s | %s<br>`%s` |\n", e.Signature(), e.Gives, pure, e.Doc, example)
}

// Page describes one function, for the terminal.
func (e Entry) Page() string {
	pure := ""
	if e.Pure {
		pure = ", pure"
	}
	return fmt.Sprintf("%s\n\n%s\n\ngives: %s%s\nholds: %s\n", e.Signature(), e.Doc, e.Gives, pure, e.Example)
}
