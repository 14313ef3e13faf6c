package cli

import (
	"fmt"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/cmd/etlscript/runview"
	"github.com/etlscript/etlscript/jobinfo"
)

// runHelp is how a run is named on the command line.
const runHelp = "RUN is the id of a run, a beginning or an end of it that no other run has, or last"

func (a *app) statusCommand() *cli.Command {
	return &cli.Command{
		Name: "status", Usage: "show all about a run, and what can be done about it", ArgsUsage: "RUN", Description: runHelp,
		Flags: archiveFlags(), Action: a.status,
	}
}

func (a *app) status(c *cli.Context) error {
	r, err := a.oneRun(c)
	if err != nil {
		return err
	}
	s := runview.StatusOf(r, a.env.now())
	if err := s.AddSimilar(archive(c)); err != nil {
		return a.fail(err)
	}
	if err := a.show(c, s, func() error { return s.Write(a.env.Stdout, a.env.now()) }); err != nil {
		return err
	}
	if r.Fault != nil {
		return a.fail(fmt.Errorf("the record of the run %s is damaged: %w", r.Run, r.Fault))
	}
	return nil
}

// oneRun is the run that the command's only argument names.
func (a *app) oneRun(c *cli.Context) (jobinfo.Record, error) {
	if c.NArg() != 1 {
		return jobinfo.Record{}, a.usage(fmt.Errorf("%s wants one run, as in: etlscript %s last", c.Command.Name, c.Command.Name))
	}
	r, err := runview.Find(archive(c), c.Args().First())
	if err != nil {
		return r, a.usage(err)
	}
	return r, nil
}

func (a *app) metricsCommand() *cli.Command {
	return &cli.Command{
		Name: "metrics", Usage: "show what the components of a run counted, and how fast", ArgsUsage: "RUN", Description: runHelp,
		Flags: archiveFlags(), Action: a.metrics,
	}
}

func (a *app) metrics(c *cli.Context) error {
	r, err := a.oneRun(c)
	if err != nil {
		return err
	}
	m := runview.MetricsOf(r)
	return a.show(c, m, func() error { return m.Write(a.env.Stdout) })
}

// flagsFirst puts the flags of a command line before its other words, for the commands
// that want a run: people write them behind it, as in logs last -f.
func flagsFirst(app *cli.App, args []string) []string {
	if len(args) < 3 {
		return args
	}
	command := app.Command(args[1])
	if command == nil || !strings.HasPrefix(command.ArgsUsage, "RUN") {
		return args
	}
	flags, words := args[:2:2], []string{}
	for i := 2; i < len(args); i++ {
		switch word := args[i]; {
		case word == "--":
			return append(append(flags, "--"), append(words, args[i+1:]...)...)
		case !strings.HasPrefix(word, "-"):
			words = append(words, word)
		case takesValue(command, word):
			flags = append(flags, args[i:min(i+2, len(args))]...)
			if i++; i == len(args) { // it wants a value, but not the run
				return flags
			}
		default:
			flags = append(flags, word)
		}
	}
	return append(flags, words...)
}

// takesValue reports whether a flag stands before its value.
func takesValue(command *cli.Command, word string) bool {
	for _, f := range command.Flags {
		_, isSwitch := f.(*cli.BoolFlag)
		for _, name := range f.Names() {
			if strings.TrimLeft(word, "-") == name {
				return !isSwitch
			}
		}
	}
	return false
}
