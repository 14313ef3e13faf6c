package testkit_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/etlscript/etlscript"

// arrow forbids that a package of from reaches a package of to, directly or
// through packages outside from. Patterns are folders of this module: "x" is
// one package, "x/..." with all below, "..." everything. Packages below one
// pattern may import each other.
type arrow struct {
	name   string
	from   string
	except string
	to     string
}

var arrows = []arrow{
	{name: "the engine knows no Lua", from: "engine/...", to: "luabind/..."},
	{name: "the engine knows no component", from: "engine/...", to: "stdlib/..."},
	{name: "components know no Lua", from: "stdlib/...", to: "luabind/..."},
	{name: "Lua knows no component", from: "luabind/...", to: "stdlib/..."},
	{name: "values know no state", from: "luabind/value/...", to: "luabind/vm/..."},
	{name: "values know no syntax", from: "luabind/value/...", to: "luabind/syntax/..."},
	{name: "patterns are a leaf", from: "luabind/pattern/...", to: "..."},
	{name: "syntax knows no state", from: "luabind/syntax/...", to: "luabind/vm/..."},
	{name: "a state knows no rows", from: "luabind/vm/...", to: "luabind/rowfunc/..."},
	{name: "rows know no definition phase", from: "luabind/rowfunc/...", to: "luabind"},
	{name: "syntax knows no rows", from: "luabind/syntax/...", to: "luabind/rowfunc/..."},
	{name: "retry is a leaf", from: "retry/...", to: "..."},
	{name: "jobinfo is a leaf", from: "jobinfo/...", to: "..."},
	{name: "record is a leaf", from: "engine/record/...", to: "..."},
	{name: "diag is a leaf", from: "engine/diag/...", to: "..."},
	{name: "ledger is a leaf", from: "engine/ledger/...", to: "..."},
	{name: "testkit is a leaf", from: "internal/testkit/...", to: "..."},
	{name: "nothing imports the command", from: "...", to: "cmd/..."},
	{name: "embedders opt in to DuckDB", from: "...", except: "cmd/...", to: "engine/bulk/duckdb/..."},
	{name: "embedders opt in to Spark", from: "...", except: "cmd/...", to: "engine/bigdata/spark/..."},
}

// wall says in which folders alone the packages below some import paths may
// be imported.
type wall struct {
	name  string
	paths []string
	only  []string
}

var walls = []wall{
	{
		name:  "gopher-lua",
		paths: []string{"github.com/yuin/gopher-lua", "layeh.com/gopher-luar"},
		only:  []string{"luabind/..."},
	},
	{
		name:  "command line",
		paths: []string{"github.com/urfave/cli"},
		only:  []string{"cmd/..."},
	},
	{
		name:  "lru",
		paths: []string{"github.com/hashicorp/golang-lru"},
		only:  []string{"luabind/...", "stdlib/sql/..."},
	},
	{
		name:  "compression",
		paths: []string{"github.com/klauspost/compress"},
		only:  []string{"stdlib/..."},
	},
	{
		name:  "DuckDB",
		paths: []string{"github.com/duckdb", "github.com/marcboeker/go-duckdb", "go.duckdb.org"},
		only:  []string{"engine/bulk/..."},
	},
	{
		// DESIGN §4: Arrow appears only at the DuckDB, Parquet and Spark borders.
		name:  "Arrow",
		paths: []string{"github.com/apache/arrow", "github.com/apache/arrow-go"},
		only:  []string{"engine/bulk/...", "engine/bigdata/spark/...", "stdlib/parquet/..."},
	},
	{
		name:  "Spark",
		paths: []string{"github.com/apache/spark", "github.com/apache/spark-connect-go"},
		only:  []string{"engine/bigdata/spark/..."},
	},
	{
		name:  "River",
		paths: []string{"github.com/riverqueue"},
		only:  []string{"engine/queue/..."},
	},
	{
		name:  "HTTP retries",
		paths: []string{"github.com/hashicorp/go-retryablehttp"},
		only:  []string{"stdlib/http/..."},
	},
	{
		name: "test tools",
		paths: []string{
			"github.com/google/go-cmp", "github.com/rogpeppe/go-internal/testscript",
			"github.com/stretchr/testify", "go.uber.org/goleak", "pgregory.net/rapid", "testing",
		},
		only: []string{
			"internal/testkit/...", "engine/enginetest/...", "luabind/luatest/...", "jobinfo/storetest/...",
			"engine/component/componenttest/...", "stdlib/rowfile/rowfiletest/...",
		},
	},
}

// listed is what `go list` says of a package.
type listed struct {
	ImportPath     string
	Dir            string
	Export         string
	Imports        []string
	GoFiles        []string
	CgoFiles       []string
	IgnoredGoFiles []string
	TestGoFiles    []string
	XTestGoFiles   []string
}

func TestImportRulesHold(t *testing.T) {
	t.Parallel()
	for _, cgo := range []string{"0", "1"} {
		packages := goList(t, cgo, "./...")
		if len(packages) < 5 {
			t.Fatalf("go list found %d packages; the rules would hold for nothing", len(packages))
		}
		for _, problem := range slices.Concat(checkArrows(packages), checkWalls(packages)) {
			t.Errorf("CGO_ENABLED=%s: %s", cgo, problem)
		}
	}
}

func TestArrowsFindPlantedViolations(t *testing.T) {
	t.Parallel()
	tests := []struct {
		arrow  string
		graph  map[string][]string
		report string
	}{
		{"the engine knows no Lua", map[string][]string{"engine/row": {"luabind"}}, "engine/row imports luabind"},
		{"the engine knows no Lua", map[string][]string{"engine": {"luabind/lift"}}, "engine imports luabind/lift"},
		{
			"the engine knows no Lua",
			map[string][]string{"engine/row": {"internal/x"}, "internal/x": {"luabind"}},
			"engine/row imports internal/x imports luabind",
		},
		{"the engine knows no component", map[string][]string{"engine/plan": {"stdlib/csv"}}, "engine/plan imports stdlib/csv"},
		{"components know no Lua", map[string][]string{"stdlib/map": {"luabind"}}, "stdlib/map imports luabind"},
		{"Lua knows no component", map[string][]string{"luabind/lift": {"stdlib"}}, "luabind/lift imports stdlib"},
		{"values know no state", map[string][]string{"luabind/value": {"luabind/vm"}}, "luabind/value imports luabind/vm"},
		{"values know no syntax", map[string][]string{"luabind/value": {"luabind/syntax"}}, "luabind/value imports luabind/syntax"},
		{"patterns are a leaf", map[string][]string{"luabind/pattern": {"engine/diag"}}, "luabind/pattern imports engine/diag"},
		{"syntax knows no state", map[string][]string{"luabind/syntax": {"luabind/vm"}}, "luabind/syntax imports luabind/vm"},
		{"syntax knows no rows", map[string][]string{"luabind/syntax": {"luabind/rowfunc"}}, "luabind/syntax imports luabind/rowfunc"},
		{"a state knows no rows", map[string][]string{"luabind/vm": {"luabind/rowfunc"}}, "luabind/vm imports luabind/rowfunc"},
		{"rows know no definition phase", map[string][]string{"luabind/rowfunc": {"luabind"}}, "luabind/rowfunc imports luabind"},
		{"retry is a leaf", map[string][]string{"retry": {"engine/diag"}}, "retry imports engine/diag"},
		{"jobinfo is a leaf", map[string][]string{"jobinfo": {"retry"}}, "jobinfo imports retry"},
		{"record is a leaf", map[string][]string{"engine/record": {"engine/diag"}}, "engine/record imports engine/diag"},
		{"diag is a leaf", map[string][]string{"engine/diag": {"engine/record"}}, "engine/diag imports engine/record"},
		{"ledger is a leaf", map[string][]string{"engine/ledger": {"engine/op"}}, "engine/ledger imports engine/op"},
		{"testkit is a leaf", map[string][]string{"internal/testkit": {"."}}, "internal/testkit imports ."},
		{"nothing imports the command", map[string][]string{".": {"cmd/etlscript/cli"}}, ". imports cmd/etlscript/cli"},
		{"embedders opt in to DuckDB", map[string][]string{".": {"engine/bulk/duckdb"}}, ". imports engine/bulk/duckdb"},
		{"embedders opt in to Spark", map[string][]string{"engine/bigdata": {"engine/bigdata/spark"}}, "engine/bigdata imports engine/bigdata/spark"},
	}
	planted := map[string]bool{}
	for _, test := range tests {
		planted[test.arrow] = true
		got := checkArrows(plant(test.graph))
		want := test.arrow + ": " + test.report
		if !slices.Contains(got, want) {
			t.Errorf("%v:\nwant %q\ngot  %q", test.graph, want, got)
		}
	}
	for _, a := range arrows {
		if !planted[a.name] {
			t.Errorf("no planted violation of %q", a.name)
		}
	}
}

func TestWallsFindPlantedViolations(t *testing.T) {
	t.Parallel()
	for _, w := range walls {
		for _, path := range w.paths {
			for _, imported := range []string{path, path + "/sub/v2"} {
				got := checkWalls(plant(map[string][]string{"engine/job": {imported}}))
				if len(got) != 1 || !strings.HasPrefix(got[0], w.name+": engine/job imports "+imported) {
					t.Errorf("%s in engine/job: got %q", imported, got)
				}
			}
			if got := checkWalls(plant(map[string][]string{"engine/job": {path + "x"}})); len(got) != 0 {
				t.Errorf("%sx is another module: got %q", path, got)
			}
			for _, folder := range w.only {
				folder = strings.TrimSuffix(folder, "/...")
				got := checkWalls(plant(map[string][]string{folder: {path}, folder + "/deep": {path}}))
				if len(got) != 0 {
					t.Errorf("%s is allowed in %s: got %q", path, folder, got)
				}
			}
		}
	}
}

func TestImportRulesAllowTheDesign(t *testing.T) {
	t.Parallel()
	graph := map[string][]string{
		".":                      {"engine", "engine/row", "luabind", "stdlib", "jobinfo", "retry"},
		"cmd/etlscript":          {"cmd/etlscript/cli"},
		"cmd/etlscript/cli":      {".", "engine/bulk/duckdb", "engine/bigdata/spark", "github.com/urfave/cli/v2"},
		"engine":                 {"engine/job", "retry", "jobinfo"},
		"engine/job":             {"engine/component", "retry", "engine/diag"},
		"engine/component":       {"engine/record"},
		"engine/row":             {"engine/plan", "engine/record", "engine/ledger"},
		"engine/bulk/duckdb":     {"engine/record", "github.com/duckdb/duckdb-go/v2", "github.com/apache/arrow-go/v18/arrow"},
		"engine/bigdata/spark":   {"engine/bigdata/spark/pb"},
		"luabind":                {"engine/job", "retry", "luabind/lift", "github.com/yuin/gopher-lua", "layeh.com/gopher-luar"},
		"luabind/lift":           {"engine/expr", "github.com/yuin/gopher-lua/ast", "github.com/hashicorp/golang-lru/v2"},
		"stdlib":                 {"stdlib/csv", "stdlib/http"},
		"stdlib/csv":             {"engine/component", "github.com/klauspost/compress/zstd"},
		"stdlib/http":            {"retry", "github.com/hashicorp/go-retryablehttp"},
		"jobinfo":                {"jobinfo/internal/file", "github.com/hashicorp/go-hclog"},
		"retry":                  {"time"},
		"engine/queue":           {"github.com/riverqueue/river"},
		"engine/enginetest":      {"testing", "engine/component"},
		"engine/record":          {"strconv"},
		"engine/bigdata/spark/x": {"engine/record"},
	}
	packages := plant(graph)
	if got := slices.Concat(checkArrows(packages), checkWalls(packages)); len(got) != 0 {
		t.Errorf("got %q", got)
	}
}

// checkArrows returns a line for each forbidden path between our packages.
func checkArrows(packages []listed) []string {
	imports := map[string][]string{}
	for _, p := range packages {
		from, _ := ours(p.ImportPath)
		for _, path := range p.Imports {
			if to, ok := ours(path); ok {
				imports[from] = append(imports[from], to)
			}
		}
	}
	var problems []string
	for _, a := range arrows {
		for _, p := range packages {
			from, _ := ours(p.ImportPath)
			if !a.starts(from) {
				continue
			}
			if path := a.find(imports, from); path != nil {
				problems = append(problems, a.name+": "+strings.Join(path, " imports "))
			}
		}
	}
	return problems
}

func (a arrow) starts(folder string) bool {
	// What lies in the folder itself isn't an arrow into it.
	return within(folder, a.from) && !within(folder, a.except) && (a.to == "..." || !within(folder, a.to))
}

func (a arrow) ends(folder string) bool {
	return within(folder, a.to) && (a.from == "..." || !within(folder, a.from))
}

// find returns the shortest forbidden path from a folder. Other folders where
// the arrow starts are left out: they have reports of their own.
func (a arrow) find(imports map[string][]string, from string) []string {
	seen := map[string]bool{from: true}
	queue := [][]string{{from}}
	for len(queue) > 0 {
		path := queue[0]
		queue = queue[1:]
		for _, to := range imports[path[len(path)-1]] {
			next := append(slices.Clone(path), to)
			if a.ends(to) {
				return next
			}
			if seen[to] || a.starts(to) || within(to, a.except) {
				continue
			}
			seen[to] = true
			queue = append(queue, next)
		}
	}
	return nil
}

// checkWalls returns a line for each third-party import outside its place.
func checkWalls(packages []listed) []string {
	var problems []string
	for _, w := range walls {
		for _, p := range packages {
			folder, _ := ours(p.ImportPath)
			if slices.ContainsFunc(w.only, func(pattern string) bool { return within(folder, pattern) }) {
				continue
			}
			for _, path := range p.Imports {
				if slices.ContainsFunc(w.paths, func(root string) bool { return below(path, root) }) {
					problems = append(problems, fmt.Sprintf("%s: %s imports %s; only %s may",
						w.name, folder, path, strings.Join(w.only, ", ")))
				}
			}
		}
	}
	return problems
}

// ours turns an import path of this module into its folder, "." at the top.
func ours(path string) (folder string, ok bool) {
	if path == module {
		return ".", true
	}
	return strings.CutPrefix(path, module+"/")
}

func within(folder, pattern string) bool {
	if root, ok := strings.CutSuffix(pattern, "..."); ok {
		root = strings.TrimSuffix(root, "/")
		return root == "" || below(folder, root)
	}
	return folder == pattern
}

func below(path, root string) bool {
	return path == root || strings.HasPrefix(path, root+"/")
}

// plant makes packages of a graph of folders and third-party import paths.
func plant(graph map[string][]string) []listed {
	var packages []listed
	for folder, imports := range graph {
		p := listed{ImportPath: plantedPath(folder)}
		for _, path := range imports {
			p.Imports = append(p.Imports, plantedPath(path))
		}
		packages = append(packages, p)
	}
	return packages
}

func plantedPath(path string) string {
	if path == "." {
		return module
	}
	for _, top := range []string{"cmd", "engine", "internal", "jobinfo", "luabind", "retry", "stdlib"} {
		if below(path, top) {
			return module + "/" + path
		}
	}
	return path
}

// goList lists packages of this module; with -export among the arguments it
// also compiles them.
func goList(t *testing.T, cgo string, args ...string) []listed {
	t.Helper()
	fields := "-json=ImportPath,Dir,Export,Imports,GoFiles,CgoFiles,IgnoredGoFiles,TestGoFiles,XTestGoFiles"
	cmd := exec.CommandContext(t.Context(), "go", append([]string{"list", "-e", fields}, args...)...)
	cmd.Dir = moduleRoot(t)
	watch(t, cmd.Dir)
	cmd.Env = append(os.Environ(), "CGO_ENABLED="+cgo)
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, stderr.Bytes())
	}
	var packages []listed
	for decoder := json.NewDecoder(bytes.NewReader(out)); ; {
		var p listed
		err := decoder.Decode(&p)
		if errors.Is(err, io.EOF) {
			return packages
		}
		if err != nil {
			t.Fatalf("go list: %v", err)
		}
		packages = append(packages, p)
	}
}

// watch looks at every Go file of the module, so that go test, which caches by
// the files that a test itself opens, doesn't repeat yesterday's result.
func watch(t *testing.T, root string) {
	t.Helper()
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() {
			if path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "bin" || name == "scripts") {
				return filepath.SkipDir
			}
			return nil
		}
		if strings.HasSuffix(name, ".go") || name == "go.mod" {
			_, err = os.Stat(path)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func moduleRoot(t *testing.T) string {
	t.Helper()
	dir, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	for {
		if _, err := os.Stat(filepath.Join(dir, "go.mod")); err == nil {
			return dir
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			t.Fatal("no go.mod above the test")
		}
		dir = parent
	}
}
