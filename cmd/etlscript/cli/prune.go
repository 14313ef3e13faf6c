package cli

import (
	"errors"
	"fmt"
	"slices"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/cmd/etlscript/runview"
	"github.com/etlscript/etlscript/jobinfo"
)

func (a *app) pruneCommand() *cli.Command {
	return &cli.Command{
		Name: "prune", Usage: "remove old runs, with their logs and rejects; never those that go on, are lost, are damaged, or need a person",
		Flags: append(archiveFlags(),
			&cli.IntFlag{Name: "keep", Usage: "keep the newest `N` ended runs"},
			&cli.StringFlag{Name: "older", Usage: "remove runs that ended longer ago than this `TIME`, such as 12h or 30d"},
			&cli.StringFlag{Name: "size", Usage: "remove the oldest runs until all take at most so many `BYTES`, such as 500MiB or 1GiB"},
		),
		Action: a.prune,
	}
}

// pruned is what was removed.
type pruned struct {
	Removed []string `json:"removed"`
}

func (a *app) prune(c *cli.Context) error {
	r, err := retention(c)
	if err != nil {
		return a.usage(err)
	}
	removed, err := jobinfo.Sweep(archive(c), r, a.env.now())
	view := pruned{Removed: append([]string{}, removed...)}
	err = errors.Join(err, a.show(c, view, func() error { return a.writePruned(removed) }))
	if err != nil {
		return a.fail(err)
	}
	return nil
}

func (a *app) writePruned(removed []string) error {
	for _, run := range removed {
		if _, err := fmt.Fprintln(a.env.Stdout, run); err != nil {
			return err
		}
	}
	_, err := fmt.Fprintf(a.env.Stderr, "removed %s\n", runview.Count(len(removed)))
	return err
}

// retention is what the command line keeps. It must bound something: nobody wants to
// remove runs by accident.
func retention(c *cli.Context) (r jobinfo.Retention, err error) {
	if c.NArg() > 0 {
		return r, fmt.Errorf("prune takes no %q", c.Args().First())
	}
	if !slices.ContainsFunc([]string{"keep", "older", "size"}, c.IsSet) {
		return r, errors.New("say what to keep, as in: etlscript runs prune --keep 100 --older 30d --size 1GiB")
	}
	if r.Count = c.Int("keep"); c.IsSet("keep") && r.Count <= 0 {
		return r, fmt.Errorf("--keep %d: at least one run is kept; --older 0s removes all that ended", r.Count)
	}
	if c.IsSet("older") {
		if r.Age, err = span(c.String("older")); err != nil {
			return r, fmt.Errorf("--older: %w", err)
		}
		r.Age = max(1, r.Age)
	}
	if c.IsSet("size") {
		if r.Bytes, err = quantity(c.String("size"), sizes()); err != nil {
			return r, fmt.Errorf("--size %s: write a number of bytes, as in 500MiB or 1GiB", c.String("size"))
		}
	}
	return r, nil
}
