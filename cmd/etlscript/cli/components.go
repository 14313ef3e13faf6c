package cli

import (
	"fmt"
	"os"
	"path/filepath"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
)

func (a *app) componentsCommand() *cli.Command {
	return &cli.Command{
		Name: "components", Usage: "list the components, or show the reference page of one", ArgsUsage: "[NAME]",
		OnUsageError: usageError,
		Flags:        []cli.Flag{&cli.StringFlag{Name: "write", Usage: "write all reference pages to `DIR`"}},
		Action:       a.components,
	}
}

func (a *app) components(c *cli.Context) error {
	r, err := registry()
	if err != nil {
		return err
	}
	switch {
	case c.String("write") != "":
		return writePages(r, c.String("write"))
	case c.NArg() == 0:
		return a.list(r)
	}
	name := c.Args().First()
	spec, ok := r.Lookup(name)
	if !ok {
		return a.usage(fmt.Errorf("there is no component %q; %s", name, diag.DidYouMean(name, r.Names())))
	}
	page, err := spec.Reference()
	if err != nil {
		return err
	}
	_, err = fmt.Fprint(a.env.Stdout, page)
	return err
}

func (a *app) list(r *component.Registry) error {
	w := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
	for _, s := range r.Specs() {
		fmt.Fprintf(w, "%s\t%s\t%s\n", s.Name, s.Kind, s.Summary)
	}
	return w.Flush()
}

// writePages writes a page for each component, and an index.
func writePages(r *component.Registry, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	index := "# Components\n\nGenerated from the components' Specs; do not edit.\n\n| name | kind | what it does |\n|---|---|---|\n"
	for _, s := range r.Specs() {
		page, err := s.Reference()
		if err != nil {
			return err
		}
		index += fmt.Sprintf("| [%s](%s.md) | %s | %s |\n", s.Name, s.Name, s.Kind, s.Summary)
		if err := os.WriteFile(filepath.Join(dir, s.Name+".md"), []byte(page), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "README.md"), []byte(index), 0o644)
}
