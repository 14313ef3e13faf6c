package row

import (
	"context"
	"io"
	"sync/atomic"

	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// packet is what travels between stages: rows, or the news that the stream
// breaks off.
type packet struct {
	batch *record.Batch // nil: no rows
	fail  *failure      // not nil: the stream breaks off here; then there are no rows
	place place
}

// place is where a packet stands in the order of the run: behind how many
// blocking nodes, and at which row of its source.
type place struct {
	depth int
	pos   int64
}

func (p packet) rows() int {
	if p.batch == nil {
		return 0
	}
	return p.batch.Len()
}

// queue holds packets between two stages. One goroutine pushes, one pulls.
type queue interface {
	// push waits for room, at most until ctx ends.
	push(ctx context.Context, p packet) error
	// close says that no packet follows.
	close()
	// pull waits for the next packet; io.EOF behind the last.
	pull(ctx context.Context) (packet, error)
	// release frees what the queue holds outside of memory, when both ends
	// are done.
	release() error
}

// channel is a queue of few batches.
type channel chan packet

func (c channel) push(ctx context.Context, p packet) error {
	select {
	case c <- p:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (c channel) close() { close(c) }

func (c channel) pull(ctx context.Context) (packet, error) {
	select {
	case p, ok := <-c:
		if !ok {
			return packet{}, io.EOF
		}
		return p, nil
	case <-ctx.Done():
		return packet{}, context.Cause(ctx)
	}
}

func (channel) release() error { return nil }

// link is an edge between two stages at work.
type link struct {
	edge  *plan.Edge
	book  *ledger.Edge
	queue queue
	left  atomic.Bool // the taker wants no more rows
}

// send counts the rows at the giving end and puts them into the queue.
func (l *link) send(ctx context.Context, p packet) error {
	l.book.Send(int64(p.rows()))
	return l.queue.push(ctx, p)
}
