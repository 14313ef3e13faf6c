package pattern_test

import (
	"bufio"
	"encoding/hex"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/etlscript/etlscript/luabind/pattern"
)

// call is one use of a pattern by all functions of the library string.
type call struct {
	subject, pattern string
	init             int
	replacement      string
	limit            int
}

func (c call) String() string {
	return fmt.Sprintf("subject %q pattern %q init %d replacement %q limit %d",
		c.subject, c.pattern, c.init, c.replacement, c.limit)
}

// functions names the results of an answer.
var functions = [...]string{"find", "match", "gmatch", "gsub", "gsub with a function"}

type answer [len(functions)]string

// none are the answers where nothing matched.
func (c call) none() answer {
	return answer{"nil", "nil", "", hexed(c.subject) + ",n0", ""}
}

func hexed(text string) string { return "x" + hex.EncodeToString([]byte(text)) }

// oracle is a process of PUC Lua 5.1.
type oracle struct {
	in  *bufio.Writer
	out *bufio.Reader
}

// newOracle starts PUC Lua, or gives nil where there is none.
func newOracle(t testing.TB) *oracle {
	t.Helper()
	lua, err := exec.LookPath("lua5.1")
	if err != nil {
		return nil
	}
	cmd := exec.Command(lua, filepath.Join("testdata", "oracle.lua"))
	cmd.Stderr = os.Stderr
	in, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := in.Close(); err != nil {
			t.Error(err)
		}
		if err := cmd.Wait(); err != nil {
			t.Error(err)
		}
	})
	return &oracle{bufio.NewWriter(in), bufio.NewReader(out)}
}

func (o *oracle) ask(t testing.TB, c call) answer {
	t.Helper()
	fmt.Fprintln(o.in, hexed(c.subject), hexed(c.pattern), c.init, hexed(c.replacement), c.limit)
	if err := o.in.Flush(); err != nil {
		t.Fatal(err)
	}
	line, err := o.out.ReadString('\n')
	if err != nil {
		t.Fatalf("%v: %v", c, err)
	}
	var a answer
	parts := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
	if copy(a[:], parts) != len(a) {
		t.Fatalf("%v: odd answer %q", c, line)
	}
	return a
}

// ours answers as the library string does when it uses this package.
func ours(c call, spend func(int) error) answer {
	return answer{
		find(c, spend), match(c, spend), gmatch(c, spend), gsub(c, spend), gsubFunction(c, spend),
	}
}

func failed(err error) string { return "E:" + err.Error() }

// from is the offset that the argument init stands for.
func (c call) from() int {
	init := c.init
	if init < 0 {
		init += len(c.subject) + 1
	}
	return min(max(init-1, 0), len(c.subject))
}

func find(c call, spend func(int) error) string {
	if pattern.Plain(c.pattern) {
		i := strings.Index(c.subject[c.from():], c.pattern)
		if i < 0 {
			return "nil"
		}
		return fmt.Sprintf("n%d,n%d", c.from()+i+1, c.from()+i+len(c.pattern))
	}
	m, result := first(c, spend)
	if m == nil {
		return result
	}
	place := fmt.Sprintf("n%d,n%d", m.Start+1, m.End)
	if m.Captures() == 0 {
		return place
	}
	return place + "," + captured(m)
}

func match(c call, spend func(int) error) string {
	m, result := first(c, spend)
	if m == nil {
		return result
	}
	return captured(m)
}

// first is the first match, or what to answer when there is none.
func first(c call, spend func(int) error) (*pattern.Match, string) {
	p, err := pattern.Compile(c.pattern)
	if err != nil {
		return nil, failed(err)
	}
	var m pattern.Match
	found, err := p.Find(c.subject, c.from(), &m, spend)
	if err != nil {
		return nil, failed(err)
	}
	if !found {
		return nil, "nil"
	}
	return &m, ""
}

func captured(m *pattern.Match) string {
	var out []string
	for i := 1; i <= max(m.Captures(), 1); i++ {
		text, position, isPosition := m.Capture(i)
		if isPosition {
			out = append(out, "n"+strconv.Itoa(position))
		} else {
			out = append(out, hexed(text))
		}
	}
	return strings.Join(out, ",")
}

func gmatch(c call, spend func(int) error) string {
	p, err := pattern.CompileGmatch(c.pattern)
	if err != nil {
		return failed(err)
	}
	return walk(p, c.subject, -1, spend)
}

func gsubFunction(c call, spend func(int) error) string {
	p, err := pattern.Compile(c.pattern)
	if err != nil {
		return failed(err)
	}
	return walk(p, c.subject, c.limit, spend)
}

// walk lists the captures of all matches, up to limit if that is not negative.
func walk(p *pattern.Pattern, subject string, limit int, spend func(int) error) string {
	var m pattern.Match
	var out []string
	scan := p.Scan(subject, &m)
	for limit < 0 || len(out) < limit {
		found, err := scan.Next(spend)
		if err != nil {
			return failed(err)
		}
		if !found {
			break
		}
		out = append(out, captured(&m))
	}
	return strings.Join(out, ";")
}

func gsub(c call, spend func(int) error) string {
	p, err := pattern.Compile(c.pattern)
	if err != nil {
		return failed(err)
	}
	replacement := pattern.Replacement(c.replacement)
	if err := replacement.Check(p); err != nil {
		return failed(err)
	}
	var m pattern.Match
	out, n, err := replaceAll(nil, p, c.subject, replacement, c.limit, &m, spend)
	if err != nil {
		return failed(err)
	}
	return fmt.Sprintf("%s,n%d", hexed(string(out)), n)
}

// replaceAll is gsub with a text, up to limit times.
func replaceAll(
	dst []byte, p *pattern.Pattern, subject string, r pattern.Replacement, limit int,
	m *pattern.Match, spend func(int) error,
) ([]byte, int, error) {
	n, at := 0, 0
	scan := p.Scan(subject, m)
	for n < limit {
		found, err := scan.Next(spend)
		if err != nil {
			return nil, 0, err
		}
		if !found {
			break
		}
		n++
		dst = append(dst, subject[at:m.Start]...)
		dst = r.Append(dst, m)
		at = m.End
	}
	return append(dst, subject[at:]...), n, nil
}

// agree tells whether our answer is that of PUC, up to the documented
// differences: we notice faults that PUC does not reach, and its gsub does not
// look at captures that the replacement does not name.
func agree(c call, function int, our, puc string) bool {
	if our == puc {
		return true
	}
	if !strings.HasPrefix(our, "E:") {
		return false
	}
	return puc == c.none()[function] || functions[function] == "gsub" && our == "E:unfinished capture"
}

func compare(t testing.TB, c call, our, puc answer) {
	t.Helper()
	for i, name := range functions {
		if !agree(c, i, our[i], puc[i]) {
			t.Errorf("%s of %v\nours %s\nPUC  %s", name, c, our[i], puc[i])
		}
	}
}
