package cli

import (
	"encoding/json"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/luabind"
)

func (a *app) checkCommand() *cli.Command {
	return &cli.Command{
		Name: "check", Usage: "find the problems of a script without opening any file", ArgsUsage: "SCRIPT",
		Flags:  append(scriptFlags(), &cli.BoolFlag{Name: "json", Usage: "print the problems as JSON"}),
		Action: a.check,
	}
}

func (a *app) check(c *cli.Context) error {
	path, err := oneScript(c)
	if err != nil {
		return a.usage(err)
	}
	script, found, err := a.load(c, path)
	if err != nil {
		return a.usage(err)
	}
	if len(found) == 0 {
		if found, err = a.checkJobs(c, script); err != nil {
			return a.usage(err)
		}
	}
	found = found.Sorted()
	if found.Err() != nil {
		a.code = ExitUsage
	}
	if c.Bool("json") {
		return json.NewEncoder(a.env.Stdout).Encode(diagnosticsJSON(found))
	}
	if err := a.report(found, script.Sources); err != nil {
		return err
	}
	_, err = fmt.Fprintf(a.env.Stdout, "%s: %s, %s\n", c.Args().First(),
		count(len(found.Errors()), "problem"), count(len(found.Warnings()), "warning"))
	return err
}

// checkJobs is all that can be found in a script that loads.
func (a *app) checkJobs(c *cli.Context, script *luabind.Script) (diag.List, error) {
	e, err := a.engine(c)
	if err != nil {
		return nil, err
	}
	found := script.Warnings
	for _, d := range script.Jobs {
		p, problems := e.Explain(d)
		found = append(append(found, d.Warnings...), problems...)
		if p != nil {
			found = append(found, unchecked(p)...)
		}
	}
	return found, nil
}

func count(n int, what string) string {
	switch n {
	case 0:
		return "no " + what + "s"
	case 1:
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// unchecked warns of sources whose columns check cannot know, since they come
// from files that it does not open.
func unchecked(p *plan.Plan) diag.List {
	var out diag.List
	for _, n := range p.Nodes {
		if len(n.In) == 0 && n.Schema.Open() {
			out = append(out, diag.Warningf("check.columns", n.Job.Pos, "%s: its columns are not known before it is opened, so names and types behind it were not all checked", n.Name()).
				WithHint("pin them with types = {...}; run checks them before it writes anything"))
		}
	}
	return out
}
