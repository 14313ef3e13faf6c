package job

import (
	_ "embed" // the text of the page
	"strings"
	"text/template"

	"github.com/etlscript/etlscript/engine/component"
)

//go:generate go run ../../cmd/etlscript options --write ../../docs/jobs.md

//go:embed reference.md.tmpl
var referenceText string

// Reference is the page about etl.job for users, in Markdown. What the options take and
// mean comes from their tags.
func Reference() (string, error) {
	page, err := template.New("jobs").Funcs(template.FuncMap{"options": optionsOf}).Parse(referenceText)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	err = page.Execute(&b, nil)
	return b.String(), err
}

// Options are the options of etl.job, in the order of the reference page.
func Options() ([]component.Param, error) {
	s := component.Spec{Name: "etl.job", Options: &Settings{Strategy: Row}}
	return s.Params()
}

// optionsOf is the table of the options of etl.job, or of a table in them.
func optionsOf(of string) (string, error) {
	tables := map[string]any{
		"job": &Settings{Strategy: Row}, "retry": &Retry{}, "concurrency": &Concurrency{}, "fallback": &fallbackTable{},
		"limits": &Limits{}, "log": &Log{Level: "info"},
	}
	table, err := component.OptionsTable(tables[of])
	return strings.TrimSuffix(table, "\n"), err
}
