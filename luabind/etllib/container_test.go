package etllib

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"

	lua "github.com/yuin/gopher-lua"
	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/luabind/value"
)

func TestContainers(t *testing.T) {
	t.Parallel()
	tests := []struct{ script, want string }{
		{`local s = etl.set() return s:add("a"), s:add("a"), s:has("a"), s:has("b"), #s, s:len()`, "true, false, true, false, 1, 1"},
		{`local s = etl.set({ "a", "b" }) return s:remove("a"), s:remove("a"), #s, tostring(s)`, "true, false, 1, set of 1"},
		{`local s = etl.set() s:add(1) s:add("1") s:add(true) s:add(1.5) s:add(-0) s:add(0) return #s`, "5"},
		{`local s = etl.set({ 3, 1, 2 }) s:remove(1) s:add(1) local out = "" for v in s:each() do out = out .. v end return out`, "321"},
		{`local s = etl.set({ "b", "a" }) local out = "" for v, t in pairs(s) do out = out .. v .. tostring(t) end return out`, "btrueatrue"},
		{`local s = etl.set() for i = 1, 100 do s:add(i) end for v in s:each() do s:remove(v) end return #s, s:has(1)`, "0, false"},
		{`local s = etl.set({}, { limit = 2 }) s:add(1) s:add(2) s:add(1) s:remove(1) s:add(3) return #s`, "2"},
		{`local m = etl.map({ a = 1, b = 2 }) m:set("c", "x") m:set("a", false) return m:get("a"), m:get("b"), m:get("c"), m:get("d"), m:get("d", 9), #m`, "false, 2, x, nil, 9, 3"},
		{`local m = etl.map() m:set(1, "x") m:set("1", "y") return m:get(1), m:get("1"), m:has(2), m:remove(1), m:get(1), tostring(m)`, "x, y, false, true, nil, map of 1"},
		{`local m, out = etl.map({ x = 1, y = 2 }), "" for k, v in pairs(m) do out = out .. k .. v end return out`, "x1y2"},
		{`local m = etl.map() m:set("n", etl.null) return m:has("n"), m:get("n") == etl.null`, "true, true"},
		{
			`local c = etl.counter() for w in ("b a b c c b"):gmatch("%a") do c:add(w) end c:add("a", 1) c:add("z", -5)
			local top = c:top(3)
			return c:get("b"), c:get("x"), c:total(), #c, #top, top[1].key, top[1].count, top[2].key, top[3].key, #c:top(99), #c:top(0)`,
			"3, 0, 2, 4, 3, b, 3, a, c, 4, 0",
		},
		{`return type(etl.set()), getmetatable(etl.set()), tostring(etl.counter())`, "userdata, false, counter of 0"},
		{`local s = etl.set({ 2^53, 1e17, 1e300 }) local out = {} for v in s:each() do out[#out + 1] = type(v) end return unpack(out)`, "number, number, number"},
	}
	s := newState(t)
	for _, tt := range tests {
		if got := results(t, s, tt.script); got != tt.want {
			t.Errorf("%s\n got %q\nwant %q", tt.script, got, tt.want)
		}
	}
}

// TestKeysAreEqualByValue puts values into a set whose equals are there.
func TestKeysAreEqualByValue(t *testing.T) {
	t.Parallel()
	decimal := func(text string) lua.LValue {
		d, err := record.ParseDecimal(text)
		if err != nil {
			t.Fatal(err)
		}
		return value.ToLua(record.DecimalValue(d))
	}
	day := value.ToLua(record.TemporalValue(record.Date, 5))
	tests := []struct {
		a, b  lua.LValue
		equal bool
	}{
		{value.Int64(math.MaxInt64), value.Uint64(math.MaxInt64), true},
		{value.Int64(1 << 60), lua.LNumber(1 << 60), true},
		{value.Int64(1<<60 + 1), lua.LNumber(1 << 60), false},
		{value.Uint64(math.MaxUint64), decimal("18446744073709551615"), true},
		{lua.LNumber(5), decimal("5.00"), true},
		{lua.LNumber(0.5), decimal("0.5"), true},
		{lua.LNumber(0.1), decimal("0.1"), false},
		{decimal("0.10"), decimal("0.1"), true},
		{decimal("1e30"), decimal("1000000000000000000000000000000"), true},
		{day, value.ToLua(record.TemporalValue(record.Date, 5)), true},
		{day, value.ToLua(record.TemporalValue(record.Datetime, 5)), false},
		{day, lua.LNumber(5), false},
		{lua.LTrue, lua.LNumber(1), false},
		{lua.LNumber(math.Inf(1)), lua.LNumber(math.Inf(-1)), false},
	}
	for _, tt := range tests {
		s := newState(t)
		got := results(t, s, `local a, b = ... local s = etl.set() s:add(a) return s:has(b), s:add(b), #s`, tt.a, tt.b)
		want := "false, true, 2"
		if tt.equal {
			want = "true, false, 1"
		}
		if got != want {
			t.Errorf("%v and %v: got %s, want %s", tt.a, tt.b, got, want)
		}
	}
}

// TestTableAgreesWithModel adds and removes keys at random and compares with a
// list.
func TestTableAgreesWithModel(t *testing.T) {
	t.Parallel()
	keys := rapid.OneOf(
		rapid.Map(rapid.IntRange(-5, 40), func(n int) lua.LValue { return lua.LNumber(n) }),
		rapid.Map(rapid.IntRange(0, 20), func(n int) lua.LValue { return lua.LString(fmt.Sprint(n)) }),
		rapid.Map(rapid.IntRange(0, 5), func(n int) lua.LValue { return lua.LNumber(n) / 4 }),
		rapid.Map(rapid.Int64Range(math.MaxInt64-5, math.MaxInt64), func(n int64) lua.LValue { return value.Int64(n) }),
		rapid.Map(rapid.Bool(), func(b bool) lua.LValue { return lua.LBool(b) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		table := newTable[int]()
		var order []lua.LValue
		content := map[lua.LValue]int{}
		for i := range rapid.IntRange(0, 300).Draw(t, "steps") {
			v := keys.Draw(t, "key")
			k, _ := keyOf(v)
			_, known := content[v]
			switch rapid.IntRange(0, 9).Draw(t, "what") {
			case 0, 1, 2, 3:
				if table.remove(k) != known {
					t.Fatalf("removing %v, known %v", v, known)
				}
				delete(content, v)
				order = slices.DeleteFunc(order, func(x lua.LValue) bool { return x == v })
			case 4:
				table = table.clone()
			default:
				place, fresh := table.add(k)
				if fresh == known {
					t.Fatalf("adding %v, known %v", v, known)
				}
				if fresh {
					order = append(order, v)
				}
				table.values[place], content[v] = i, i
			}
		}
		var got []lua.LValue
		for place := table.next(0); place >= 0; place = table.next(place + 1) {
			got = append(got, table.key(place).lua())
			if table.values[place] != content[got[len(got)-1]] {
				t.Fatalf("wrong value behind %v", got[len(got)-1])
			}
		}
		if !slices.Equal(order, got) || table.live != len(order) {
			t.Fatalf("%d live: got %v, want %v", table.live, got, order)
		}
	})
}

// live is the memory that is in use after what made built something.
func live(build func() any) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	kept := build()
	runtime.GC()
	runtime.ReadMemStats(&after)
	runtime.KeepAlive(kept)
	return max(after.HeapAlloc, before.HeapAlloc) - before.HeapAlloc
}

// TestMemory is not parallel, since it looks at the whole heap. Sparse integer
// keys make a Lua table allocate up to the largest, and removed text keys stay.
func TestMemory(t *testing.T) {
	const n = 200_000
	set := func(text func(int) lua.LValue, remove bool) uint64 {
		return live(func() any {
			table := newTable[struct{}]()
			for i := range n {
				k, _ := keyOf(text(i))
				table.add(k)
			}
			for i := range n {
				if k, _ := keyOf(text(i)); remove {
					table.remove(k)
				}
			}
			return table
		})
	}
	sparse := func(i int) lua.LValue { return lua.LNumber(i * 1000) }
	texts := func(i int) lua.LValue { return lua.LString(fmt.Sprintf("customer %08d", i)) }
	if got := set(sparse, false); got > 32*n {
		t.Errorf("%d sparse integers take %d bytes each", n, got/n)
	}
	if got := set(texts, false); got > 80*n {
		t.Errorf("%d texts take %d bytes each", n, got/n)
	}
	if got := set(texts, true); got > n {
		t.Errorf("%d removed texts keep %d bytes", n, got)
	}
}

// BenchmarkMemory reports the bytes that an id takes in a set and in a table of
// Lua.
func BenchmarkMemory(b *testing.B) {
	const n = 100_000
	for name, step := range map[string]int{"dense": 1, "sparse": 50} {
		s := newState(b)
		for _, kind := range []struct{ name, script string }{
			{"set", `local s = etl.set() for i = 1, n do s:add(i * step) end return s`},
			{"table", `local s = {} for i = 1, n do s[i * step] = true end return s`},
			{"text keys/set", `local s = etl.set() for i = 1, n do s:add("id" .. i * step) end return s`},
			{"text keys/table", `local s = {} for i = 1, n do s["id" .. i * step] = true end return s`},
		} {
			b.Run(name+"/"+kind.name, func(b *testing.B) {
				for b.Loop() {
					bytes := live(func() any {
						out, err := do(b, s, fmt.Sprintf("local n, step = %d, %d ", n, step)+kind.script)
						if err != nil {
							b.Fatal(err)
						}
						return out
					})
					b.ReportMetric(float64(bytes)/n, "live-B/key")
				}
			})
		}
	}
}
