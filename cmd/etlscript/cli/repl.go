package cli

import (
	"context"
	"os"
	"path/filepath"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/cmd/etlscript/repl"
)

func (a *app) replCommand() *cli.Command {
	return &cli.Command{
		Name: "repl", Usage: "try things: type Lua, look at rows, stop a run at a row", ArgsUsage: "[SCRIPT]",
		Flags: append(profileFlags(),
			wordsFlag("param", "set a parameter of the script: `NAME=VALUE`"),
			&cli.StringFlag{Name: "runs", Usage: "keep run directories in `DIR`", Value: ".etlscript/runs"},
			&cli.StringFlag{Name: "history", Usage: "keep what is typed in `FILE`; default: etlscript/history in the user's configuration"},
		),
		Action: a.repl,
	}
}

func (a *app) repl(c *cli.Context) error {
	script := ""
	if c.NArg() > 0 {
		var err error
		if script, err = oneScript(c); err != nil {
			return a.usage(err)
		}
	}
	params, err := parseParams(wordsOf(c, "param"))
	if err != nil {
		return a.usage(err)
	}
	loader, err := a.loader(c, params)
	if err != nil {
		return a.usage(err)
	}
	registry, err := registry()
	if err != nil {
		return err
	}
	// Ctrl-C cancels what runs, and not the session.
	return repl.Run(context.WithoutCancel(c.Context), repl.Config{
		Loader: loader, Registry: registry, Engine: a.engineConfig(c), In: a.env.Stdin, Out: a.env.Stdout, Script: script, History: history(c),
	})
}

// history is the file of what was typed, "" where there is no place for it.
func history(c *cli.Context) string {
	if c.IsSet("history") {
		return c.String("history")
	}
	dir, err := os.UserConfigDir()
	if err != nil {
		return ""
	}
	dir = filepath.Join(dir, "etlscript")
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return ""
	}
	return filepath.Join(dir, "history")
}
