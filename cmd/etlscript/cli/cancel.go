package cli

import (
	"fmt"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/cmd/etlscript/runview"
	"github.com/etlscript/etlscript/jobinfo"
)

func (a *app) cancelCommand() *cli.Command {
	return &cli.Command{
		Name: "cancel", Usage: "ask a run to stop, wherever on this machine it goes on", ArgsUsage: "RUN", Description: runHelp,
		Flags:  append(archiveFlags(), whyFlag()),
		Action: a.cancelRun,
	}
}

func whyFlag() cli.Flag {
	return &cli.StringFlag{Name: "why", Usage: "record this `TEXT` as the reason"}
}

// asked is what was asked of a run.
type asked struct {
	Run    string         `json:"run"`
	Action jobinfo.Action `json:"action"`
	By     string         `json:"by"`
	Why    string         `json:"why,omitempty"`
}

// cancelRun leaves the request in the run's folder, where its process looks now and then.
func (a *app) cancelRun(c *cli.Context) error {
	r, err := a.oneRun(c)
	if err != nil {
		return err
	}
	if err := cancellable(r); err != nil {
		return a.usage(err)
	}
	q := jobinfo.Request{Action: jobinfo.ActCancel, By: a.env.user(), Why: c.String("why"), Time: a.env.now()}
	if err := archive(c).Ask(r.Run, q); err != nil {
		return a.fail(err)
	}
	view := asked{Run: r.Run, Action: q.Action, By: q.By, Why: q.Why}
	return a.show(c, view, func() error {
		_, err := fmt.Fprintf(a.env.Stderr, "asked the run %s to stop; etlscript status %s shows how it ends\n", r.Run, r.Run)
		return err
	})
}

// cancellable says why a run cannot be cancelled.
func cancellable(r jobinfo.Record) error {
	switch {
	case r.Lost():
		return fmt.Errorf("the run %s is %s: its process ended without a word, so that nothing is left to stop", r.Run, runview.Lost)
	case r.Snapshot.State.Final():
		return fmt.Errorf("the run %s is %s already", r.Run, r.Snapshot.State)
	}
	return nil
}
