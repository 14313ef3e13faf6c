package cli

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/cmd/etlscript/runview"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/jobinfo"
)

// defaultList is how many runs are listed where --limit is not given.
const defaultList = 20

func (a *app) runsCommand() *cli.Command {
	return &cli.Command{
		Name: "runs", Usage: "list the runs, the newest first, or how they fail",
		Flags: append(archiveFlags(),
			&cli.StringFlag{Name: "job", Usage: "only runs of the job of this `NAME`"},
			wordsFlag("state", "only runs in this `STATE`, or LOST: those whose process ended without a word"),
			&cli.StringFlag{Name: "since", Usage: "only runs that were made at this `TIME` or later, such as 2h, 7d, 2026-01-31 or \"2026-01-31 06:00\""},
			&cli.StringFlag{Name: "until", Usage: "only runs that were made before this `TIME`"},
			&cli.StringFlag{Name: "tag", Usage: "only runs of jobs with this `TAG`"},
			&cli.BoolFlag{Name: "needs-person", Usage: "only runs that wait until somebody decides about them"},
			&cli.IntFlag{Name: "limit", Usage: "at most `N` runs, 0 for all; default: 20, with --patterns all"},
			&cli.BoolFlag{Name: "patterns", Usage: "group the failures of these runs by their fingerprints"},
		),
		Action:      a.runs,
		Subcommands: []*cli.Command{a.pruneCommand()},
	}
}

// archiveFlags are the flags of every command that looks at runs.
func archiveFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "runs", Usage: "the run directories are in `DIR`", Value: jobinfo.DefaultDir},
		&cli.BoolFlag{Name: "json", Usage: "print JSON, one line a run"},
	}
}

// archive is the store of runs that the command line names.
func archive(c *cli.Context) jobinfo.Archive {
	return &jobinfo.DirStore{Dir: nearest(c, "runs").String("runs")}
}

// nearest is the context in which a flag was given, that of the command or of those above it.
func nearest(c *cli.Context, flag string) *cli.Context {
	for _, x := range c.Lineage() {
		if x.IsSet(flag) {
			return x
		}
	}
	return c
}

func (a *app) runs(c *cli.Context) error {
	q, err := a.query(c)
	if err != nil {
		return a.usage(err)
	}
	list, more, err := runview.Select(archive(c), q)
	switch {
	case err != nil:
		return a.fail(err)
	case c.Bool("patterns"):
		return a.patterns(c, list)
	case c.Bool("json"):
		return a.runsJSON(list)
	}
	if err := runview.WriteList(a.env.Stdout, list, a.env.now()); err != nil {
		return a.fail(err)
	}
	if more {
		fmt.Fprintln(a.env.Stderr, "there are older runs; --limit 0 lists all")
	}
	return nil
}

func (a *app) runsJSON(list []jobinfo.Record) error {
	out := json.NewEncoder(a.env.Stdout)
	for _, r := range list {
		if err := out.Encode(runview.Summarize(r, a.env.now())); err != nil {
			return a.fail(err)
		}
	}
	return nil
}

func (a *app) patterns(c *cli.Context, list []jobinfo.Record) error {
	f := runview.FailuresOf(list)
	return a.show(c, f, func() error { return f.Write(a.env.Stdout, a.env.now()) })
}

// show prints a view as JSON or for people.
func (a *app) show(c *cli.Context, view any, forPeople func() error) error {
	write := forPeople
	if nearest(c, "json").Bool("json") {
		write = func() error { return json.NewEncoder(a.env.Stdout).Encode(view) }
	}
	if err := write(); err != nil {
		return a.fail(err)
	}
	return nil
}

// query is what the command line asks for.
func (a *app) query(c *cli.Context) (q runview.Query, err error) {
	if c.NArg() > 0 {
		return q, fmt.Errorf("runs takes no %q; etlscript status %s shows one run", c.Args().First(), c.Args().First())
	}
	q.Filter = jobinfo.Filter{Job: c.String("job"), Tag: c.String("tag"), NeedsPerson: c.Bool("needs-person"), Limit: c.Int("limit")}
	if !c.IsSet("limit") && !c.Bool("patterns") {
		q.Limit = defaultList
	}
	if q.States, err = states(wordsOf(c, "state")); err != nil {
		return q, err
	}
	if q.Since, err = moment(c, "since", a.env.now()); err != nil {
		return q, err
	}
	q.Until, err = moment(c, "until", a.env.now())
	return q, err
}

// states are the names of states, in capitals or not.
func states(list []string) ([]string, error) {
	var out []string
	for _, word := range list {
		name := strings.ToUpper(word)
		if !slices.Contains(runview.StateNames(), name) {
			return nil, fmt.Errorf("--state %s: there is no such state; %s", word, diag.DidYouMean(name, runview.StateNames()))
		}
		out = append(out, name)
	}
	return out, nil
}

// moment is the time of a flag, zero where it was not given: a duration before now, or a
// date, with or without a time of day, in the zone of now.
func moment(c *cli.Context, flag string, now time.Time) (time.Time, error) {
	text := c.String(flag)
	if text == "" {
		return time.Time{}, nil
	}
	if ago, err := span(text); err == nil {
		return now.Add(-ago), nil
	}
	for _, layout := range []string{time.RFC3339, time.DateTime, "2006-01-02 15:04", time.DateOnly} {
		if t, err := time.ParseInLocation(layout, text, now.Location()); err == nil {
			return t, nil
		}
	}
	return time.Time{}, fmt.Errorf("--%s %s: write how long ago, as in 90m, 2h or 7d, or a date, as in 2026-01-31 or \"2026-01-31 06:00\"", flag, text)
}

// span is a duration, which may also be in days or weeks: 30d, 2w.
func span(text string) (time.Duration, error) {
	const day = 24 * time.Hour
	for suffix, unit := range map[string]time.Duration{"d": day, "w": 7 * day} {
		if short, ok := strings.CutSuffix(text, suffix); ok {
			n, err := quantity(short, nil)
			if err != nil || n > int64(200*365*day/unit) {
				return 0, fmt.Errorf("%q is no time, as in 12h, 30d or 2w", text)
			}
			return time.Duration(n) * unit, nil
		}
	}
	d, err := time.ParseDuration(text)
	if err != nil || d < 0 {
		return 0, fmt.Errorf("%q is no time, as in 12h, 30d or 2w", text)
	}
	return d, nil
}
