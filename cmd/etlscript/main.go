// Command etlscript runs, checks and explains jobs written in Lua.
package main

import (
	"context"
	"os"
	"os/signal"
	"syscall"
	_ "time/tzdata" // machines without a zone database read dates, too

	"github.com/etlscript/etlscript/cmd/etlscript/cli"
)

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM, syscall.SIGHUP)
	// The first signal cancels the run, which cleans up. A second one ends the
	// process at once.
	context.AfterFunc(ctx, stop)
	// A reader of standard output that goes away is an error of the sink, which
	// fails the run; the signal would end the process with files half written.
	signal.Ignore(syscall.SIGPIPE)
	code := cli.Run(ctx, cli.Env{Args: os.Args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr})
	stop()
	os.Exit(code)
}
