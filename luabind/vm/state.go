package vm

import (
	"context"
	"time"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/luabind/syntax"
	"github.com/etlscript/etlscript/luabind/value"
)

// The limits of a state.
const (
	maxCalls     = 200      // nested calls of one thread
	maxValues    = 1 << 16  // values on the stack of one thread; an instruction can move as many
	valuesAtOnce = 1 << 12  // how many of them it grows by
	maxProtected = 180      // pcalls in one another
	maxCoroutine = 100      // coroutines that resume one another
	maxText      = 64 << 20 // bytes of a text that a library function makes
)

// Options are what a state is given. Every field may be left out.
type Options struct {
	// Print takes what the script prints. Defaults to nowhere.
	Print func(line string)
	// Chunk finds the chunk of a source name for error positions. Chunks that
	// the state loaded itself are known anyway.
	Chunk func(name string) *syntax.Chunk
	// Exact makes relational operators know values of our own: without it, a
	// number and an Int64 or Decimal are never equal and raise when compared.
	// The operators of the virtual machine are faster.
	Exact bool
	// Limits bound what calls may use. Their defaults are filled in.
	Limits Limits
	// Now is the time that os.time and os.date give. Defaults to time.Now.
	Now func() time.Time
}

// State is a limited Lua world: lean libraries, strict globals, an instruction
// budget. One goroutine uses it at a time.
type State struct {
	L       *lua.LState // the main thread
	options Options
	meter   *meter
	limits  Limits
	row     int64 // instructions of each invoke
	batch   int64 // instructions left for the invokes of this batch
	random  *random
	matcher *matcher
	scratch scratch
	boxes   value.Boxes
	fixed   time.Time // what os.time and os.date give; zero: the clock

	watchdog *Watchdog // nil: none
	unwatch  func()    // lets the watchdog sleep

	chunks   map[string]*syntax.Chunk          // loaded here, by name
	mains    map[*lua.FunctionProto]bool       // main functions of chunks loaded here
	helpers  []*lua.LState                     // threads for protected calls, by how many of them are in one another
	outer    []*lua.LState                     // threads that wait for a protected call
	running  int                               // calls from Go in one another
	resumed  int                               // coroutines in one another
	Broken   error                             // why the state cannot be used any more
	errorMt  *lua.LTable                       // metatable of Go errors
	methods  map[*lua.LFunction]*lua.LFunction // string methods of Go errors, by the string function
	last     *Error                            // that ended a protected call or a coroutine
	blame    blame                             // for the error that is being raised
	verbatim bool                              // error raises a text, which is not to be mended
	thrown   thrown                            // by error
	rows     bool                              // it runs functions over rows, in which NULL is nil
}

// New makes a state. Close frees it.
func New(o Options) *State {
	s := &State{
		options: o,
		chunks:  map[string]*syntax.Chunk{},
		mains:   map[*lua.FunctionProto]bool{},
		methods: map[*lua.LFunction]*lua.LFunction{},
		random:  newRandom(),
		limits:  o.Limits.WithDefaults(),
		unwatch: func() {},
	}
	s.L = lua.NewState(lua.Options{
		CallStackSize: maxCalls, RegistrySize: 256, RegistryMaxSize: maxValues, RegistryGrowStep: valuesAtOnce,
		SkipOpenLibs: true,
	})
	s.meter = newMeter(s)
	s.matcher = newMatcher(s.meter)
	s.L.SetContext(s.meter)
	s.open()
	return s
}

// Close ends the state; nothing of it may be used any more.
func (s *State) Close() {
	s.unwatch()
	s.L.Close()
}

// Watch puts the calls of the state under a watchdog, which may be nil, until
// stop or Close is called.
func (s *State) Watch(w *Watchdog) (stop func()) {
	sleep := w.Start()
	s.watchdog = w
	s.unwatch = func() {
		s.watchdog = nil
		sleep()
	}
	return s.unwatch
}

// Load makes a function of a chunk's main code, which may declare globals, and
// remembers the chunk for error positions.
func (s *State) Load(c *syntax.Chunk) *lua.LFunction {
	s.chunks[c.Name] = c
	main := c.Form(c.Proto, s.options.Exact)
	s.mains[main] = true
	return s.L.NewFunctionFromProto(main)
}

// Chunk is the chunk of a source name, nil if none is known.
func (s *State) Chunk(name string) *syntax.Chunk {
	if c, ok := s.chunks[name]; ok {
		return c
	}
	if s.options.Chunk != nil {
		return s.options.Chunk(name)
	}
	return nil
}

// Call runs fn under ctx and an instruction budget (0 is Limits.Load) and
// returns nret results; lua.MultRet returns all. The error is a *scriptError,
// or the context's cause when that ended it. A call from within a call, by a
// Go function that the script called, spends what the outer one has left.
func (s *State) Call(ctx context.Context, most int64, fn *lua.LFunction, nret int, args ...lua.LValue) ([]lua.LValue, error) {
	if most <= 0 {
		most = s.limits.Load
	}
	defer s.meter.begin(ctx)()
	if s.Broken != nil {
		return nil, s.Broken
	}
	if s.running > 0 {
		return s.protect(s.L, fn, nret, args)
	}
	s.meter.refill(budget{most, "load"}, most)
	s.running++
	s.last, s.rows = nil, false
	defer func() { s.running-- }()
	return s.pcall(s.L, fn, nret, args)
}

// Begin prepares calls of Invoke for the rows of a batch under ctx, each with the
// given budget (0 is Limits.Row) and all together with that of the batch, until
// end is called.
func (s *State) Begin(ctx context.Context, row int64) (end func()) {
	if row <= 0 {
		row = s.limits.Row
	}
	s.row, s.batch, s.rows = row, s.limits.Batch, true
	return s.meter.begin(ctx)
}

// refillRow gives the budget of a row, or what the batch has left of its own.
func (s *State) refillRow() {
	if s.row <= s.batch {
		s.meter.refill(budget{s.row, "row"}, s.row)
		return
	}
	s.meter.refill(budget{s.limits.Batch, "batch"}, s.batch)
}

// Renew gives the running Invoke its budgets anew, as if it had begun now.
func (s *State) Renew() {
	s.batch = s.limits.Batch
	s.refillRow()
}

// Invoke calls fn with one argument for one result, without an allocation of
// its own. begin was called before. The error is as that of call.
func (s *State) Invoke(fn *lua.LFunction, arg lua.LValue) (lua.LValue, error) {
	if s.Broken != nil {
		return lua.LNil, s.Broken
	}
	s.refillRow()
	s.running++
	s.last = nil
	s.L.Push(fn)
	s.L.Push(arg)
	err := guarded(s.L, 1, 1)
	s.running--
	s.batch -= s.meter.used()
	if err != nil {
		return lua.LNil, s.failure(err)
	}
	result := s.L.Get(-1)
	s.L.Pop(1)
	return result, nil
}

// pcall calls fn on the thread L, which must not be running Lua code with open
// upvalues: an error closes them all.
func (s *State) pcall(L *lua.LState, fn lua.LValue, nret int, args []lua.LValue) ([]lua.LValue, error) {
	base := L.GetTop()
	L.Push(fn)
	for _, a := range args {
		L.Push(a)
	}
	if err := guarded(L, len(args), nret); err != nil {
		L.SetTop(base)
		return nil, s.failure(err)
	}
	out := make([]lua.LValue, 0, L.GetTop()-base)
	for i := base + 1; i <= L.GetTop(); i++ {
		out = append(out, L.Get(i))
	}
	L.SetTop(base)
	return out, nil
}
