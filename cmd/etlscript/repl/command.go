package repl

import (
	"context"
	"fmt"
	"os"
	"strconv"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind"
)

// command is a command of the session.
type command struct {
	name string
	args string // as help shows them
	help string
	run  func(s *Session, ctx context.Context, args string) error
}

// commands are all commands, in the order of the help.
func commands() []command {
	return []command{
		{"load", "FILE", "begin anew with a script", (*Session).load},
		{"save", "FILE", "write the script of the session to a file", (*Session).save},
		{"list", "", "show the script of the session", (*Session).list},
		{"undo", "", "forget the last statement", (*Session).undo},
		{"head", "STREAM [N]", "show the first rows of a stream, 10 by default; a stream alone does so as well", (*Session).headCommand},
		{"schema", "STREAM", "show the columns of a stream and their types", (*Session).schemaCommand},
		{"plan", "", "show how the job would run", (*Session).plan},
		{"run", "", "run the job; it stops at the breakpoints", (*Session).run},
		{"rejects", "", "show the rows that the last run rejected", (*Session).rejects},
		{"break", "[NODE | A -> B] [when EXPR]", "stop where a node takes a row for which the expression over row is true; alone: list the breakpoints", (*Session).breakCommand},
		{"clear", "[N]", "remove a breakpoint, or all", (*Session).clear},
		{"doc", "[NAME]", "show the reference page of a component, or list them", (*Session).doc},
		{"help", "", "show this help", (*Session).help},
		{"quit", "", "end the session", func(*Session, context.Context, string) error { return errQuit }},
	}
}

// stopCommands are the commands while a run is stopped, for the help.
func stopCommands() []command {
	return []command{
		{name: "row", help: "show the row before the node, and after it"},
		{name: "step", help: "go on to the next thing that happens to a row"},
		{name: "continue", help: "go on to the next breakpoint"},
		{name: "abort", help: "cancel the run"},
	}
}

// command runs a command, whose name may be cut short.
func (s *Session) command(ctx context.Context, line string) error {
	name, args, _ := strings.Cut(line[1:], " ")
	c, err := findCommand(name)
	if err != nil {
		s.sayf("%v\n", err)
		return nil
	}
	return c.run(s, ctx, strings.TrimSpace(args))
}

// findCommand is the command of a name or of an unambiguous beginning of one.
func findCommand(name string) (command, error) {
	var found []command
	var names []string
	for _, c := range commands() {
		names = append(names, c.name)
		if c.name == name {
			return c, nil
		}
		if name != "" && strings.HasPrefix(c.name, name) {
			found = append(found, c)
		}
	}
	if len(found) == 1 {
		return found[0], nil
	}
	for _, c := range stopCommands() {
		if c.name == name {
			return command{}, fmt.Errorf(":%s works while a run is stopped: set a :break, then :run", name)
		}
	}
	return command{}, fmt.Errorf("there is no command :%s; %s", name, diag.DidYouMean(name, names))
}

func (s *Session) help(context.Context, string) error {
	s.sayf("Type Lua: statements belong to the script of the session, values and streams are shown.\n\n")
	for _, c := range commands() {
		s.sayf("  %-36s %s\n", strings.TrimSpace(":"+c.name+" "+c.args), c.help)
	}
	s.sayf("\nWhile a run is stopped, also an expression over row, such as row.qty * 2, and:\n\n")
	for _, c := range stopCommands() {
		s.sayf("  %-36s %s\n", ":"+c.name, c.help)
	}
	return nil
}

func (s *Session) load(ctx context.Context, path string) error {
	text, err := os.ReadFile(path)
	if err != nil {
		s.sayf("the script cannot be read: %v\n", err)
		return nil
	}
	answer, err := s.script.Open(ctx, path, string(text))
	s.printed(answer)
	if err != nil {
		return s.show(diag.ListOf(err), answer.Sources)
	}
	s.sayf("%s: %s\n", path, strings.Join(s.script.Names(), ", "))
	return nil
}

func (s *Session) save(_ context.Context, path string) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if err == nil {
		_, err = f.WriteString(s.script.Text())
		if closed := f.Close(); err == nil {
			err = closed
		}
	}
	if err != nil {
		s.sayf("nothing was saved: %v\n", err)
	}
	return nil
}

func (s *Session) list(context.Context, string) error {
	for i, line := range strings.Split(strings.TrimRight(s.script.Text(), "\n"), "\n") {
		s.sayf("%5d | %s\n", i+1, line)
	}
	return nil
}

func (s *Session) undo(context.Context, string) error {
	if !s.script.Undo() {
		s.sayf("there is nothing to forget\n")
	}
	return nil
}

// stream is the stream that an expression gives, nil if that was shown to be none.
func (s *Session) stream(ctx context.Context, expression string) (*luabind.View, error) {
	answer, err := s.script.Eval(ctx, "("+expression+")")
	if err != nil {
		return nil, s.show(diag.ListOf(err), answer.Sources)
	}
	if answer.Stream == nil {
		s.sayf("%q is no stream\n", expression)
	}
	return answer.Stream, nil
}

func (s *Session) headCommand(ctx context.Context, args string) error {
	n := headRows
	if i := strings.LastIndexByte(args, ' '); i >= 0 {
		if given, err := strconv.Atoi(args[i+1:]); err == nil && given >= 0 {
			n, args = given, args[:i]
		}
	}
	v, err := s.stream(ctx, args)
	if v == nil || err != nil {
		return err
	}
	return s.head(ctx, v, n)
}

func (s *Session) schemaCommand(ctx context.Context, args string) error {
	v, err := s.stream(ctx, args)
	if v == nil || err != nil {
		return err
	}
	return s.schema(ctx, v)
}

func (s *Session) doc(_ context.Context, name string) error {
	if name == "" {
		s.sayf("%s\n", strings.Join(s.config.Registry.Names(), " "))
		return nil
	}
	spec, ok := s.config.Registry.Lookup(strings.TrimPrefix(name, "etl."))
	if !ok {
		s.sayf("there is no component %q; %s\n", name, diag.DidYouMean(name, s.config.Registry.Names()))
		return nil
	}
	page, err := spec.Reference()
	if err != nil {
		return fmt.Errorf("repl: %w", err)
	}
	s.sayf("%s", page)
	return nil
}
