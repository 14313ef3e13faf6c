package cli

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
)

func (a *app) componentsCommand() *cli.Command {
	return &cli.Command{
		Name: "components", Usage: "list the components, or show the reference page of one", ArgsUsage: "[NAME]",
		Flags:  []cli.Flag{&cli.StringFlag{Name: "write", Usage: "write all reference pages to `DIR`"}},
		Action: a.components,
	}
}

func (a *app) components(c *cli.Context) error {
	r, err := registry()
	if err != nil {
		return err
	}
	switch {
	case c.String("write") != "":
		return writePages(c.Context, r, c.String("write"))
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
func writePages(ctx context.Context, r *component.Registry, dir string) error {
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	index := "# Components\n\nGenerated from the components' Specs by `make gen`; do not edit.\n\n| name | kind | what it does |\n|---|---|---|\n"
	for _, s := range r.Specs() {
		page, err := fullPage(ctx, s)
		if err != nil {
			return fmt.Errorf("%s: %w", s.Name, err)
		}
		index += fmt.Sprintf("| [%s](%s.md) | %s | %s |\n", s.Name, s.Name, s.Kind, s.Summary)
		if err := os.WriteFile(filepath.Join(dir, s.Name+".md"), []byte(page), 0o644); err != nil {
			return err
		}
	}
	return os.WriteFile(filepath.Join(dir, "README.md"), []byte(index), 0o644)
}

// fullPage is the reference page with what the example writes.
func fullPage(ctx context.Context, s *component.Spec) (string, error) {
	page, err := s.Reference()
	if err != nil || s.Example == "" {
		return page, err
	}
	outputs, err := runExample(ctx, s)
	if err != nil {
		return "", err
	}
	var b strings.Builder
	b.WriteString(page)
	component.WriteFiles(&b, "writes", outputs)
	return b.String(), nil
}

// runExample runs a component's example in a folder of its own and returns
// the files that it wrote.
func runExample(ctx context.Context, s *component.Spec) (map[string]string, error) {
	dir, err := os.MkdirTemp("", "example")
	if err != nil {
		return nil, err
	}
	defer os.RemoveAll(dir)
	inputs := maps.Clone(s.Files)
	if inputs == nil {
		inputs = map[string]string{}
	}
	inputs["example.lua"] = s.Example
	for name, text := range inputs {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			return nil, err
		}
	}
	var said bytes.Buffer
	code := Run(ctx, Env{
		Args:  []string{"etlscript", "run", "--quiet", "--runs", filepath.Join(dir, ".runs"), filepath.Join(dir, "example.lua")},
		Stdin: strings.NewReader(""), Stdout: &said, Stderr: &said,
	})
	if code != ExitOK {
		return nil, fmt.Errorf("the example ends with code %d:\n%s", code, said.String())
	}
	return newFiles(dir, inputs)
}

// newFiles are the texts of the files in a folder that are not inputs.
func newFiles(dir string, inputs map[string]string) (map[string]string, error) {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	out := map[string]string{}
	for _, e := range entries {
		if _, ok := inputs[e.Name()]; ok || e.IsDir() {
			continue
		}
		text, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			return nil, err
		}
		out[e.Name()] = string(text)
	}
	return out, nil
}
