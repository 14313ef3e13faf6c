// Package row executes plans row by row, in memory that does not grow with the
// input: it streams batches through stages that run at the same time. Joins,
// aggregates and sorts keep what they need in memory.
//
// # How a stage runs
//
// The head makes packets; for each one a task goes to the workers and, in the
// same order, to the tail. Workers run the parallel nodes on whole batches; the
// tail takes the tasks in order, waits for each, runs the ordered nodes and hands
// the rows to the queues behind the stage. So the order of rows, of rejects and
// of failures is that of the input, for any number of workers. A worker that makes
// very many rows of a batch hands the task over in parts. With one worker the stage
// is one goroutine, doing the same.
//
// # How a stream ends early
//
// A failure travels in-band: a node that fails at some row first hands on the
// rows before it, then the stream breaks off. Whoever takes the stream passes
// the rows and then the failure on, up to a sink, which reports it. So a
// failure behind the last row that a limit wants is never seen, in whatever
// batches the rows come. After the first report the sources read on up to the
// place of the failure and stop; what is on the way drains through the stages.
// Of all failures that were found the first one is returned: by the number of
// blocking nodes that had to end before it, then by the place in the source,
// then by the order of nodes. (Sources that know nothing of each other are
// stopped at the same row number; behind a blocking node they are stopped at
// once, so there the one that is found first wins.)
//
// A stage that wants no more rows (its limit is reached, its stream broke off,
// all who took from it have left) leaves: whoever gives it rows may stop when
// all its takers have left. Until then the stage takes and discards.
//
// Failures of the executor itself (a spool that cannot be written, a panic) and
// the end of the context cancel everything at once.
//
// # Who counts what
//
// The harness around a node (books, step, link) counts rows where they pass it:
//
//	In        when the node takes a batch, with Received of the edge
//	Out       when the node hands a batch on
//	Sent      of each edge, when the batch is put into it
//	Rejected  when the reject was stored
//	Discarded when rows are taken that nobody wants any more
//
// The kernels count what they decide, row by row, and never from the counts
// of others: kept, dropped, pairs, matched, unmatched, merged, groups, discarded
// by a limit, received by a sink. What a source read is counted by its reader
// where it splits the rows. The laws of the operators tie the two together, so
// that a row that gets lost or doubled anywhere shows. Only one number is a
// difference: rows that a reader had split but not handed on when it was told to
// stop are discarded.
//
// The package may import plan, job, op, expr, record, ledger and diag.
package row
