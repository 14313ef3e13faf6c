package cli

import (
	"context"
	"errors"
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/engine"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/jobinfo"
)

func (a *app) retryCommand() *cli.Command {
	return &cli.Command{
		Name: "retry", Usage: "try a run again that failed, was cancelled, or is lost", ArgsUsage: "RUN", Description: runHelp,
		Flags:  append(againFlags(), &cli.BoolFlag{Name: "fresh", Usage: "run the job again as another run, by the script as it is now"}),
		Action: a.retry,
	}
}

func (a *app) fallbackCommand() *cli.Command {
	return &cli.Command{
		Name: "fallback", Usage: "run the fallback job of a run that failed", ArgsUsage: "RUN", Description: runHelp,
		Flags: againFlags(), Action: a.fallback,
	}
}

func (a *app) skipCommand() *cli.Command {
	return a.settleCommand("skip", "let a run that failed count as completed", jobinfo.ActSkip, (*engine.Engine).Skip)
}

func (a *app) abandonCommand() *cli.Command {
	return a.settleCommand("abandon", "leave a run that failed as it is, for good", jobinfo.ActAbandon, (*engine.Engine).Abandon)
}

// againFlags are the flags of commands that take a run up again.
func againFlags() []cli.Flag {
	flags := append(profileFlags(), wordsFlag("param", "set a parameter of the script: `NAME=VALUE`; others are those of the run, but for secrets"))
	return append(append(flags, runFlags()...), whyFlag())
}

// settleCommand is a command that decides about a run without running anything.
func (a *app) settleCommand(name, usage string, act jobinfo.Action, settle func(*engine.Engine, string, engine.Who) error) *cli.Command {
	return &cli.Command{
		Name: name, Usage: usage, ArgsUsage: "RUN", Description: runHelp, Flags: append(archiveFlags(), whyFlag()),
		Action: func(c *cli.Context) error {
			r, err := a.oneRun(c)
			if err != nil {
				return err
			}
			e, err := a.engine(c)
			if err != nil {
				return a.usage(err)
			}
			if err := settle(e, r.Run, a.who(c)); err != nil {
				return a.usage(err)
			}
			view := asked{Run: r.Run, Action: act, By: a.env.user(), Why: c.String("why")}
			return a.show(c, view, func() error {
				_, err := fmt.Fprintf(a.env.Stderr, "%s: %s of the job %s\n", name, r.Run, r.Job)
				return err
			})
		},
	}
}

func (a *app) who(c *cli.Context) engine.Who {
	return engine.Who{By: a.env.user(), Why: c.String("why")}
}

func (a *app) retry(c *cli.Context) error {
	return a.again(c, func(e *engine.Engine, ctx context.Context, r jobinfo.Record, d *job.Definition, _ []*job.Definition) (*engine.Run, error) {
		if c.Bool("fresh") {
			return e.Again(ctx, r.Run, d, a.who(c))
		}
		run, err := e.Retry(ctx, r.Run, d, a.who(c))
		if errors.Is(err, engine.ErrChanged) {
			err = fmt.Errorf("%w; etlscript retry --fresh %s runs the job by the script as it is now, as another run", err, r.Run)
		}
		return run, err
	})
}

func (a *app) fallback(c *cli.Context) error {
	return a.again(c, func(e *engine.Engine, ctx context.Context, r jobinfo.Record, d *job.Definition, all []*job.Definition) (*engine.Run, error) {
		if d.Settings.Fallback.Job == "" {
			return nil, fmt.Errorf("the job %q has no fallback job; it is set by fallback = { job = \"NAME\" }", d.Name)
		}
		stand, err := jobOf(all, d.Settings.Fallback.Job, d.Script)
		if err != nil {
			return nil, err
		}
		return e.StandIn(ctx, r.Run, stand, a.who(c))
	})
}

// taken takes a run up again: its job and all jobs of its script are given.
type taken func(e *engine.Engine, ctx context.Context, r jobinfo.Record, d *job.Definition, all []*job.Definition) (*engine.Run, error)

// again loads the script of a run anew, and follows the run that take makes of it.
func (a *app) again(c *cli.Context, take taken) error {
	r, err := a.oneRun(c)
	if err != nil {
		return err
	}
	if r.Script == "" {
		return a.usage(fmt.Errorf("the run %s is of a script without a file, so that it cannot be loaded again", r.Run))
	}
	script, found, err := a.loadWith(c, r.Script, paramsOf(r))
	if script, err = a.accept(c, script, found, err); script == nil || err != nil {
		return err
	}
	d, err := jobOf(script.Jobs, r.Job, r.Script)
	if err != nil {
		return a.usage(err)
	}
	e, err := a.engine(c)
	if err != nil {
		return a.usage(err)
	}
	run, err := take(e, cancelled(c.Context), r, d, script.Jobs)
	if err != nil {
		return a.usage(err)
	}
	return a.follow(c, []*engine.Run{run})
}

// paramsOf are the parameters of a run, as far as they are known: secrets are not.
func paramsOf(r jobinfo.Record) map[string]string {
	out := map[string]string{}
	for name, value := range r.Params {
		if value != "" && value != secret {
			out[name] = value
		}
	}
	return out
}

// secret is how a record shows the value of a secret parameter.
const secret = "***"

// jobOf is the job of a name in a script.
func jobOf(jobs []*job.Definition, name, script string) (*job.Definition, error) {
	var names []string
	for _, d := range jobs {
		if d.Name == name {
			return d, nil
		}
		names = append(names, d.Name)
	}
	return nil, fmt.Errorf("%s has no job %q any more; %s", script, name, diag.DidYouMean(name, names))
}
