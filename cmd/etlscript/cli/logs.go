package cli

import (
	"fmt"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/cmd/etlscript/runview"
)

// followInterval is how often the log of a run is looked at that goes on.
const followInterval = 200 * time.Millisecond

func (a *app) logsCommand() *cli.Command {
	return &cli.Command{
		Name: "logs", Usage: "print the log of a run", ArgsUsage: "RUN", Description: runHelp,
		Flags: append(archiveFlags(),
			&cli.BoolFlag{Name: "follow", Aliases: []string{"f"}, Usage: "go on until the run has ended"},
		),
		Action: a.logs,
	}
}

func (a *app) logs(c *cli.Context) error {
	r, err := a.oneRun(c)
	if err != nil {
		return err
	}
	l := runview.Logs{To: a.env.Stdout, JSON: c.Bool("json")}
	if c.Bool("follow") {
		tick := time.NewTicker(followInterval)
		defer tick.Stop()
		l.Tick = tick.C
	}
	if err := l.Print(c.Context, archive(c), r.Run); err != nil {
		return a.fail(err)
	}
	if c.Context.Err() != nil {
		a.code = ExitCancelled
		fmt.Fprintln(a.env.Stderr, "the run goes on")
	}
	return nil
}
