package cli

import (
	"fmt"
	"strings"

	"github.com/hashicorp/go-hclog"
	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/luabind"
	"github.com/etlscript/etlscript/stdlib"
)

// scriptFlags are the flags of every command that loads a script.
func scriptFlags() []cli.Flag {
	return append(profileFlags(),
		wordsFlag("param", "set a parameter of the script: `NAME=VALUE`"),
		&cli.StringFlag{Name: "job", Usage: "take only the job of this `NAME`"},
		&cli.StringFlag{Name: "strategy", Usage: "execute by this `STRATEGY` instead of the script's"},
	)
}

// load loads a script, and what is wrong with it. The error is one of the command
// line. The script has its sources in any case.
func (a *app) load(c *cli.Context, path string) (*luabind.Script, diag.List, error) {
	return a.loadWith(c, path, nil)
}

// loadWith is load where the parameters that the command line does not give are known.
func (a *app) loadWith(c *cli.Context, path string, known map[string]string) (*luabind.Script, diag.List, error) {
	params, err := parseParams(wordsOf(c, "param"))
	if err != nil {
		return nil, nil, err
	}
	for name, value := range known {
		if _, given := params[name]; !given {
			params[name] = value
		}
	}
	loader, err := a.loader(c, params)
	if err != nil {
		return nil, nil, err
	}
	script, err := loader.LoadFile(c.Context, path)
	if err != nil {
		return script, diag.ListOf(err), nil
	}
	script.Jobs, err = choose(c, script.Jobs)
	return script, nil, err
}

func (a *app) loader(c *cli.Context, params map[string]string) (*luabind.Loader, error) {
	registry, err := registry()
	if err != nil {
		return nil, err
	}
	cfg := luabind.Config{Registry: registry, Params: params, Libraries: stdlib.Libraries(), Log: a.logger()}
	if cfg.Profile, err = profile(c); err != nil {
		return nil, err
	}
	if cfg.Limits, err = limits(c); err != nil {
		return nil, err
	}
	return luabind.NewLoader(cfg)
}

// loadOrRefuse loads the script and prints what is wrong with it; nil means
// that something is.
func (a *app) loadOrRefuse(c *cli.Context, path string) (*luabind.Script, error) {
	script, found, err := a.load(c, path)
	return a.accept(c, script, found, err)
}

// accept prints what is wrong with a script that was loaded; nil means that something
// is.
func (a *app) accept(c *cli.Context, script *luabind.Script, found diag.List, err error) (*luabind.Script, error) {
	if err == nil && len(found) == 0 {
		return script, a.report(script.Warnings, script.Sources)
	}
	a.code = ExitUsage
	if c.Context.Err() != nil {
		a.code = ExitCancelled
	}
	if err != nil {
		return nil, err
	}
	return nil, a.report(found, script.Sources)
}

func (a *app) logger() hclog.Logger {
	return hclog.New(&hclog.LoggerOptions{Name: "etlscript", Output: a.env.Stderr})
}

// registry is the components of the command.
func registry() (*component.Registry, error) {
	r := &component.Registry{}
	return r, stdlib.Register(r)
}

func parseParams(flags []string) (map[string]string, error) {
	out := map[string]string{}
	for _, f := range flags {
		name, value, ok := strings.Cut(f, "=")
		if !ok || name == "" {
			return nil, fmt.Errorf("--param %s: write --param NAME=VALUE", f)
		}
		out[name] = value
	}
	return out, nil
}

// choose is the jobs that --job asks for, under the strategy of --strategy.
func choose(c *cli.Context, jobs []*job.Definition) ([]*job.Definition, error) {
	strategy := job.Strategy(c.String("strategy"))
	switch strategy {
	case "", job.Row, job.Bulk, job.BigData, job.Auto:
	default:
		return nil, fmt.Errorf("--strategy %s: choose row, bulk, bigdata or auto", strategy)
	}
	var out []*job.Definition
	var names []string
	for _, d := range jobs {
		names = append(names, d.Name)
		if want := c.String("job"); want != "" && want != d.Name {
			continue
		}
		if strategy != "" {
			d.Settings.Strategy = strategy
		}
		out = append(out, d)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("--job %s: the script has the jobs %s", c.String("job"), strings.Join(names, ", "))
	}
	return out, nil
}
