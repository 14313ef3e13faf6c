package cli

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"text/template"

	"github.com/urfave/cli/v2"
)

// templates are the files that new writes.
//
//go:embed templates
var templates embed.FS

// scaffolds are the templates of each kind and the files that they become, in which
// NAME stands for the name.
func scaffolds() map[string]map[string]string {
	return map[string]map[string]string{
		"job":       {"job.lua": "NAME.lua", "data.csv": "testdata/NAME.csv"},
		"component": {"component.lua": "NAME.lua", "try_component.lua": "try_NAME.lua"},
		"data":      {"data.csv": "testdata/NAME.csv"},
	}
}

func newKinds() []string { return slices.Sorted(maps.Keys(scaffolds())) }

func (a *app) newCommand() *cli.Command {
	return &cli.Command{
		Name: "new", Usage: "begin a job with its test data, a component written in Lua, or test data alone", ArgsUsage: "job|component|data NAME",
		Flags:  []cli.Flag{&cli.StringFlag{Name: "dir", Usage: "write into `DIR`", Value: "."}},
		Action: a.newThing,
	}
}

// goodName is a name that may be required and is a file everywhere.
var goodName = regexp.MustCompile(`^[a-z][a-z0-9_]*$`)

func (a *app) newThing(c *cli.Context) error {
	kind, name := c.Args().Get(0), c.Args().Get(1)
	files, ok := scaffolds()[kind]
	switch {
	case !ok || c.NArg() != 2:
		return a.usage(fmt.Errorf("new wants a kind and a name, as in: etlscript new job daily_orders; kinds: %s", strings.Join(newKinds(), ", ")))
	case !goodName.MatchString(name):
		return a.usage(fmt.Errorf("new %s %s: a name has small letters, digits and _, and begins with a letter", kind, name))
	}
	for _, from := range slices.Sorted(maps.Keys(files)) {
		to := filepath.Join(c.String("dir"), filepath.FromSlash(strings.ReplaceAll(files[from], "NAME", name)))
		if err := writeNew(to, from, name); err != nil {
			return a.fail(err)
		}
		fmt.Fprintln(a.env.Stdout, filepath.ToSlash(to))
	}
	return nil
}

// writeNew writes a file that must not exist.
func writeNew(to, from, name string) error {
	t, err := template.ParseFS(templates, "templates/"+from)
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := t.Execute(&text, map[string]string{"Name": name}); err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o755); err != nil {
		return err
	}
	f, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s exists already; nothing was changed in it", to)
	}
	if err != nil {
		return err
	}
	_, err = f.Write(text.Bytes())
	return errors.Join(err, f.Close())
}
