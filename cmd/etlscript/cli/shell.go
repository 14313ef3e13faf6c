package cli

import (
	"fmt"
	"slices"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/cmd/etlscript/runview"
	"github.com/etlscript/etlscript/jobinfo"
)

// completionScripts ask the command itself what may come next.
func completionScripts() map[string]string {
	return map[string]string{
		"bash": `# Put this into ~/.bashrc:  source <(etlscript completion bash)
_etlscript() {
  local cur="${COMP_WORDS[COMP_CWORD]}" words=("${COMP_WORDS[@]:1:COMP_CWORD-1}")
  [[ "$cur" == -* ]] && words+=("$cur")
  COMPREPLY=($(compgen -W "$(etlscript "${words[@]}" --complete 2>/dev/null)" -- "$cur"))
}
complete -o bashdefault -o default -F _etlscript etlscript
`,
		"zsh": `#compdef etlscript
# Put this into ~/.zshrc:  source <(etlscript completion zsh)
_etlscript() {
  local -a opts words_before
  words_before=("${(@)words[2,CURRENT-1]}")
  [[ "${words[CURRENT]}" == -* ]] && words_before+=("${words[CURRENT]}")
  opts=("${(@f)$(etlscript "${words_before[@]}" --complete 2>/dev/null)}")
  [[ -n "${opts[*]}" ]] && compadd -- "${opts[@]}"
  _files
}
compdef _etlscript etlscript
`,
	}
}

func (a *app) completionCommand() *cli.Command {
	return &cli.Command{
		Name: "completion", Usage: "print the script that lets a shell complete commands: bash, zsh or fish", ArgsUsage: "SHELL",
		Action: a.completion,
	}
}

func (a *app) completion(c *cli.Context) error {
	shell := c.Args().First()
	script, ok := completionScripts()[shell]
	if shell == "fish" {
		var err error
		if script, err = c.App.ToFishCompletion(); err != nil {
			return err
		}
		ok = true
	}
	if !ok {
		return a.usage(fmt.Errorf("completion %s: choose bash, zsh or fish", shell))
	}
	_, err := fmt.Fprint(a.env.Stdout, script)
	return err
}

func (a *app) manCommand() *cli.Command {
	return &cli.Command{
		Name: "man", Usage: "print the manual page, for man -l -",
		Action: func(c *cli.Context) error {
			page, err := c.App.ToManWithSection(1)
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(a.env.Stdout, page)
			return err
		},
	}
}

// completeFlag is the last word of a command line that only asks what may come
// next.
const completeFlag = "--complete"

// complete prints what may come behind the words of a command line, whose last one
// may be the beginning of a flag. Where nothing does, shells complete files.
func (a *app) complete(app *cli.App, words []string) {
	var out []string
	if len(words) == 0 {
		out = commandNames(app)
	} else if command := app.Command(words[0]); command == nil {
		out = flagNames(app.Flags)
	} else if strings.HasPrefix(words[len(words)-1], "-") {
		out = flagNames(command.Flags)
	} else {
		out = argumentsOf(app, command.Name)
	}
	slices.Sort(out)
	for _, word := range out {
		fmt.Fprintln(a.env.Stdout, word)
	}
}

func commandNames(app *cli.App) []string {
	var out []string
	for _, c := range app.Commands {
		out = append(out, c.Name)
	}
	return out
}

func flagNames(flags []cli.Flag) []string {
	var out []string
	for _, f := range flags {
		for _, name := range f.Names() {
			if len(name) == 1 {
				out = append(out, "-"+name)
			} else {
				out = append(out, "--"+name)
			}
		}
	}
	return out
}

// argumentsOf are the arguments that a command takes, if they are no files.
func argumentsOf(app *cli.App, command string) []string {
	switch command {
	case "help":
		return commandNames(app)
	case "completion":
		return []string{"bash", "fish", "zsh"}
	case "runs":
		return []string{"prune"}
	case "status", "logs", "metrics", "cancel":
		return newestRuns()
	case "components":
		if r, err := registry(); err == nil {
			return r.Names()
		}
	case "new":
		return newKinds()
	}
	return nil
}

// newestRuns are the runs that a command may want, in the folder that it takes by itself.
func newestRuns() []string {
	out := []string{runview.Last}
	list, err := (&jobinfo.DirStore{}).List(jobinfo.Filter{Limit: defaultList})
	if err != nil {
		return out
	}
	for _, r := range list {
		out = append(out, r.Run)
	}
	return out
}
