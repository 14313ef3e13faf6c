package row

import (
	"context"
	"slices"

	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// splitter gives each row to the port that a function names.
type splitter struct {
	function
	op    *op.Split
	named map[string]int // number of a port by its name
	rest  int            // of the port for all other names, -1 if there is none
	drops bool           // somebody takes the dropped rows
	to    [][]int32      // the rows of a batch by port; behind the ports, those that are dropped
}

func (r *run) newSplitter(n *plan.Node, o *op.Split, book *ledger.Node, worker *expr.Scope) (kernel, error) {
	made := record.NewSchema(record.Field{Name: "value", Type: record.Of(record.Any)})
	runner, err := r.openFunc(n, o.Func, o.Use(n.Inputs[0]), made, worker)
	s := &splitter{
		function: function{runner, o.OnError, book}, op: o, named: map[string]int{}, rest: o.Port(o.Rest.Text),
		drops: wants(n, job.PortDropped), to: make([][]int32, len(o.Ports)+1),
	}
	for i, p := range o.Ports {
		s.named[p.Text] = i
	}
	return s, err
}

func (s *splitter) process(ctx context.Context, b *record.Batch, out output) error {
	res, err := s.runner.Run(ctx, b)
	if err != nil {
		return err
	}
	names, err := res.Value.Decode()
	if err != nil {
		return err
	}
	failed := s.sort(b, names.Values, res)
	broken := s.failedRows(b, failed, out)
	for port, rows := range s.to {
		if given := s.hand(ctx, port, b, rows, out); err == nil {
			err = given
		}
	}
	if err != nil {
		return err
	}
	return broken
}

// sort puts the rows to their ports, up to the first failure where that ends the
// stream, and returns all failures in order.
func (s *splitter) sort(b *record.Batch, names []record.Value, res expr.Result) []expr.Failure {
	for i := range s.to {
		s.to[i] = s.to[i][:0]
	}
	var all []expr.Failure
	failed := res.Failed
	for row := range b.Len() {
		port := len(s.op.Ports)
		var bad *expr.Failure
		if len(failed) > 0 && failed[0].Row == row {
			bad, failed = &failed[0], failed[1:]
		} else if !names[row].IsNull() {
			port, bad = s.port(row, names[row])
		}
		if bad != nil {
			all = append(all, *bad)
			if s.onError == op.Fail {
				break
			}
			if s.onError == op.Reject {
				continue
			}
			port = len(s.op.Ports)
		}
		s.to[port] = append(s.to[port], int32(row))
	}
	return all
}

// port is the number of the port for a row.
func (s *splitter) port(row int, name record.Value) (int, *expr.Failure) {
	text, pos := record.FormatValue(name), s.op.Func.Info().Pos
	if name.Kind() != record.String {
		return 0, &expr.Failure{Row: row, Value: text, Err: s.op.NoName(name.Kind().String()+" "+text, pos)}
	}
	if i, ok := s.named[text]; ok {
		return i, nil
	}
	if s.rest >= 0 {
		return s.rest, nil
	}
	if s.op.Partial {
		return len(s.op.Ports), nil
	}
	return 0, &expr.Failure{Row: row, Value: text, Err: s.op.Unknown(text, pos)}
}

// hand counts the rows of a port and gives them to those who take it.
func (s *splitter) hand(ctx context.Context, port int, b *record.Batch, rows []int32, out output) error {
	if port == len(s.op.Ports) {
		s.book.Add(ledger.Dropped, int64(len(rows)))
		if !s.drops {
			return nil
		}
		return out.give(ctx, job.PortDropped, b.Select(slices.Clone(rows)))
	}
	s.book.Add(ledger.Port(port), int64(len(rows)))
	return out.give(ctx, job.SplitPort(s.op.Ports[port].Text), b.Select(slices.Clone(rows)))
}
