package cli

import (
	"fmt"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/etllib"
	"github.com/etlscript/etlscript/stdlib/lua"
)

func (a *app) functionsCommand() *cli.Command {
	return &cli.Command{
		Name: "functions", Usage: "list the functions of etl, or show one", ArgsUsage: "[NAME]",
		Flags:  []cli.Flag{&cli.StringFlag{Name: "write", Usage: "write the reference page to `FILE`"}},
		Action: a.functions,
	}
}

func (a *app) functions(c *cli.Context) error {
	switch {
	case c.String("write") != "":
		libraries, err := lua.Reference()
		if err != nil {
			return err
		}
		return os.WriteFile(c.String("write"), []byte(etllib.Reference()+libraries), 0o644)
	case c.NArg() == 0:
		return a.listFunctions()
	}
	name := "etl." + strings.TrimPrefix(c.Args().First(), "etl.")
	e, ok := etllib.Lookup(name)
	if !ok {
		return a.usage(fmt.Errorf("there is no function %q; %s", name, diag.DidYouMean(name, functionNames())))
	}
	_, err := fmt.Fprint(a.env.Stdout, e.Page())
	return err
}

func functionNames() []string {
	var names []string
	for _, e := range etllib.Entries() {
		names = append(names, "etl."+e.Name)
	}
	return names
}

// listFunctions lists what each function and method gives.
func (a *app) listFunctions() error {
	w := tabwriter.NewWriter(a.env.Stdout, 0, 0, 2, ' ', 0)
	for _, e := range etllib.Entries() {
		fmt.Fprintf(w, "%s\t%s\n", e.Signature(), e.Gives)
	}
	for _, m := range etllib.Methods() {
		fmt.Fprintf(w, "%s\t%s\n", m.Signature(), m.Gives)
	}
	return w.Flush()
}
