// Package cli is the command line of etlscript. It touches the operating
// system only through Env, so that tests run commands in process.
package cli

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/user"
	"runtime/debug"
	"strings"
	"sync"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/engine/diag"
)

// Env is the world of a command.
type Env struct {
	Args   []string // the program's name first
	Stdin  io.Reader
	Stdout io.Writer
	Stderr io.Writer
	Now    func() time.Time // defaults to time.Now
	User   string           // who does something about a run; defaults to the user of the process
}

func (e Env) now() time.Time {
	if e.Now == nil {
		return time.Now()
	}
	return e.Now()
}

func (e Env) user() string {
	if e.User != "" {
		return e.User
	}
	if u, err := user.Current(); err == nil {
		return u.Username
	}
	return ""
}

// Exit codes of the command.
const (
	ExitOK        = 0   // everything went well
	ExitFailed    = 1   // a run failed
	ExitUsage     = 2   // the command line or a script is wrong; nothing ran
	ExitCancelled = 130 // a run was cancelled by a signal
)

// Run runs one command and returns its exit code. Cancelling ctx cancels what
// runs.
func Run(ctx context.Context, env Env) int {
	env.Stderr = lockedWriter(env.Stderr)
	a := &app{env: env, code: ExitOK}
	command := a.command()
	if n := len(env.Args) - 1; n > 0 && env.Args[n] == completeFlag {
		a.complete(command, env.Args[1:n])
		return a.code
	}
	err := command.RunContext(ctx, flagsFirst(command, env.Args))
	if err != nil {
		fmt.Fprintf(env.Stderr, "etlscript: %v\n", err)
		if a.code == ExitOK {
			a.code = ExitUsage
		}
	}
	return a.code
}

// lockedWriter lets runs, their progress and their log write at once, a line at a time.
// Files take care of that themselves.
func lockedWriter(w io.Writer) io.Writer {
	if _, ok := w.(*os.File); ok {
		return w
	}
	return &locked{w: w}
}

type locked struct {
	mu sync.Mutex
	w  io.Writer
}

// Write implements io.Writer.
func (l *locked) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(p)
}

// app is one invocation.
type app struct {
	env  Env
	code int
}

func (a *app) command() *cli.App {
	out := &cli.App{
		Name:        "etlscript",
		Usage:       "run data pipelines written in Lua",
		Description: "exit codes: 0 success, 1 a run failed, 2 wrong command line or script (nothing ran), 130 cancelled",
		Version:     version(),
		HideVersion: true,
		Reader:      a.env.Stdin, Writer: a.env.Stdout, ErrWriter: a.env.Stderr,
		ExitErrHandler:  func(*cli.Context, error) {},
		CommandNotFound: a.commandNotFound,
		Commands: []*cli.Command{
			a.runCommand(), a.checkCommand(), a.explainCommand(), a.componentsCommand(), a.functionsCommand(), a.optionsCommand(), a.replCommand(), a.newCommand(),
			a.runsCommand(), a.statusCommand(), a.logsCommand(), a.metricsCommand(), a.cancelCommand(),
			a.retryCommand(), a.skipCommand(), a.fallbackCommand(), a.abandonCommand(),
			a.completionCommand(), a.manCommand(), a.versionCommand(), helpCommand(),
		},
	}
	addHelp(out)
	return out
}

// addHelp gives the application and its commands help flags of their own: the
// library's is one for the whole process, which it writes to while it parses.
func addHelp(app *cli.App) {
	help := func() cli.Flag { return &cli.BoolFlag{Name: "help", Aliases: []string{"h"}, Usage: "show help"} }
	app.HideHelp, app.Flags, app.OnUsageError = true, append(app.Flags, help()), usageError
	var add func([]*cli.Command)
	add = func(list []*cli.Command) {
		for _, c := range list {
			c.HideHelp, c.Flags, c.OnUsageError = true, append(c.Flags, help()), usageError
			add(c.Subcommands)
		}
	}
	add(app.Commands)
}

func (a *app) versionCommand() *cli.Command {
	return &cli.Command{
		Name: "version", Usage: "print the version",
		Action: func(*cli.Context) error {
			_, err := fmt.Fprintln(a.env.Stdout, "etlscript", version())
			return err
		},
	}
}

func helpCommand() *cli.Command {
	return &cli.Command{
		Name: "help", Usage: "show the help of a command", ArgsUsage: "[COMMAND]",
		Action: func(c *cli.Context) error {
			if c.NArg() == 0 {
				return cli.ShowAppHelp(c)
			}
			return cli.ShowCommandHelp(c, c.Args().First())
		},
	}
}

func (a *app) commandNotFound(c *cli.Context, name string) {
	a.code = ExitUsage
	var names []string
	for _, cmd := range c.App.Commands {
		names = append(names, cmd.Name)
	}
	fmt.Fprintf(a.env.Stderr, "etlscript: there is no command %q; %s\n", name, diag.DidYouMean(name, names))
}

func usageError(_ *cli.Context, err error, _ bool) error {
	return fmt.Errorf("%w (see etlscript help)", err)
}

// version is the module's version as the Go tool recorded it.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return info.Main.Version
	}
	return "(devel)"
}

// oneScript is the command's only argument.
func oneScript(c *cli.Context) (string, error) {
	list, err := scriptsOf(c)
	if err == nil && len(list) > 1 {
		err = fmt.Errorf("%s wants one script, as in: etlscript %s pipeline.lua", c.Command.Name, c.Command.Name)
	}
	if err != nil {
		return "", err
	}
	return list[0], nil
}

// scriptsOf are the command's arguments.
func scriptsOf(c *cli.Context) ([]string, error) {
	list := c.Args().Slice()
	if len(list) == 0 {
		return nil, fmt.Errorf("%s wants a script, as in: etlscript %s pipeline.lua", c.Command.Name, c.Command.Name)
	}
	for _, word := range list[1:] {
		if strings.HasPrefix(word, "-") {
			return nil, fmt.Errorf("flags stand before the script, as in: etlscript %s %s %s", c.Command.Name, word, list[0])
		}
	}
	return list, nil
}

// report prints diagnostics to standard error.
func (a *app) report(list diag.List, src diag.Sources) error {
	return diag.Print(a.env.Stderr, list, src)
}
