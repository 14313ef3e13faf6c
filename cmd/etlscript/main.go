// Command etlscript runs, checks and explains jobs written in Lua.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"

	"github.com/etlscript/etlscript/cmd/etlscript/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := cli.Run(ctx, cli.Env{Args: os.Args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
	stop()
	os.Exit(code)
}
