package luabind

import (
	"fmt"
	"slices"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/luabind/vm"
)

// Limits bound what scripts may use; see vm.Limits.
type Limits = vm.Limits

// Profile says how far scripts are trusted. The zero Profile trusts them: they
// may read every environment variable that they name. Which components and
// files a job may use is a job.Policy, which the engine enforces.
type Profile struct {
	// Restricted makes the profile an allow-list, and the defaults of the limits
	// those of RestrictedLimits.
	Restricted bool
	// Env are the environment variables that restricted scripts may take as
	// values of parameters. Defaults to none.
	Env []string
}

// RestrictedLimits are the defaults of Limits for restricted scripts.
func RestrictedLimits() Limits { return Limits{Load: 10_000_000, Row: 1_000_000, Batch: 100_000_000} }

// limits fills in the defaults of the profile.
func (p Profile) limits(l Limits) Limits {
	if !p.Restricted {
		return l.WithDefaults()
	}
	defaults := RestrictedLimits()
	if l.Load == 0 {
		l.Load = defaults.Load
	}
	if l.Row == 0 {
		l.Row = defaults.Row
	}
	if l.Batch == 0 {
		l.Batch = max(defaults.Batch, l.Row)
	}
	return l.WithDefaults()
}

func (p Profile) validate() []error {
	var errs []error
	if !p.Restricted && len(p.Env) > 0 {
		errs = append(errs, fmt.Errorf("luabind: the profile allows environment variables, but is not restricted"))
	}
	for _, name := range p.Env {
		if !isVariable(name) {
			errs = append(errs, fmt.Errorf("luabind: %q is no name of an environment variable", name))
		}
	}
	return errs
}

// isVariable reports whether an environment variable can have the name.
func isVariable(name string) bool { return name != "" && !strings.ContainsAny(name, "=\x00") }

// variable is the value of the environment variable that a parameter names, if
// it is set and the profile allows to read it. The value may be a secret: no
// message shows it.
func (l *loading) variable(p Param) (text string, set bool, err error) {
	switch {
	case p.Env == "":
		return "", false, nil
	case !isVariable(p.Env):
		return "", false, diag.Errorf("param.env", p.Pos, "%q is no name of an environment variable", p.Env)
	case l.cfg.Profile.Restricted && !slices.Contains(l.cfg.Profile.Env, p.Env):
		return "", false, diag.Errorf("policy.env", p.Pos, "the parameter %q may not take the environment variable %s: the script runs restricted", p.Name, p.Env).
			WithHint("give the parameter with --param %s=..., or allow the variable with --allow-env %s", p.Name, p.Env)
	}
	text, set = l.cfg.LookupEnv(p.Env)
	return text, set, nil
}
