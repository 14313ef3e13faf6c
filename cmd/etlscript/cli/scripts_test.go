package cli_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/csv"
	"encoding/json"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/cmd/etlscript/cli"
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/stdlib"
)

var update = flag.Bool("update", false, "write the expected outputs of scripts/ anew")

const repo = "../../.."

// needsFlights reports whether a script reads the data of make flights-data.
func needsFlights(t *testing.T, script string) bool {
	t.Helper()
	text, err := os.ReadFile(script)
	if err != nil {
		t.Fatal(err)
	}
	return strings.Contains(string(text), "testdata/flights/")
}

// TestScripts runs every example job and compares what it writes, to the byte,
// with scripts/expected.
func TestScripts(t *testing.T) {
	t.Parallel()
	for _, script := range jobScripts(t) {
		if needsFlights(t, script) {
			continue // TestFlightsScripts
		}
		t.Run(filepath.Base(script), func(t *testing.T) {
			t.Parallel()
			compareOutputs(t, script, runScript(t, script))
		})
	}
}

// TestFlightsScripts does the same for the jobs over the flights data, with one
// and with four workers.
func TestFlightsScripts(t *testing.T) {
	t.Parallel()
	requireFlights(t)
	for _, script := range jobScripts(t) {
		if !needsFlights(t, script) {
			continue
		}
		for _, workers := range []string{"1", "4"} {
			t.Run(filepath.Base(script)+"/workers="+workers, func(t *testing.T) {
				t.Parallel()
				compareOutputs(t, script, runScript(t, script, "--workers", workers))
			})
		}
	}
}

func requireFlights(t *testing.T) {
	t.Helper()
	if _, err := os.Stat(filepath.Join(repo, "testdata/flights/flights.csv")); err != nil {
		t.Skip("the flights data is not there: run make flights-data")
	}
}

func jobScripts(t *testing.T) []string {
	t.Helper()
	scripts, err := filepath.Glob(filepath.Join(repo, "scripts/[0-9]*.lua"))
	if err != nil || len(scripts) == 0 {
		t.Fatalf("no scripts: %v", err)
	}
	return scripts
}

// runScript runs a copy of the script beside the test data and returns the
// folder of its outputs.
func runScript(t *testing.T, script string, flags ...string) string {
	t.Helper()
	dir := t.TempDir()
	data, err := filepath.Abs(filepath.Join(repo, "testdata"))
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(data, filepath.Join(dir, "testdata")); err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(dir, "scripts"), os.DirFS(filepath.Dir(script))); err != nil {
		t.Fatal(err)
	}
	os.RemoveAll(filepath.Join(dir, "scripts", "out"))
	var stdout, stderr bytes.Buffer
	args := slices.Concat([]string{"etlscript", "run", "--runs", filepath.Join(dir, "runs")}, flags,
		[]string{filepath.Join(dir, "scripts", filepath.Base(script))})
	if code := cli.Run(t.Context(), cli.Env{Args: args, Stdin: strings.NewReader(""), Stdout: &stdout, Stderr: &stderr}); code != cli.ExitOK {
		t.Fatalf("exit code %d\n%s%s", code, stdout.String(), stderr.String())
	}
	return filepath.Join(dir, "scripts", "out")
}

// compareOutputs compares a folder of outputs with the expected one. Of a file
// over 64 KiB the expected folder has a digest only.
func compareOutputs(t *testing.T, script, out string) {
	t.Helper()
	got := readOutputs(t, out)
	name := strings.TrimSuffix(filepath.Base(script), ".lua")
	expected := filepath.Join(repo, "scripts/expected", name)
	if *update {
		writeExpected(t, expected, got)
		return
	}
	if diff := cmp.Diff(readOutputs(t, expected), got); diff != "" {
		t.Errorf("outputs differ (-want +got); run go test ./cmd/etlscript/cli -update if they should:\n%s", diff)
	}
}

func readOutputs(t *testing.T, dir string) map[string]string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, e := range entries {
		data, err := os.ReadFile(filepath.Join(dir, e.Name()))
		if err != nil {
			t.Fatal(err)
		}
		name := e.Name()
		if len(data) > 64<<10 {
			name += ".digest"
			data = fmt.Appendf(nil, "%d bytes, %d lines, sha256 %x\n", len(data), bytes.Count(data, []byte("\n")), sha256.Sum256(data))
		}
		out[name] = string(data)
	}
	return out
}

func writeExpected(t *testing.T, dir string, files map[string]string) {
	t.Helper()
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
}

// TestFlightsFigures compares the jobs' figures with those that SQLite and
// DuckDB computed, which are in testdata/flights_expected.
func TestFlightsFigures(t *testing.T) {
	t.Parallel()
	requireFlights(t)
	summary := figures(t, "summary.csv")

	t.Run("late flights", func(t *testing.T) {
		t.Parallel()
		out := runScript(t, filepath.Join(repo, "scripts/02_late_flights.lua"))
		late := readTable(t, filepath.Join(out, "late.csv"))
		sum, worst := int64(0), int64(0)
		for _, delay := range late.ints(t, "arr_delay") {
			sum, worst = sum+delay, max(worst, delay)
		}
		got := map[string]int64{"late_flights": int64(len(late.rows)), "late_delay_sum": sum, "late_delay_max": worst}
		for name, n := range got {
			if want := summary[name]; fmt.Sprint(n) != want {
				t.Errorf("%s is %d, want %s", name, n, want)
			}
		}
		compareTables(t, "late_by_carrier.csv", jsonTable(t, filepath.Join(out, "by_carrier.json"), "carrier", "name", "flights", "worst"))
	})
	t.Run("carriers", func(t *testing.T) {
		t.Parallel()
		out := runScript(t, filepath.Join(repo, "scripts/03_carriers.lua"))
		compareTables(t, "by_carrier.csv", readTable(t, filepath.Join(out, "by_carrier.csv")))
		compareTables(t, "by_month.csv", readTable(t, filepath.Join(out, "by_month.csv")))
	})
	t.Run("planes", func(t *testing.T) {
		t.Parallel()
		out := runScript(t, filepath.Join(repo, "scripts/04_unknown_planes.lua"))
		compareTables(t, "planes_unmatched_by_carrier.csv", readTable(t, filepath.Join(out, "planes_unmatched_by_carrier.csv")))
	})
	t.Run("weather", func(t *testing.T) {
		t.Parallel()
		compareWeather(t, runScript(t, filepath.Join(repo, "scripts/05_weather.lua")))
	})
}

func compareWeather(t *testing.T, out string) {
	t.Helper()
	want := figures(t, "weather.csv")
	byRain := readTable(t, filepath.Join(out, "delay_by_rain.csv"))
	counts := readTable(t, filepath.Join(out, "weather_rows.csv"))
	got := map[string]string{
		"left_join_rows": counts.rows[0][0], "matched_flights": counts.rows[0][1],
	}
	for _, r := range byRain.rows {
		kind := map[string]string{"true": "rain", "false": "dry"}[r[0]]
		for i, figure := range []string{"flights", "dep_delay_count", "dep_delay_sum", "dep_delay_mean"} {
			got[kind+"_"+figure] = r[i+1]
		}
	}
	for name, value := range got {
		if !sameNumber(value, want[name]) {
			t.Errorf("%s is %s, want %s", name, value, want[name])
		}
	}
}

// table is a CSV file.
type table struct {
	header []string
	rows   [][]string
}

func readTable(t *testing.T, path string) table {
	t.Helper()
	f, err := os.Open(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	all, err := csv.NewReader(f).ReadAll()
	if err != nil || len(all) == 0 {
		t.Fatalf("%s: %d rows, %v", path, len(all), err)
	}
	return table{all[0], all[1:]}
}

func jsonTable(t *testing.T, path string, columns ...string) table {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var rows []map[string]any
	if err := json.Unmarshal(data, &rows); err != nil {
		t.Fatal(err)
	}
	out := table{header: columns}
	for _, r := range rows {
		line := make([]string, len(columns))
		for i, c := range columns {
			line[i] = fmt.Sprint(r[c])
		}
		out.rows = append(out.rows, line)
	}
	return out
}

func (tab table) ints(t *testing.T, column string) []int64 {
	t.Helper()
	i := slices.Index(tab.header, column)
	if i < 0 {
		t.Fatalf("no column %s in %v", column, tab.header)
	}
	out := make([]int64, len(tab.rows))
	for j, r := range tab.rows {
		n, err := strconv.ParseInt(r[i], 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		out[j] = n
	}
	return out
}

func figures(t *testing.T, name string) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, r := range readTable(t, filepath.Join(repo, "testdata/flights_expected", name)).rows {
		out[r[0]] = r[1]
	}
	return out
}

// compareTables compares with an expected table, floats to 1e-12.
func compareTables(t *testing.T, expected string, got table) {
	t.Helper()
	want := readTable(t, filepath.Join(repo, "testdata/flights_expected", expected))
	same := cmp.Comparer(sameNumber)
	if diff := cmp.Diff(want.header, got.header); diff != "" {
		t.Errorf("%s: header (-want +got):\n%s", expected, diff)
	}
	if diff := cmp.Diff(want.rows, got.rows, same); diff != "" {
		t.Errorf("%s (-want +got):\n%s", expected, diff)
	}
}

func sameNumber(a, b string) bool {
	x, errX := strconv.ParseFloat(a, 64)
	y, errY := strconv.ParseFloat(b, 64)
	if errX != nil || errY != nil {
		return a == b
	}
	return x == y || max(x-y, y-x) <= 1e-12*max(x, y, -x, -y)
}

// The example jobs are twenty at least, use every component, and show each of the practices
// that a user is to learn.
func TestScriptsCoverEverything(t *testing.T) {
	t.Parallel()
	scripts := jobScripts(t)
	if len(scripts) < 20 {
		t.Errorf("there are %d scripts", len(scripts))
	}
	var texts strings.Builder
	practices := map[string][]string{}
	for _, script := range scripts {
		text, err := os.ReadFile(script)
		if err != nil {
			t.Fatal(err)
		}
		texts.Write(text)
		for line := range strings.Lines(string(text)) {
			if said, ok := strings.CutPrefix(line, "-- Practice: "); ok {
				for _, p := range strings.Split(strings.TrimSpace(said), ", ") {
					practices[p] = append(practices[p], filepath.Base(script))
				}
			}
		}
	}
	var registry component.Registry
	if err := stdlib.Register(&registry); err != nil {
		t.Fatal(err)
	}
	for _, name := range registry.Names() {
		if !regexp.MustCompile(`[.:]` + name + `\b`).MatchString(texts.String()) {
			t.Errorf("no script uses %s", name)
		}
	}
	for _, p := range []string{
		"Idempotent jobs", "Error handling", "Resource management", "Monitoring",
		"Concurrency control", "Resource limits", "Timeout configuration", "Retry strategies",
		"Error classification", "Recovery strategies", "Logging", "Monitor error rates",
	} {
		if len(practices[p]) == 0 {
			t.Errorf("no script shows the practice %q", p)
		}
		delete(practices, p)
	}
	for p, where := range practices {
		t.Errorf("%v shows the practice %q, which is none", where, p)
	}
}
