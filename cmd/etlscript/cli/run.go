package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/engine"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/row"
	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/luabind"
)

func (a *app) runCommand() *cli.Command {
	return &cli.Command{
		Name: "run", Usage: "run the jobs of a script", ArgsUsage: "SCRIPT",
		Flags: append(scriptFlags(),
			&cli.BoolFlag{Name: "json", Usage: "print the result as JSON, one line a job, and log as JSON"},
			&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print problems only"},
			&cli.IntFlag{Name: "workers", Usage: "use `N` workers where the job sets no limits.cpu; default: the number of processors"},
			&cli.StringFlag{Name: "runs", Usage: "keep run directories in `DIR`", Value: ".etlscript/runs"},
		),
		Action: a.run,
	}
}

func (a *app) run(c *cli.Context) error {
	script, err := a.loadOrRefuse(c)
	if script == nil || err != nil {
		return err
	}
	if err := refuseMixedOutput(c, script.Jobs); err != nil {
		return a.usage(err)
	}
	e, err := a.engine(c)
	if err != nil {
		return a.usage(err)
	}
	for _, d := range script.Jobs {
		if err := a.runJob(c, e, script, d); err != nil {
			return err
		}
		if a.code != ExitOK {
			return nil
		}
	}
	return nil
}

func (a *app) engine(c *cli.Context) (*engine.Engine, error) {
	return engine.New(a.engineConfig(c))
}

func (a *app) engineConfig(c *cli.Context) engine.Config {
	return engine.Config{
		Executors: map[job.Strategy]engine.Executor{job.Row: &row.Executor{}},
		RunsDir:   c.String("runs"), Log: a.env.Stderr, JSONLog: c.Bool("json"),
		Stdin: a.env.Stdin, Stdout: a.env.Stdout, Workers: c.Int("workers"), Policy: policy(c),
	}
}

// refuseMixedOutput keeps standard output for one thing.
func refuseMixedOutput(c *cli.Context, jobs []*job.Definition) error {
	if !c.Bool("json") {
		return nil
	}
	for _, d := range jobs {
		for _, n := range d.Nodes {
			if w, ok := n.Op.(*op.Write); ok && w.Sink.Target().Text == "-" {
				return fmt.Errorf("--json and %s, which writes to standard output, cannot go together", n.Name)
			}
		}
	}
	return nil
}

// runJob runs one job to its end and reports it.
func (a *app) runJob(c *cli.Context, e *engine.Engine, script *luabind.Script, d *job.Definition) error {
	r, err := e.Start(cancelled(c.Context), d)
	if err != nil {
		return a.fail(err)
	}
	show := newProgress(a.env.Stderr, d.Name, c.Bool("json") || c.Bool("quiet"))
	result := show.follow(r)
	a.code = exitCode(result)
	// The exit code tells how the run ended, also when nobody reads what is said
	// about it.
	_ = a.report(quietly(result.Problems, c.Bool("quiet")), script.Sources)
	switch {
	case c.Bool("json"):
		if err := json.NewEncoder(a.env.Stdout).Encode(resultJSON(result)); err != nil {
			return a.fail(fmt.Errorf("the result of job %q (%s) cannot be printed: %w", d.Name, result.State, err))
		}
	case !c.Bool("quiet"):
		fmt.Fprint(a.env.Stderr, summary(result))
	}
	return nil
}

// cancelled is a context that ends with ctx, with a cause for people.
func cancelled(parent context.Context) context.Context {
	ctx, cancel := context.WithCancelCause(context.WithoutCancel(parent))
	context.AfterFunc(parent, func() { cancel(engine.ErrCancelled) })
	return ctx
}

func quietly(list diag.List, quiet bool) diag.List {
	if quiet {
		return list.Errors()
	}
	return list
}

// exitCode maps the end of a run to the command's exit code. A run that was
// refused before it began is a fault of its script.
func exitCode(r engine.Result) int {
	switch {
	case r.State == jobinfo.Completed:
		return ExitOK
	case r.State == jobinfo.Cancelled:
		return ExitCancelled
	case !r.Began:
		return ExitUsage
	}
	return ExitFailed
}

// summary is the end of a run in a few lines.
func summary(r engine.Result) string {
	var b strings.Builder
	fmt.Fprintf(&b, "%s: %s in %s\n", r.Job, r.State, r.Duration.Round(time.Millisecond))
	for _, o := range r.Outputs {
		fmt.Fprintf(&b, "  wrote %s to %s\n", rows(o.Rows), o.Target)
	}
	for _, f := range r.Rejects {
		fmt.Fprintf(&b, "  rejected %s, see %s\n", rows(f.Rows), f.Path)
	}
	return b.String()
}

func rows(n int64) string {
	if n == 1 {
		return "1 row"
	}
	return fmt.Sprintf("%d rows", n)
}

// jsonResult is the machine-readable result of a run.
type jsonResult struct {
	Run      string           `json:"run"`
	Job      string           `json:"job"`
	State    jobinfo.State    `json:"state"`
	Seconds  float64          `json:"seconds"`
	Dir      string           `json:"dir"`
	Outputs  []jsonOutput     `json:"outputs"`
	Rejects  []jsonRejects    `json:"rejects"`
	Nodes    []jsonNode       `json:"nodes"`
	Problems []jsonDiagnostic `json:"problems"`
}

type jsonOutput struct {
	Node   string `json:"node"`
	Target string `json:"target"`
	Rows   int64  `json:"rows"`
}

type jsonRejects struct {
	Node string `json:"node"`
	Path string `json:"path"`
	Rows int64  `json:"rows"`
}

type jsonNode struct {
	Node   string           `json:"node"`
	Counts map[string]int64 `json:"counts"`
}

type jsonDiagnostic struct {
	Severity string `json:"severity"`
	*diag.Diagnostic
}

func resultJSON(r engine.Result) jsonResult {
	out := jsonResult{
		Run: r.Run, Job: r.Job, State: r.State, Seconds: r.Duration.Seconds(), Dir: r.Dir,
		Outputs: []jsonOutput{}, Rejects: []jsonRejects{}, Nodes: []jsonNode{}, Problems: diagnosticsJSON(r.Problems),
	}
	for _, o := range r.Outputs {
		out.Outputs = append(out.Outputs, jsonOutput(o))
	}
	for _, f := range r.Rejects {
		out.Rejects = append(out.Rejects, jsonRejects(f))
	}
	for _, n := range r.Nodes {
		out.Nodes = append(out.Nodes, jsonNode(n))
	}
	return out
}

func diagnosticsJSON(list diag.List) []jsonDiagnostic {
	out := []jsonDiagnostic{}
	for _, d := range list {
		out = append(out, jsonDiagnostic{d.Severity.String(), d})
	}
	return out
}

// usage ends the command: nothing ran.
func (a *app) usage(err error) error {
	a.code = ExitUsage
	return err
}

// fail ends the command: a run failed.
func (a *app) fail(err error) error {
	a.code = ExitFailed
	return err
}
