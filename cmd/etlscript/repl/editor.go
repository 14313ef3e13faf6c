package repl

import (
	"bufio"
	"errors"
	"io"
	"os"

	"github.com/peterh/liner"
)

// errAborted says that somebody gave up a line.
var errAborted = errors.New("aborted")

// editor reads lines.
type editor interface {
	// read gives the next line. The error is io.EOF behind the last one, or
	// errAborted.
	read(prompt string) (string, error)
	// interactive reports whether somebody types.
	interactive() bool
	// away lets the terminal work as usual until the function that it returns is
	// called, so that Ctrl-C is a signal.
	away() (back func())
	close()
}

func newEditor(c Config, complete func(line string) []string) editor {
	if in, ok := c.In.(*os.File); ok && isTerminal(in) && liner.TerminalSupported() {
		return newTerminal(c.History, complete)
	}
	return &pipe{lines: bufio.NewReader(c.In)}
}

func isTerminal(f *os.File) bool {
	info, err := f.Stat()
	return err == nil && info.Mode()&os.ModeCharDevice != 0
}

// pipe reads lines that nobody types.
type pipe struct{ lines *bufio.Reader }

func (p *pipe) read(string) (string, error) {
	line, err := p.lines.ReadString('\n')
	if err != nil && line == "" {
		return "", err
	}
	for len(line) > 0 && (line[len(line)-1] == '\n' || line[len(line)-1] == '\r') {
		line = line[:len(line)-1]
	}
	return line, nil
}

func (*pipe) interactive() bool { return false }
func (*pipe) away() func()      { return func() {} }
func (*pipe) close()            {}

// terminal reads what somebody types, with history and completion.
type terminal struct {
	line    *liner.State
	usual   liner.ModeApplier
	raw     liner.ModeApplier
	history string
}

func newTerminal(history string, complete func(line string) []string) *terminal {
	t := &terminal{history: history}
	// Without a mode, away leaves the terminal as it is.
	t.usual, _ = liner.TerminalMode()
	t.line = liner.NewLiner()
	t.raw, _ = liner.TerminalMode()
	t.line.SetCtrlCAborts(true)
	t.line.SetCompleter(complete)
	t.line.SetTabCompletionStyle(liner.TabPrints)
	if f, err := os.Open(history); err == nil {
		_, _ = t.line.ReadHistory(f) // a history is no loss
		_ = f.Close()
	}
	return t
}

func (t *terminal) read(prompt string) (string, error) {
	text, err := t.line.Prompt(prompt)
	if errors.Is(err, liner.ErrPromptAborted) {
		return "", errAborted
	}
	if err != nil {
		return "", io.EOF
	}
	if text != "" {
		t.line.AppendHistory(text)
	}
	return text, nil
}

func (*terminal) interactive() bool { return true }

func (t *terminal) away() func() {
	apply(t.usual)
	return func() { apply(t.raw) }
}

// apply sets a mode. A terminal that refuses is as it was.
func apply(m liner.ModeApplier) {
	if m != nil {
		_ = m.ApplyMode()
	}
}

func (t *terminal) close() {
	if t.history != "" {
		if f, err := os.OpenFile(t.history, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600); err == nil {
			_, _ = t.line.WriteHistory(f)
			_ = f.Close()
		}
	}
	_ = t.line.Close()
}
