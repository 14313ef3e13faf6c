package cli

import (
	"github.com/urfave/cli/v2"
)

func (a *app) explainCommand() *cli.Command {
	return &cli.Command{
		Name: "explain", Usage: "show the graph and the plan of a script without opening any file", ArgsUsage: "SCRIPT",
		Flags: append(scriptFlags(),
			&cli.BoolFlag{Name: "dot", Usage: "print the graph for Graphviz"},
			&cli.IntFlag{Name: "workers", Usage: "plan for `N` workers; default: the number of processors"},
		),
		Action: a.explain,
	}
}

func (a *app) explain(c *cli.Context) error {
	path, err := oneScript(c)
	if err != nil {
		return a.usage(err)
	}
	script, err := a.loadOrRefuse(c, path)
	if script == nil || err != nil {
		return err
	}
	e, err := a.engine(c)
	if err != nil {
		return a.usage(err)
	}
	for _, d := range script.Jobs {
		p, found := e.Explain(d)
		if err := a.report(append(d.Warnings, found...), script.Sources); err != nil {
			return err
		}
		if found.Err() != nil {
			return a.usage(nil)
		}
		show := p.Explain
		if c.Bool("dot") {
			show = p.DOT
		}
		if err := show(a.env.Stdout); err != nil {
			return err
		}
	}
	return nil
}
