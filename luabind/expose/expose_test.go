package expose

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/vm"
)

var errClosed = errors.New("the account is closed")

type Money struct {
	Cents    int64
	Currency string
}

type Account struct {
	_        struct{} `etl:"-Erase"`
	ID       int64
	UserName string `etl:"user"`
	Secret   string `etl:"-"`
	Balance  Money
	Tags     []string
	Opened   time.Time
	hidden   int
}

func (a *Account) Deposit(cents int64) (int64, error) {
	if a.ID == 0 {
		return 0, errClosed
	}
	a.Balance.Cents += cents
	return a.Balance.Cents, nil
}

func (a *Account) Erase()         { a.hidden++ }
func (a *Account) String() string { return "account " + a.UserName }
func (a *Account) Self() *Account { return a }
func (a *Account) HTTPStatus() int {
	return 200
}

func bank() Module {
	account := &Account{ID: math.MaxInt64, UserName: "ann", Secret: "x", Balance: Money{5, "EUR"}, Opened: time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)}
	return Module{
		"account": account,
		"closed":  &Account{},
		"limit":   int64(math.MaxInt64),
		"rates":   map[string]float64{"EUR": 1, "USD": 1.25},
		"list":    []any{1, "x", nil, true},
		"none":    []string(nil),
		"add":     func(a, b int64) int64 { return a + b },
		"small":   func(a int8) int8 { return a },
		"whole":   func(a uint64) uint64 { return a },
		"half":    func(f float64) float64 { return f / 2 },
		"fail":    func() (string, error) { return "unseen", errClosed },
		"both":    func() (string, int, error) { return "a", 2, nil },
		"maybe":   func(s *string) string { return fmt.Sprint(s != nil) },
		"join":    func(sep string, parts ...string) string { return strings.Join(parts, sep) },
		"sum":     func(list []int64) (n int64) { return sumOf(list) },
		"keys":    func(m map[string]int) int { return len(m) },
		"price":   func(m Money) string { return fmt.Sprint(m.Cents, m.Currency) },
		"any":     func(x any) string { return fmt.Sprintf("%T %v", x, x) },
		"made":    func() Money { return Money{7, "USD"} },
		"day":     func(t time.Time) string { return t.Format(time.DateOnly) },
		"of":      func(a *Account) string { return a.UserName },
		"panics":  func() { panic("broken") },
		"ctx":     func(ctx context.Context, s string) string { return s + fmt.Sprint(ctx.Err() == nil) },
		"exact":   func(d record.Decimal) record.Decimal { return d },
		"bytes":   func(b []byte) []byte { return append([]byte("<"), b...) },
		"cycle":   func() any { m := map[string]any{}; m["m"] = m; return m },
	}
}

func sumOf(list []int64) (n int64) {
	for _, x := range list {
		n += x
	}
	return n
}

// evaluate runs a script with the module in the global m and gives its results as text.
func evaluate(t *testing.T, script string) string {
	t.Helper()
	c, d := syntax.Compile("job.lua", script)
	if d != nil {
		t.Fatal(d)
	}
	s := vm.New(vm.Options{Exact: true})
	t.Cleanup(s.Close)
	members, err := bank().Bind(s, "m", true)
	if err != nil {
		t.Fatal(err)
	}
	table := s.L.NewTable()
	for name, v := range members {
		table.RawSetString(name, v)
	}
	s.SetGlobal("m", table)
	out, err := s.Call(context.Background(), 0, s.Load(c), lua.MultRet)
	if err != nil {
		d := s.Diagnose(err)
		return strings.TrimSpace(fmt.Sprintf("error: line %d: %s %s", d.Pos.Line, d.Message, d.Hint))
	}
	var texts []string
	for _, v := range out {
		texts = append(texts, vm.ToText(s.L, v))
	}
	return strings.Join(texts, " ")
}

func TestExposed(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ script, want string }{
		{`return m.limit, m.add(m.limit, 0), m.add(m.limit, -1)`, "9223372036854775807 9223372036854775807 9223372036854775806"},
		{`return m.add(1, 2.0), m.half(3), m.half("x")`, "error: line 1: argument #1 of m.half: a string where a number is wanted"},
		{`return m.add(1, 2.5)`, "error: line 1: argument #2 of m.add: 2.5 is no int64"},
		{`return m.add(1)`, "error: line 1: argument #2 of m.add: nil where an int is wanted"},
		{`return m.add(1, 2, 3)`, "error: line 1: m.add takes 2 arguments, got 3"},
		{`return m.small(127), m.small(128)`, "error: line 1: argument #1 of m.small: 128 is no int8"},
		{`return m.whole(-1)`, "error: line 1: argument #1 of m.whole: -1 is no uint64"},
		{`return m.rates.USD, m.list[2], m.list[3], #m.list, m.none`, "1.25 x null 4 nil"},
		{`return pcall(m.fail)`, "false the account is closed"},
		{`return m.both()`, "a 2"},
		{`return m.maybe(), m.maybe(nil), m.maybe("")`, "false false true"},
		{`return m.join("-"), m.join("-", "a", "b")`, " a-b"},
		{`return m.join("-", "a", 1)`, "error: line 1: argument #3 of m.join: an int where a string is wanted"},
		{`return m.sum {}, m.sum { 1, 2 }, m.sum(nil), m.keys {}, m.keys { a = 1 }`, "0 3 0 0 1"},
		{`return m.sum { 1, "x" }`, "error: line 1: argument #1 of m.sum: [2]: a string where an int is wanted"},
		{`return m.price { cents = 1, currency = "EUR" }`, "1EUR"},
		{`return m.price { cent = 1 }`, `error: line 1: argument #1 of m.price: there is no field "cent"; did you mean "cents"?`},
		{`return m.any(1), m.any("x"), m.any { 1, { a = true } }, m.any(nil)`, "int64 1 string x []interface {} [1 map[a:true]] <nil> <nil>"},
		{`return m.any(function() end)`, "error: line 1: argument #1 of m.any: a function is no value"},
		{`return m.made().cents, m.made().currency`, "7 USD"},
		{`return m.of(m.account), m.of(m.account:self())`, "ann ann"},
		{`return m.of { id = 1, user = "bob" }`, "bob"},
		{`return pcall(m.panics)`, "false internal error in m.panics: broken"},
		{`return m.ctx "x"`, "xtrue"},
		{`return m.bytes "ab"`, "<ab"},
		{`local ok, e = pcall(m.cycle) return e.message:sub(1, 24), e.message:sub(-31)`, "result #1 of m.cycle: m:  values nest more than 100 deep"},
		{`return m.account.id, m.account.user, m.account.balance.cents, m.account.tags`, "9223372036854775807 ann 5 nil"},
		{`m.account.id = m.account.id return m.account.id == m.limit`, "true"},
		{`m.account.balance.cents = 8 m.account.tags = { "a" } return m.account.balance.cents, m.account.tags[1]`, "8 a"},
		{`return m.account:deposit(2), m.account:deposit(3), m.account.balance.cents`, "7 10 10"},
		{`return pcall(m.closed.deposit, m.closed, 1)`, "false the account is closed"},
		{`return m.account.deposit(2)`, "error: line 1: account:deposit is called with a colon write object:deposit(...)"},
		{`return m.account.secret`, `error: line 1: account has no "secret" known: balance, id, opened, tags, user, deposit, http_status, self, string`},
		{`return m.account.erase`, `error: line 1: account has no "erase" known: balance, id, opened, tags, user, deposit, http_status, self, string`},
		{`return m.account.hidden`, `error: line 1: account has no "hidden" known: balance, id, opened, tags, user, deposit, http_status, self, string`},
		{`return m.account.usr`, `error: line 1: account has no "usr" did you mean "user"?`},
		{`m.account.ID = 1`, `error: line 1: account has no field "ID" to assign did you mean "id"?`},
		{`m.account.id = "x"`, "error: line 1: account.id: a string where an int is wanted"},
		{`return m.account:http_status()`, "200"},
		{`return m.account == m.account:self(), m.account == m.closed, tostring(m.account)`, "true false account ann"},
		{`return getmetatable(m.account), pcall(function() return -m.account end)`, "false false job.lua:1: attempt to perform arithmetic on a table value (field 'account')"},
		{`local t = {} for k in pairs(m.closed) do t[#t + 1] = k end return table.concat(t, " ")`, "balance id opened tags user"},
	} {
		t.Run(c.script, func(t *testing.T) {
			t.Parallel()
			if d := cmp.Diff(c.want, evaluate(t, c.script)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestErrorsKeepTheirIdentity(t *testing.T) {
	t.Parallel()
	c, _ := syntax.Compile("job.lua", `local ok, e = pcall(m.fail) assert(e.message == "the account is closed") error(e)`)
	s := vm.New(vm.Options{Exact: true})
	defer s.Close()
	members, err := bank().Bind(s, "m", true)
	if err != nil {
		t.Fatal(err)
	}
	table := s.L.NewTable()
	table.RawSetString("fail", members["fail"])
	s.SetGlobal("m", table)
	if _, err := s.Call(context.Background(), 0, s.Load(c), 0); !errors.Is(err, errClosed) {
		t.Errorf("got %v", err)
	}
}

func TestModuleValidate(t *testing.T) {
	t.Parallel()
	m := Module{
		"a": nil, "b": func(func()) {}, "c": make(chan int), "d": map[int]string{}, "e": func() chan int { return nil },
		"f": (func())(nil), "ok": 1, "good": func() {},
	}
	var got []string
	for _, err := range m.Validate() {
		got = append(got, err.Error())
	}
	want := []string{
		"a: it is nil", "b: scripts cannot give a Go func()", "c: scripts have no value for a Go chan int",
		"d: the keys of a Go map[int]string are no strings", "e: scripts cannot take a Go chan int", "f: the function is nil",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestSnake(t *testing.T) {
	t.Parallel()
	for name, want := range map[string]string{
		"ID": "id", "UserID": "user_id", "HTTPServer": "http_server", "A": "a", "UserName": "user_name", "X1Y": "x1_y", "URL2": "url2", "Snake_Case": "snake_case",
	} {
		if got := snake(name); got != want {
			t.Errorf("%s: got %s, want %s", name, got, want)
		}
	}
}
