package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/etlscript/etlscript/engine"
)

// How often progress is shown: on a terminal one line is rewritten, elsewhere
// a line is added.
const (
	terminalInterval = 200 * time.Millisecond
	plainInterval    = 10 * time.Second
)

// progress shows how far a run has come.
type progress struct {
	w        io.Writer
	name     string
	terminal bool
	silent   bool
	width    int // of the line on the terminal
}

func newProgress(w io.Writer, name string, silent bool) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, name: name, silent: silent, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

// follow shows the run until its end.
func (p *progress) follow(r *engine.Run) engine.Result {
	done := make(chan engine.Result, 1)
	go func() { done <- r.Wait() }()
	tick := time.NewTicker(p.interval())
	defer tick.Stop()
	for {
		select {
		case result := <-done:
			p.clear()
			return result
		case <-tick.C:
			p.show(r.Progress())
		}
	}
}

func (p *progress) interval() time.Duration {
	if p.terminal {
		return terminalInterval
	}
	return plainInterval
}

func (p *progress) show(at engine.Progress) {
	if p.silent {
		return
	}
	line := fmt.Sprintf("%s: read %s, wrote %s", p.name, rows(at.RowsRead), rows(at.RowsWritten))
	if at.RowsRejected > 0 {
		line += fmt.Sprintf(", rejected %s", rows(at.RowsRejected))
	}
	if !p.terminal {
		fmt.Fprintln(p.w, line)
		return
	}
	fmt.Fprintf(p.w, "\r%s%s", line, strings.Repeat(" ", max(0, p.width-len(line))))
	p.width = len(line)
}

// clear removes the line from the terminal.
func (p *progress) clear() {
	if p.width > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.width))
	}
}
