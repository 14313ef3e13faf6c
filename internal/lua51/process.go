// Package lua51 runs programs in PUC Lua 5.1, the reference of our Lua. It is
// for tests, and needs the command lua5.1 of the machine.
//
// A program speaks through two functions, emit(...), which writes values, and
// r(x), which cuts a number to ten digits; driver.lua says how. Its answer is
// what it emitted, a line each, and a last line: "ok", or "error " and the
// value that it raised.
package lua51

import (
	"bufio"
	_ "embed" // for the driver
	"errors"
	"fmt"
	"io"
	"os/exec"
	"strconv"
	"strings"
	"time"
)

//go:embed driver.lua
var driver string

// Process is a running lua5.1. One goroutine uses it at a time.
type Process struct {
	command *exec.Cmd
	in      io.WriteCloser
	out     *bufio.Reader
}

// Find is the path of the command lua5.1.
func Find() (string, error) { return exec.LookPath("lua5.1") }

// Start starts the command at the path. Close ends it.
func Start(path string) (*Process, error) {
	command := exec.Command(path, "-e", driver)
	in, err := command.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("lua5.1: %w", err)
	}
	out, err := command.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("lua5.1: %w", err)
	}
	if err := command.Start(); err != nil {
		return nil, fmt.Errorf("lua5.1: %w", err)
	}
	return &Process{command: command, in: in, out: bufio.NewReaderSize(out, 1<<16)}, nil
}

// Run runs programs, each in an environment of its own, and returns their
// answers. A process that takes longer than the limit is killed. After an error
// the process is of no use any more.
func (p *Process) Run(limit time.Duration, programs ...string) ([]string, error) {
	late := time.AfterFunc(limit, func() { _ = p.command.Process.Kill() })
	defer late.Stop()
	sent := make(chan error, 1)
	go func() { sent <- p.send(programs) }()
	answers, err := p.receive(len(programs))
	if err != nil {
		// A writer that waits for a reader which is gone ends with it.
		_ = p.command.Process.Kill()
	}
	return answers, errors.Join(err, <-sent)
}

func (p *Process) send(programs []string) error {
	var b strings.Builder
	for _, text := range programs {
		b.WriteString(strconv.Itoa(len(text)) + "\n" + text)
	}
	_, err := io.WriteString(p.in, b.String())
	return err
}

func (p *Process) receive(n int) ([]string, error) {
	answers := make([]string, 0, n)
	for range n {
		size, err := p.out.ReadString('\n')
		if err != nil {
			return answers, fmt.Errorf("lua5.1 ended: %w", err)
		}
		length, err := strconv.Atoi(strings.TrimSpace(size))
		if err != nil {
			return answers, fmt.Errorf("lua5.1 answered %q: %w", size, err)
		}
		answer := make([]byte, length)
		if _, err := io.ReadFull(p.out, answer); err != nil {
			return answers, fmt.Errorf("lua5.1 ended: %w", err)
		}
		answers = append(answers, string(answer))
	}
	return answers, nil
}

// Close ends the process.
func (p *Process) Close() error {
	// It ends by itself at the end of its input; its status tells nothing.
	_ = p.in.Close()
	if err := p.command.Wait(); err != nil && p.command.ProcessState == nil {
		return fmt.Errorf("lua5.1: %w", err)
	}
	return nil
}
