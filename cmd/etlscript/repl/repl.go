// Package repl is the session in which people try things: they type Lua, look at
// rows, and stop a run at a row. Read Session.loop in repl.go first; command.go
// has the commands, debugger.go what stops a run.
package repl

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"regexp"
	"strings"

	"github.com/etlscript/etlscript/engine"
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind"
)

// Config is what a session needs.
type Config struct {
	Loader   *luabind.Loader
	Registry *component.Registry
	// Engine is the configuration of the engines that the session makes.
	Engine engine.Config
	In     io.Reader
	Out    io.Writer
	// Script is a script to begin with. Defaults to none.
	Script string
	// History is the file in which inputs are kept. Defaults to none.
	History string
}

// Session is one session.
type Session struct {
	config  Config
	script  *luabind.Session
	edit    editor
	points  []*breakpoint
	last    *engine.Result // of the last :run
	typed   typed
	scratch string // run directories of what is only looked at
}

// errQuit ends a session.
var errQuit = errors.New("quit")

// Run runs a session to its end. Errors of inputs are shown and do not end it.
func Run(ctx context.Context, c Config) error {
	scratch, err := os.MkdirTemp("", "etlscript-repl-")
	if err != nil {
		return fmt.Errorf("repl: %w", err)
	}
	defer func() { _ = os.RemoveAll(scratch) }() // the system clears it in any case
	s := &Session{config: c, script: c.Loader.NewSession("."), scratch: scratch}
	s.edit = newEditor(c, s.complete)
	defer s.edit.close()
	s.greet()
	if err := s.input(ctx, s.script, `local etl = require "etl"`); err != nil {
		return err
	}
	if c.Script != "" {
		if err := s.execute(ctx, ":load "+c.Script); err != nil {
			return err
		}
	}
	return s.loop(ctx)
}

func (s *Session) greet() {
	if s.edit.interactive() {
		s.sayf("etlscript: type Lua, or :help for the commands; Ctrl-D ends the session\n")
	}
}

// loop reads inputs until there are no more.
func (s *Session) loop(ctx context.Context) error {
	for {
		text, err := s.edit.read("> ")
		switch {
		case errors.Is(err, errAborted):
			continue
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return fmt.Errorf("repl: %w", err)
		}
		if err := s.execute(ctx, text); errors.Is(err, errQuit) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// typed is the last input, and the script before it.
type typed struct {
	text   string
	script *luabind.Session
}

// chained is a line that goes on with the call of the line before, such as
// :filter(...); commands have no parenthesis, brace or quote behind their name.
var chained = regexp.MustCompile(`^\s*:\w+\s*[({"'\[]`)

// execute takes one line: a command, or the beginning of an input.
func (s *Session) execute(ctx context.Context, text string) error {
	if chained.MatchString(text) && s.typed.text != "" {
		return s.input(ctx, s.typed.script, s.typed.text+"\n"+text)
	}
	if line := strings.TrimSpace(text); strings.HasPrefix(line, ":") {
		return s.command(ctx, line)
	}
	return s.input(ctx, s.script, text)
}

// input evaluates Lua behind a script, and reads on until the input is complete. An
// error leaves the session as it was.
func (s *Session) input(ctx context.Context, script *luabind.Session, text string) error {
	for {
		trial := script.Clone()
		answer, err := trial.Eval(ctx, text)
		if err != nil {
			s.printed(answer)
			return s.show(diag.ListOf(err), answer.Sources)
		}
		if !answer.More {
			s.script, s.typed = trial, typed{text, script}
			return s.tell(ctx, answer)
		}
		next, err := s.edit.read("... ")
		if errors.Is(err, io.EOF) {
			s.sayf("the input ends inside of a statement\n")
		}
		if err != nil {
			return nil // it was given up
		}
		text += "\n" + next
	}
}

// tell shows what came of an input.
func (s *Session) tell(ctx context.Context, answer *luabind.Answer) (err error) {
	s.printed(answer)
	switch {
	case answer.Stream != nil:
		err = s.head(ctx, answer.Stream, headRows)
	case len(answer.Values) > 0:
		s.sayf("%s\n", strings.Join(answer.Values, "\t"))
	}
	for _, name := range answer.Sinks {
		s.sayf("%s belongs to the job; :run runs it\n", name)
	}
	return err
}

func (s *Session) printed(a *luabind.Answer) {
	for _, line := range a.Printed {
		s.sayf("%s\n", line)
	}
}

// show shows diagnostics.
func (s *Session) show(list diag.List, sources diag.Sources) error {
	return diag.Print(s.config.Out, list, sources)
}

// sayf writes to the session. What cannot be written, nobody reads.
func (s *Session) sayf(format string, args ...any) { fmt.Fprintf(s.config.Out, format, args...) }
