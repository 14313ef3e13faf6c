package cli

import (
	"fmt"
	"os"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
)

func (a *app) optionsCommand() *cli.Command {
	return &cli.Command{
		Name: "options", Usage: "list the options of etl.job, or show one", ArgsUsage: "[NAME]",
		Flags:  []cli.Flag{&cli.StringFlag{Name: "write", Usage: "write the reference page to `FILE`"}},
		Action: a.options,
	}
}

func (a *app) options(c *cli.Context) error {
	if file := c.String("write"); file != "" {
		page, err := job.Reference()
		if err != nil {
			return err
		}
		return os.WriteFile(file, []byte(page), 0o644)
	}
	options, err := job.Options()
	if err != nil {
		return err
	}
	if c.NArg() == 0 {
		return a.listOptions(options)
	}
	return a.showOption(options, c.Args().First())
}

// listOptions lists what each option means.
func (a *app) listOptions(options []component.Param) error {
	w := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
	for _, o := range options {
		fmt.Fprintf(w, "%s\t%s\n", o.Name, o.Doc)
	}
	return w.Flush()
}

func (a *app) showOption(options []component.Param, name string) error {
	var names []string
	for _, o := range options {
		if o.Name == name {
			_, err := fmt.Fprintf(a.env.Stdout, "%s = %s\n  %s\n", o.Name, o.Want, o.Doc)
			return err
		}
		names = append(names, o.Name)
	}
	return a.usage(fmt.Errorf("etl.job has no option %q; %s", name, diag.DidYouMean(name, names)))
}
