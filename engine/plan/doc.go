// Package plan turns a checked definition into what an executor runs: the
// nodes that reach a sink, cut into stages, with the edges between them and the
// columns that each source is asked for. It opens nothing (invariant 8); Build
// gets the tables that the engine has opened, or none to explain a job.
//
// # Stages
//
// A stage is a head, then a chain of fused nodes. The head is a source, a
// queue, or a node that blocks or merges (join, aggregate, sort, union, some
// custom nodes). Behind it come the nodes that treat each row for itself
// (Parallel), which any number of workers run on different batches, and from
// the first node on that needs the rows in order (limit, sink, a function that
// writes captured variables) the rest (Ordered), run by one goroutine that
// takes the workers' results in the order of the input. Fused nodes hand
// batches on by a call; only between stages there is a queue. A node ends its
// stage when more than one consumer takes its rows, or one takes them from
// another port.
//
// # Queues and spools
//
// Stages run at the same time and a queue holds few batches: who gives waits
// for who takes. A node with several inputs reads one after the other (a join
// its right side first, a union in order), and an input that it reads later
// fills up meanwhile. That is harmless, unless whoever waits before the full
// queue is also needed for the input that is read now.
//
// An edge that its consumer reads later than another one is called late. The
// rule: a late edge is a queue if it is a bridge of the undirected multigraph
// of all edges, that is if the graph falls apart without it; otherwise it is a
// spool, which takes any number of batches (in memory, then in a file), so that
// nobody ever waits before it.
//
// Proof that no job comes to a standstill. Suppose that some stages wait for
// each other in a circle. A stage waits before a full queue for its consumer,
// or before an empty queue for its producer; so each wait lies on an edge, and
// the circle, made as short as possible, is a closed walk over edges of the
// undirected graph. It does not go back over the edge by which it came, since
// no queue is full and empty at once; so it contains a cycle of distinct edges,
// and none of these is a bridge. Since the graph of a job is acyclic, the circle
// cannot consist of waits of one sort only: somewhere a stage X, before whose
// full queue e another one waits, itself waits before an empty queue f. X reads
// f while e, still unread, is full: e is late. But e lies on a cycle, is no
// bridge, and therefore is a spool, which is never full. Contradiction. (A stage
// that reads e no more because it needs no further rows drains its inputs in
// the same order, so the argument covers it.)
//
// # State groups
//
// Functions that share a written variable form a group. They must see the
// rows one by one, in script order, so all nodes of a group must lie in one
// stage (else: diagnostic lua.group). There, single rows go through the span of
// nodes from the first to the last of the group.
//
// The package may import job, op, expr, record, ledger and diag.
package plan
