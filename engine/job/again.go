package job

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/retry"
)

// Retry is the retry policy of a job.
type Retry struct {
	Max        int64           `opt:"max" min:"0" doc:"number of retries after the first attempt"`
	MaxElapsed time.Duration   `opt:"max_elapsed" doc:"how long after the beginning of the first attempt another one may begin; no limit by default"`
	Backoff    component.Value `opt:"backoff" doc:"the delay before a retry: etl.backoff.*, a function or etl.script \"file.lua\"; default: exponential from 1s, at most 1m, with jitter"`
	On         Classes         `opt:"on" doc:"the classes of errors that are tried again; default: those that may go away by themselves (component, resource, system, network, timeout)"`
	When       component.Value `opt:"when" doc:"function that gets the failed attempt and says whether it is tried again, whatever its class"`
}

// Policy is the policy for those who carry it out.
func (r Retry) Policy() retry.Policy {
	p := retry.Policy{Max: int(r.Max), MaxElapsed: r.MaxElapsed, On: r.On}
	p.Backoff, _ = r.Backoff.X.(retry.Backoff)
	if p.Backoff == nil {
		p.Backoff = retry.Exponential{Base: time.Second, Max: time.Minute, Jitter: true}
	}
	p.When, _ = r.When.X.(retry.Judge)
	return p
}

// DecodeOption implements component.OptionDecoder.
func (r *Retry) DecodeOption(v component.Value) error {
	err := decodeInner("retry", r, v)
	if errors.Is(err, component.ErrWrongType) {
		return err
	}
	problems := diag.ListOf(err)
	if _, ok := r.Backoff.X.(retry.Backoff); !ok && r.Backoff.X != nil {
		problems = append(problems, diag.Errorf("option.type", r.Backoff.Pos, "option \"backoff\" of retry wants a back-off, not %s", r.Backoff.Describe()).
			WithHint("write for example backoff = etl.backoff.exponential { base = \"1s\" }, or a function that gives the seconds"))
	}
	if _, ok := r.When.X.(retry.Judge); !ok && r.When.X != nil {
		problems = append(problems, diag.Errorf("option.type", r.When.Pos, "option \"when\" of retry wants a function, not %s", r.When.Describe()))
	}
	return problems.Err()
}

// Classes are classes of errors.
type Classes []retry.Class

// DecodeOption implements component.OptionDecoder.
func (c *Classes) DecodeOption(v component.Value) error {
	t, ok := v.X.(*component.Table)
	if !ok || len(t.Entries) > 0 {
		return component.ErrWrongType
	}
	var problems diag.List
	for _, item := range t.List {
		word, _ := item.X.(string)
		if !slices.Contains(retry.Classes(), retry.Class(word)) {
			problems = append(problems, noClass(item, word))
		}
		*c = append(*c, retry.Class(word))
	}
	return problems.Err()
}

func noClass(item component.Value, word string) *diag.Diagnostic {
	var known []string
	for _, c := range retry.Classes() {
		known = append(known, string(c))
	}
	d := diag.Errorf("option.value", item.Pos, "%s is no class of errors", item.Describe())
	if d.Hint = diag.DidYouMean(word, known); d.Hint == "" {
		d.Hint = "the classes are " + strings.Join(known, ", ")
	}
	return d
}

// Want implements component.OptionDecoder.
func (*Classes) Want() string {
	return "a list of classes of errors such as { \"network\", \"timeout\" }"
}

// Want implements component.OptionDecoder.
func (*Retry) Want() string {
	return "a table such as { max = 3, backoff = etl.backoff.fixed { delay = \"1s\" } }"
}

// Conflict is what becomes of a run of a job that has as many as it may.
type Conflict string

// What may become of it.
const (
	Wait    Conflict = "queue"   // it waits
	Skip    Conflict = "skip"    // it is cancelled
	Replace Conflict = "replace" // the oldest of the others is cancelled
)

// Concurrency bounds the runs of a job that go on at once.
type Concurrency struct {
	Max        int64    `opt:"max" min:"1" doc:"how many runs of the job may go on at once; no limit by default"`
	OnConflict Conflict `opt:"on_conflict" enum:"queue,skip,replace" doc:"what becomes of a further one: it waits, it is cancelled, or the oldest of the others is; default: queue"`
}

// DecodeOption implements component.OptionDecoder.
func (c *Concurrency) DecodeOption(v component.Value) error {
	if err := decodeInner("concurrency", c, v); err != nil {
		return err
	}
	if c.Max == 0 {
		return diag.Errorf("option.missing", v.Pos, "concurrency does not say how many runs may go on at once").
			WithHint("write concurrency = { max = 1 }")
	}
	return nil
}

// Want implements component.OptionDecoder.
func (*Concurrency) Want() string { return "a table such as { max = 1, on_conflict = \"queue\" }" }

// Fallback is what is done where a job fails for good.
type Fallback struct {
	Strategy Strategy // a last attempt by another strategy; "" for none
	Job      string   // another job of the file; "" for none
	Pos      diag.Pos // of its name
}

// fallbackTable is how a script writes another job.
type fallbackTable struct {
	Job op.Name `opt:"job" required:"true" doc:"name of the job of the file that runs instead"`
}

// DecodeOption implements component.OptionDecoder.
func (f *Fallback) DecodeOption(v component.Value) error {
	switch x := v.X.(type) {
	case string:
		switch s := Strategy(x); s {
		case Row, Bulk, BigData:
			f.Strategy = s
			return nil
		}
		return fmt.Errorf("%q is no strategy; choose row, bulk or bigdata, or write { job = %q } for another job of the file", x, x)
	case *component.Table:
		var t fallbackTable
		err := component.DecodeTable("fallback", &t, v, v.Pos).Err()
		f.Job, f.Pos = t.Job.Text, t.Job.Pos
		return err
	}
	return component.ErrWrongType
}

// Want implements component.OptionDecoder.
func (*Fallback) Want() string { return "a strategy such as \"row\", or a job: { job = \"other\" }" }
