// Package lua is the libraries in Lua that come with etlscript: require "etl.clean" loads
// clean.lua. A comment of three dashes documents the file, and each function before which
// it stands; Reference makes a page of them.
package lua

import (
	"embed"
	"fmt"
	"strings"
)

// Name is the library's name for require.
const Name = "etl"

//go:generate go run ../../cmd/etlscript functions --write ../../docs/functions.md

// Files are the scripts, for luabind.Config.Libraries.
//
//go:embed *.lua
var Files embed.FS

// Reference documents the libraries, in Markdown.
func Reference() (string, error) {
	var out strings.Builder
	entries, err := Files.ReadDir(".")
	if err != nil {
		return "", err
	}
	for _, e := range entries {
		text, err := Files.ReadFile(e.Name())
		if err != nil {
			return "", err
		}
		page(&out, strings.TrimSuffix(e.Name(), ".lua"), string(text))
	}
	return out.String(), nil
}

// page writes the section of one file.
func page(out *strings.Builder, name, text string) {
	fmt.Fprintf(out, "\n## %s, by `local %s = require %q`\n\n", name, name, Name+"."+name)
	var rows []string
	for line := range strings.Lines(text) {
		said, ok := strings.CutPrefix(strings.TrimSpace(line), "---")
		if !ok {
			continue
		}
		call, rest, documents := strings.Cut(said, " → ")
		if !documents {
			fmt.Fprintln(out, strings.TrimSpace(said))
			continue
		}
		gives, what, _ := strings.Cut(rest, ": ")
		rows = append(rows, fmt.Sprintf("| `%s.%s` | %s | %s |", name, strings.TrimSpace(call), gives, what))
	}
	fmt.Fprintf(out, "\n| function | gives | what it does |\n|---|---|---|\n%s\n", strings.Join(rows, "\n"))
}
