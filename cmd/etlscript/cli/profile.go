package cli

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/urfave/cli/v2"

	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/luabind"
)

// The profiles of --profile.
const (
	profileTrusted    = "trusted"
	profileRestricted = "restricted"
)

// profileFlags are the flags that bound what scripts and jobs may use.
func profileFlags() []cli.Flag {
	return []cli.Flag{
		&cli.StringFlag{Name: "profile", Value: profileTrusted, Usage: "trust scripts wholly (trusted), or let them use only what --allow-... names (restricted): `PROFILE`"},
		wordsFlag("allow-read", "let a restricted job read in `FOLDER`, and below"),
		wordsFlag("allow-write", "let a restricted job write in `FOLDER`, and below"),
		wordsFlag("allow-component", "let a restricted job use the source or sink `NAME`"),
		wordsFlag("allow-env", "let a restricted script take the environment variable `NAME` as a parameter"),
		wordsFlag("lua-limit", "set a limit of scripts: `NAME=N`, of load, row and batch in instructions (row=20M), of memory in bytes (memory=2GiB, or off)"),
	}
}

// profile is the profile of scripts that the command line asks for.
func profile(c *cli.Context) (luabind.Profile, error) {
	switch p := c.String("profile"); p {
	case profileTrusted:
		for _, name := range []string{"allow-read", "allow-write", "allow-component", "allow-env"} {
			if c.IsSet(name) {
				return luabind.Profile{}, fmt.Errorf("--%s restricts nothing without --profile %s", name, profileRestricted)
			}
		}
		return luabind.Profile{}, nil
	case profileRestricted:
		return luabind.Profile{Restricted: true, Env: wordsOf(c, "allow-env")}, nil
	default:
		return luabind.Profile{}, fmt.Errorf("--profile %s: choose %s or %s", p, profileTrusted, profileRestricted)
	}
}

// policy bounds the jobs of restricted scripts; nil: nothing does.
func policy(c *cli.Context) *job.Policy {
	if c.String("profile") != profileRestricted {
		return nil
	}
	return &job.Policy{
		Components: wordsOf(c, "allow-component"), Read: wordsOf(c, "allow-read"), Write: wordsOf(c, "allow-write"),
	}
}

// limits are the limits that --lua-limit sets.
func limits(c *cli.Context) (luabind.Limits, error) {
	var l luabind.Limits
	for _, f := range wordsOf(c, "lua-limit") {
		name, text, _ := strings.Cut(f, "=")
		var err error
		switch name {
		case "load":
			l.Load, err = quantity(text, thousands())
		case "row":
			l.Row, err = quantity(text, thousands())
		case "batch":
			l.Batch, err = quantity(text, thousands())
		case "memory":
			l.Memory, err = memory(text)
		default:
			err = fmt.Errorf("the limits are load, row, batch and memory")
		}
		if err != nil {
			return l, fmt.Errorf("--lua-limit %s: %w", f, err)
		}
	}
	return l, nil
}

// memory is a number of bytes, or -1 for "off".
func memory(text string) (int64, error) {
	if text == "off" {
		return -1, nil
	}
	return quantity(text, sizes())
}

func sizes() map[string]int64 {
	return map[string]int64{"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40}
}

func thousands() map[string]int64 { return map[string]int64{"k": 1e3, "M": 1e6, "G": 1e9} }

// quantity is a whole number above zero with one of the units, or none.
func quantity(text string, units map[string]int64) (int64, error) {
	digits, unit := text, int64(1)
	for suffix, factor := range units {
		if short, ok := strings.CutSuffix(text, suffix); ok {
			digits, unit = short, factor
		}
	}
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil || n <= 0 || n > (1<<62)/unit {
		return 0, fmt.Errorf("%q is no number above zero, as in 20M for instructions or 2GiB for memory", text)
	}
	return n * unit, nil
}
