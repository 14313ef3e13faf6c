package luabind

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/hashicorp/go-hclog"
	"go.uber.org/goleak"

	"github.com/etlscript/etlscript/engine/diag"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const envScript = `local etl = require "etl"
local day = etl.param("day", { type = "date", default = "2024-01-01", env = "ETL_DAY" })
print(day)
return etl.job { name = "j", build = function() etl.read_csv { path = "a.csv" }:write_csv { path = "b.csv" } end }`

// env is a LookupEnv of the given variables.
func env(variables map[string]string) func(string) (string, bool) {
	return func(name string) (string, bool) {
		value, set := variables[name]
		return value, set
	}
}

func TestParamsOfTheEnvironment(t *testing.T) {
	t.Parallel()
	day := map[string]string{"ETL_DAY": "2024-02-29"}
	restricted := Profile{Restricted: true}
	allowed := Profile{Restricted: true, Env: []string{"ETL_DAY"}}
	for _, c := range []struct {
		name      string
		cfg       Config
		variables map[string]string
		want      string
	}{
		{"set", Config{}, day, "2024-02-29"},
		{"not set", Config{}, nil, "2024-01-01"},
		{"given", Config{Params: map[string]string{"day": "2024-03-31"}}, day, "2024-03-31"},
		{"wrong", Config{}, map[string]string{"ETL_DAY": "hunter2"}, `param.value 2: the parameter "day" takes the environment variable ETL_DAY, whose value is no date`},
		{"refused", Config{Profile: restricted}, day, `policy.env 2: the parameter "day" may not take the environment variable ETL_DAY: the script runs restricted`},
		{"given where refused", Config{Profile: restricted, Params: map[string]string{"day": "2024-03-31"}}, day, "2024-03-31"},
		{"allowed", Config{Profile: allowed}, day, "2024-02-29"},
		{"allowed, not set", Config{Profile: allowed}, nil, "2024-01-01"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			var log strings.Builder
			c.cfg.LookupEnv = env(c.variables)
			c.cfg.Log = hclog.New(&hclog.LoggerOptions{Output: &log, DisableTime: true})
			if got := outcome(t, c.cfg, envScript, &log); got != c.want {
				t.Errorf("got %s, want %s", got, c.want)
			}
		})
	}
}

// outcome is what a script prints, or how loading it failed.
func outcome(t *testing.T, cfg Config, text string, log *strings.Builder) string {
	t.Helper()
	cfg.Registry = testRegistry(t)
	loader, err := NewLoader(cfg)
	if err != nil {
		t.Fatal(err)
	}
	if _, err = loader.Load(t.Context(), "job.lua", text, ""); err == nil {
		return strings.TrimPrefix(strings.TrimSpace(log.String()), "[INFO]  ")
	}
	d := diag.ListOf(err)[0]
	return fmt.Sprintf("%s %d: %s", d.Code, d.Pos.Line, d.Message)
}

func TestProfileLimits(t *testing.T) {
	t.Parallel()
	type budgets struct{ Load, Row, Batch int64 }
	for _, c := range []struct {
		cfg  Config
		want budgets
	}{
		{Config{}, budgets{50_000_000, 10_000_000, 200_000_000}},
		{Config{Profile: Profile{Restricted: true}}, budgets{10_000_000, 1_000_000, 100_000_000}},
		{Config{Profile: Profile{Restricted: true}, Limits: Limits{Row: 7}}, budgets{10_000_000, 7, 100_000_000}},
		{Config{Profile: Profile{Restricted: true}, Limits: Limits{Row: 300_000_000}}, budgets{10_000_000, 300_000_000, 300_000_000}},
	} {
		got := c.cfg.WithDefaults().Limits
		if diff := cmp.Diff(c.want, budgets{got.Load, got.Row, got.Batch}); diff != "" {
			t.Error(diff)
		}
	}
}

func TestConfigIsValidated(t *testing.T) {
	t.Parallel()
	_, err := NewLoader(Config{Limits: Limits{Row: -1}, Profile: Profile{Env: []string{"A", "B=C"}}})
	want := []string{
		"the limit row is -1 instructions, but must be above zero",
		"luabind: the profile allows environment variables, but is not restricted",
		`luabind: "B=C" is no name of an environment variable`,
		"luabind: the configuration has no registry of components",
	}
	if diff := cmp.Diff(strings.Join(want, "\n"), fmt.Sprint(err)); diff != "" {
		t.Error(diff)
	}
}

// The limits reach the definition phase.
func TestLimitOfTheDefinition(t *testing.T) {
	t.Parallel()
	loader, err := NewLoader(Config{Registry: testRegistry(t), Limits: Limits{Load: 1000}})
	if err != nil {
		t.Fatal(err)
	}
	_, err = loader.Load(t.Context(), "job.lua", "local n = 0\nfor i = 1, 1e6 do\n n = n + i\nend", "")
	if err == nil {
		t.Fatal("it loads")
	}
	if d := diag.ListOf(err)[0]; d.Code != "lua.budget" || d.Pos.Line < 2 || !strings.Contains(d.Hint, `"load"`) {
		t.Errorf("got %v", err)
	}
}
