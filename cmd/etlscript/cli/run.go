package cli

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/engine"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/row"
	"github.com/etlscript/etlscript/jobinfo"
)

func (a *app) runCommand() *cli.Command {
	return &cli.Command{
		Name: "run", Usage: "run the jobs of scripts", ArgsUsage: "SCRIPT...",
		Flags:  append(scriptFlags(), runFlags()...),
		Action: a.run,
	}
}

// runFlags are the flags of commands that run jobs.
func runFlags() []cli.Flag {
	return []cli.Flag{
		&cli.BoolFlag{Name: "json", Usage: "print the results as JSON, one line a job, and log as JSON"},
		&cli.BoolFlag{Name: "quiet", Aliases: []string{"q"}, Usage: "print problems only"},
		&cli.IntFlag{Name: "workers", Usage: "use `N` workers where the job sets no limits.cpu; default: the number of processors"},
		&cli.IntFlag{Name: "max-concurrent", Usage: "run at most `N` jobs at once; default: the number of processors"},
		&cli.BoolFlag{Name: "force", Usage: "run a job also where its idempotency key says that it was run"},
		&cli.StringFlag{Name: "runs", Usage: "keep run directories in `DIR`", Value: ".etlscript/runs"},
	}
}

func (a *app) run(c *cli.Context) error {
	paths, err := scriptsOf(c)
	if err != nil {
		return a.usage(err)
	}
	var batches []batch
	for _, path := range paths {
		script, err := a.loadOrRefuse(c, path)
		if script == nil || err != nil {
			return err
		}
		batches = append(batches, batch{script.Sources, script.Jobs})
	}
	if err := refuseTwice(batches); err != nil {
		return a.usage(err)
	}
	return a.runAll(c, batches)
}

// batch is the jobs of one script.
type batch struct {
	sources diag.Sources
	jobs    []*job.Definition
}

// refuseTwice keeps the jobs of several scripts apart.
func refuseTwice(batches []batch) error {
	scripts := map[string]string{}
	for _, b := range batches {
		for _, d := range b.jobs {
			if first, taken := scripts[d.Name]; taken {
				return fmt.Errorf("%s and %s both have a job %q; rename one, or run them one after the other", first, d.Script, d.Name)
			}
			scripts[d.Name] = d.Script
		}
	}
	return nil
}

// runAll runs jobs to their ends and reports each.
func (a *app) runAll(c *cli.Context, batches []batch) error {
	for _, b := range batches {
		if err := refuseMixedOutput(c, b.jobs); err != nil {
			return a.usage(err)
		}
	}
	e, err := a.engine(c)
	if err != nil {
		return a.usage(err)
	}
	var runs []*engine.Run
	var refused error
	for _, b := range batches {
		some, err := e.SubmitAll(cancelled(c.Context), b.jobs, engine.Submission{Force: c.Bool("force")})
		runs = append(runs, some...)
		if err != nil {
			refused = err
			break
		}
	}
	err = a.follow(c, runs)
	if refused != nil {
		return a.fail(refused)
	}
	return err
}

// follow reports runs as they end. The exit code is that of the worst.
func (a *app) follow(c *cli.Context, runs []*engine.Run) (err error) {
	show := newProgress(a.env.Stderr, c.Bool("json") || c.Bool("quiet"))
	show.follow(runs, func(r *engine.Run, result engine.Result) {
		if r.Instead() == nil {
			a.code = worse(a.code, exitCode(result))
		}
		err = errors.Join(err, a.reportRun(c, r.Job(), result))
	})
	return err
}

// worse is the exit code of two that says more.
func worse(a, b int) int {
	for _, code := range []int{ExitFailed, ExitUsage, ExitCancelled} {
		if a == code || b == code {
			return code
		}
	}
	return ExitOK
}

// reportRun tells how a run ended.
func (a *app) reportRun(c *cli.Context, d *job.Definition, result engine.Result) error {
	// The exit code tells how the run ended, also when nobody reads what is said
	// about it.
	_ = a.report(quietly(result.Problems, c.Bool("quiet")), d.Sources)
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

func (a *app) engine(c *cli.Context) (*engine.Engine, error) {
	return engine.New(a.engineConfig(c))
}

func (a *app) engineConfig(c *cli.Context) engine.Config {
	return engine.Config{
		Executors: map[job.Strategy]engine.Executor{job.Row: &row.Executor{}},
		RunsDir:   c.String("runs"), MaxConcurrent: cmp.Or(c.Int("max-concurrent"), runtime.GOMAXPROCS(0)), Version: version(),
		Log: a.env.Stderr, JSONLog: c.Bool("json"),
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
	if r.Repeated {
		return fmt.Sprintf("%s: COMPLETED before, as run %s, under its idempotency key; --force runs it again\n", r.Job, r.Run)
	}
	fmt.Fprintf(&b, "%s: %s in %s\n", r.Job, r.State, r.Duration.Round(time.Millisecond))
	for _, o := range r.Outputs {
		fmt.Fprintf(&b, "  wrote %s to %s\n", rows(o.Rows), o.Target)
	}
	for _, f := range r.Rejects {
		fmt.Fprintf(&b, "  rejected %s, see %s\n", rows(f.Rows), f.Path)
	}
	if r.Fallback != "" {
		fmt.Fprintf(&b, "  its fallback job takes over, as run %s\n", r.Fallback)
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
	Fallback string           `json:"fallback,omitempty"` // the run that takes over
	Repeated bool             `json:"repeated,omitempty"` // it completed before, and did not run
	Waits    bool             `json:"needs_person,omitempty"`
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
		Run: r.Run, Job: r.Job, State: r.State, Seconds: r.Duration.Seconds(), Dir: r.Dir, Fallback: r.Fallback, Repeated: r.Repeated, Waits: r.NeedsPerson,
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
