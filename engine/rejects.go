package engine

import (
	"encoding/csv"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/job"
	"github.com/etlscript/etlscript/engine/ledger"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/plan"
	"github.com/etlscript/etlscript/engine/record"
)

// RejectFile is a file of rows that a node refused.
type RejectFile struct {
	Node string
	Path string
	Rows int64
}

// rejectFiles writes the rejects of a run, one CSV file a node: the refused
// row's own columns, then those of job.RejectFields. Files are made when the
// first row comes.
type rejectFiles struct {
	dir   string
	mu    sync.Mutex
	nodes map[string]*rejectFile
	order []string
	rows  int64
}

type rejectFile struct {
	path   string
	f      *os.File
	w      *csv.Writer
	schema *record.Schema
	rows   int64
}

func newRejectFiles(dir string) *rejectFiles {
	return &rejectFiles{dir: dir, nodes: map[string]*rejectFile{}}
}

// add writes a refused row. schema is that of the rows that reach the node.
func (r *rejectFiles) add(node string, schema *record.Schema, x op.Rejected) error {
	r.mu.Lock()
	defer r.mu.Unlock()
	f, err := r.file(node, schema)
	if err != nil {
		return err
	}
	if err := f.w.Write(f.line(node, x)); err != nil {
		return fmt.Errorf("rejects of %s: %w", node, err)
	}
	f.rows++
	r.rows++
	return nil
}

func (r *rejectFiles) file(node string, schema *record.Schema) (*rejectFile, error) {
	if f, ok := r.nodes[node]; ok {
		return f, nil
	}
	if err := os.MkdirAll(r.dir, 0o755); err != nil {
		return nil, fmt.Errorf("rejects: %w", err)
	}
	path := filepath.Join(r.dir, r.fileName(node))
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("rejects: %w", err)
	}
	out := &rejectFile{path: path, f: f, w: csv.NewWriter(f), schema: schema}
	header := schema.Names()
	for _, field := range job.RejectFields() {
		header = append(header, field.Name)
	}
	r.nodes[node] = out
	r.order = append(r.order, node)
	return out, out.w.Write(header)
}

// fileName is the name of a node's file: its own name as far as that is fit for
// one, with its number in the order of first rejects where that is taken or cut.
func (r *rejectFiles) fileName(node string) string {
	const longest = 100
	name := plainName(node)
	taken := slices.ContainsFunc(r.order, func(other string) bool { return strings.EqualFold(plainName(other), name) })
	if taken || len(name) > longest {
		name = strings.ToValidUTF8(name[:min(len(name), longest)], "") + "-" + strconv.Itoa(len(r.order)+1)
	}
	return name + ".csv"
}

// plainName replaces the characters that some file system refuses.
func plainName(node string) string {
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, r) || r < ' ' {
			return '_'
		}
		return r
	}, node)
}

// line is the refused row: its own columns, empty where it could not be split,
// and why it was refused.
func (f *rejectFile) line(node string, x op.Rejected) []string {
	out := make([]string, f.schema.Len())
	if x.Batch != nil {
		for i, field := range f.schema.Fields() {
			if c := x.Batch.Column(field.Name); c != nil && !c.IsNull(x.Row) {
				out[i] = string(c.AppendText(nil, x.Row))
			}
		}
	}
	file, row := x.Origin.Place()
	return append(out, node, string(x.Code), x.Message, file, number(row), number(int64(x.Line)), x.Column, x.Value, x.Raw)
}

func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func (r *rejectFiles) total() int64 {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.rows
}

// flush makes the files durable.
func (r *rejectFiles) flush() error {
	r.mu.Lock()
	defer r.mu.Unlock()
	var errs []error
	for _, f := range r.nodes {
		f.w.Flush()
		errs = append(errs, f.w.Error(), f.f.Sync())
	}
	return errors.Join(errs...)
}

func (r *rejectFiles) close() error {
	err := r.flush()
	for _, f := range r.nodes {
		err = errors.Join(err, f.f.Close())
	}
	return err
}

// files are the files in order of their first row.
func (r *rejectFiles) files() []RejectFile {
	r.mu.Lock()
	defer r.mu.Unlock()
	var out []RejectFile
	for _, n := range r.order {
		out = append(out, RejectFile{Node: n, Path: r.nodes[n].path, Rows: r.nodes[n].rows})
	}
	return out
}

// rejecter takes the rejects of an attempt and stops it at the limit.
func (r *Run) rejecter(p *plan.Plan, book *ledger.Ledger) plan.Rejects {
	schemas := sync.OnceValue(func() map[string]*record.Schema {
		out := map[string]*record.Schema{}
		for _, n := range p.Nodes {
			out[n.Name()] = n.RejectSchema()
		}
		return out
	})
	return rejecter{run: r, schemas: schemas, book: book}
}

type rejecter struct {
	run     *Run
	schemas func() map[string]*record.Schema
	book    *ledger.Ledger
}

// Reject implements plan.Rejects.
func (r rejecter) Reject(node string, x op.Rejected) error {
	if err := r.run.dir.rejects.add(node, r.schemas()[node], x); err != nil {
		return err
	}
	limit := r.run.def.Settings.Limits.Rejects
	if read := totalRead(r.book); limit.Exceeded(r.run.dir.rejects.total(), read, false) {
		return r.run.tooManyRejects(limit, read)
	}
	return nil
}

func (r *Run) tooManyRejects(limit job.Rejects, read int64) *diag.Diagnostic {
	names := make([]string, 0, len(r.dir.rejects.files()))
	for _, f := range r.dir.rejects.files() {
		names = append(names, f.Path)
	}
	slices.Sort(names)
	return diag.Errorf("limit.rejects", r.def.Pos, "%w: %d of %d rows read, but limits.rejects is %s",
		job.ErrTooManyRejects, r.dir.rejects.total(), read, limit).
		WithHint("look at %s, or raise the limit", strings.Join(names, ", "))
}

// totalRead is the number of rows that all sources have read.
func totalRead(book *ledger.Ledger) int64 {
	var n int64
	for _, node := range book.Nodes {
		n += node.Get(ledger.Read)
	}
	return n
}
