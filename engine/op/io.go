package op

import (
	"context"
	"io"

	"github.com/hashicorp/go-hclog"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/expr"
	"github.com/etlscript/etlscript/engine/record"
)

// Env is what the world outside gives to sources and sinks in a run.
type Env struct {
	Dir    string    // the script's folder; relative paths start here
	Stdin  io.Reader // "-" of a source
	Stdout io.Writer // "-" of a sink
	Log    hclog.Logger
	Access Access // what may be read and written; nil: everything
	// Temp is the folder for temporary files of the attempt, which it makes when it is
	// first called. The engine removes it.
	Temp func() (string, error)
}

// Access says which files a run may use. Sources and sinks of files ask it just
// before they open one.
type Access interface {
	// MayRead reports whether the file at the path may be read.
	MayRead(path string) bool
	// MayWrite reports whether the file at the path may be made or changed.
	MayWrite(path string) bool
}

// Source is a configured input. It is immutable and opens nothing until
// Resolve.
type Source interface {
	// Static is what is known of the columns before anything is opened:
	// usually an open schema with the pinned columns.
	Static() *record.Schema
	// Paths are the inputs as the script names them, for diagnostics and for
	// the check that a job does not read what it writes.
	Paths() []Name
	// Resolve opens the source so far that its columns are known, and returns
	// a table to read. Errors are diagnostics. The context bounds Resolve only.
	Resolve(ctx context.Context, env Env) (Table, error)
}

// Table is a source whose columns are known.
type Table interface {
	// Schema is complete.
	Schema() *record.Schema
	// Open starts reading from the beginning. ctx lives as long as the reader.
	Open(ctx context.Context, opts ReadOptions) (Reader, error)
	// Close frees what Resolve holds, whether Open was called or not.
	Close() error
}

// ReadOptions are what a plan wants of a reader.
type ReadOptions struct {
	// Used are the columns that some node looks at by name; AllUsed says that
	// any may be. With OnError Reject or ToNull, they and the pinned ones are
	// checked before a row is handed on, so that a row is rejected once.
	Used    []string
	AllUsed bool
	// Reject takes a row that the reader refuses.
	Reject func(Rejected) error
	// BatchRows is the most rows in a batch. Defaults to record.BatchRows.
	BatchRows int
	// Node is the name of the node that reads, and Fixed what stays the same during
	// the run.
	Node  string
	Fixed expr.Fixed
}

// Reader reads a table once. One goroutine uses it.
type Reader interface {
	// Read returns the next batch, never empty, or io.EOF behind the last.
	// The batch is the caller's; the reader never changes its memory again.
	Read(ctx context.Context) (*record.Batch, error)
	// RowsRead is the number of data rows found so far, rejected ones
	// included, counted where the rows are split.
	RowsRead() int64
	Close() error
}

// Rejected is a row that was refused.
type Rejected struct {
	Batch   *record.Batch // with the refused row at Row; nil if the row could not be split
	Row     int
	Code    diag.Code
	Message string
	Origin  record.Origin
	Line    int    // of the input file, 0 if unknown
	Column  string // to blame, if known
	Value   string // its value, if known
	Raw     string // the row's source text, if known
}

// Sink is a configured output. It is immutable and opens nothing until Open.
type Sink interface {
	// Target is the file that the sink writes, as the script names it; "" for none.
	Target() Name
	// Check reports every column that the sink cannot write. in may be open.
	Check(in *record.Schema) diag.List
	// Open starts an output that nobody sees yet. in is complete. ctx lives as
	// long as the writer.
	Open(ctx context.Context, env Env, in *record.Schema, opts WriteOptions) (Writer, error)
}

// WriteOptions are what a plan wants of a writer.
type WriteOptions struct {
	// Reject takes a row that the writer refuses; its batch is the one that
	// Write got. nil: a row that cannot be written is an error of Write. An
	// error of Reject ends Write with that error.
	Reject func(Rejected) error
	// Node is the name of the node that writes, and Fixed what stays the same during
	// the run.
	Node  string
	Fixed expr.Fixed
}

// Writer is an open output. One goroutine uses it. After Open exactly one of
// these ways is gone: Write*, Flush, Commit; or Abort at any time.
type Writer interface {
	// Write writes the rows of a batch and returns how many it has written,
	// counted row by row, rejected ones not included. It may keep the batch.
	Write(ctx context.Context, b *record.Batch) (rows int, err error)
	// Flush makes all that was written durable, still unseen.
	Flush(ctx context.Context) error
	// Commit puts the output under its final name (invariant 3).
	Commit() error
	// Abort removes what was written. It may be called after an error of any
	// of the others. The writers of a run are aborted in reverse order of
	// their opening, so that a folder is empty when its maker removes it.
	Abort() error
}

// Kernel is the work of a Custom node on batches.
type Kernel interface {
	// Process takes a batch of the numbered input, counted from 0.
	Process(ctx context.Context, input int, b *record.Batch, out Emitter) error
	// Finish is called once behind the last batch of every input.
	Finish(ctx context.Context, out Emitter) error
}

// Emitter takes what a kernel makes.
type Emitter interface {
	// Emit hands a batch to the main output.
	Emit(b *record.Batch) error
	// Reject refuses a row.
	Reject(r Rejected) error
}
