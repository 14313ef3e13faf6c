package cli

import (
	"fmt"
	"io"
	"os"
	"strings"
	"time"

	"golang.org/x/term"

	"github.com/etlscript/etlscript/engine"
	"github.com/etlscript/etlscript/jobinfo"
)

// How often progress is shown: on a terminal one line is rewritten, elsewhere
// a line is added.
const (
	terminalInterval = 200 * time.Millisecond
	plainInterval    = 10 * time.Second
)

// progress shows how far runs have come.
type progress struct {
	w        io.Writer
	terminal bool
	silent   bool
	width    int // of the line on the terminal
}

func newProgress(w io.Writer, silent bool) *progress {
	f, ok := w.(*os.File)
	return &progress{w: w, silent: silent, terminal: ok && term.IsTerminal(int(f.Fd()))}
}

func (p *progress) interval() time.Duration {
	if p.terminal {
		return terminalInterval
	}
	return plainInterval
}

// show shows the runs that go on: a line each, on a terminal one for all.
func (p *progress) show(runs []*engine.Run) {
	if p.silent {
		return
	}
	var lines []string
	waiting := 0
	for _, r := range runs {
		switch s := r.Snapshot().State; {
		case s == jobinfo.Pending:
			waiting++
		case !s.Final():
			lines = append(lines, progressLine(r, s))
		}
	}
	if waiting > 0 {
		lines = append(lines, fmt.Sprintf("%d waiting", waiting))
	}
	if !p.terminal {
		for _, line := range lines {
			fmt.Fprintln(p.w, line)
		}
		return
	}
	line := strings.Join(lines, "; ")
	fmt.Fprintf(p.w, "\r%s%s", line, strings.Repeat(" ", max(0, p.width-len(line))))
	p.width = len(line)
}

func progressLine(r *engine.Run, s jobinfo.State) string {
	at := r.Progress()
	line := fmt.Sprintf("%s: read %s, wrote %s", r.Job().Name, rows(at.RowsRead), rows(at.RowsWritten))
	if at.RowsRejected > 0 {
		line += fmt.Sprintf(", rejected %s", rows(at.RowsRejected))
	}
	if s == jobinfo.Retrying {
		line += ", waits for another attempt"
	}
	return line
}

// clear removes the line from the terminal.
func (p *progress) clear() {
	if p.width > 0 {
		fmt.Fprintf(p.w, "\r%s\r", strings.Repeat(" ", p.width))
		p.width = 0
	}
}
