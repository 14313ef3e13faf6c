package rowfile_test

import (
	"bytes"
	"context"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/files"
	"github.com/etlscript/etlscript/stdlib/rowfile"
	"github.com/etlscript/etlscript/stdlib/rowfile/rowfiletest"
)

// plain writes the first column a line, and refuses the text "bad".
type plain struct{ batch *record.Batch }

func (p *plain) Begin(b *record.Batch) { p.batch = b }

func (p *plain) AppendRow(dst []byte, i int) ([]byte, *rowfile.Refusal) {
	dst = p.batch.Columns[0].AppendText(dst, i)
	if bytes.HasSuffix(dst, []byte("bad")) {
		return dst, &rowfile.Refusal{Code: "test.bad", Column: "a", Value: "bad", Message: "it is bad", Hint: "mend it"}
	}
	return append(dst, '\n'), nil
}

func (p *plain) AppendEnd(dst []byte) []byte { return append(dst, "end\n"...) }

func schema() *record.Schema {
	return record.NewSchema(record.Field{Name: "a", Type: record.Of(record.String)})
}

func batchOf(texts ...string) *record.Batch {
	rows := make([][]string, len(texts))
	for i, text := range texts {
		rows[i] = []string{text}
	}
	return rowfiletest.Raw(schema(), rows...)
}

func open(t *testing.T, out *strings.Builder, opts op.WriteOptions) *rowfile.Writer {
	t.Helper()
	target := op.Name{Text: files.Std, Pos: rowfiletest.At()}
	o, err := files.Create(op.Env{Stdout: out}, target, files.Replace)
	if err != nil {
		t.Fatal(err)
	}
	return rowfile.NewWriter(o, target, &plain{}, []byte("start\n"), opts)
}

func TestWriter(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	var rejected []op.Rejected
	w := open(t, &out, op.WriteOptions{Reject: func(r op.Rejected) error { rejected = append(rejected, r); return nil }})
	second := batchOf("bad", "d")
	for _, b := range []*record.Batch{batchOf("a", "b", "c"), second} {
		n, err := w.Write(t.Context(), b)
		if want := 3 - 2*len(rejected); err != nil || n != want {
			t.Errorf("wrote %d rows, want %d: %v", n, want, err)
		}
	}
	if err := errors.Join(w.Flush(t.Context()), w.Commit()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff("start\na\nb\nc\nd\nend\n", out.String()); diff != "" {
		t.Error(diff)
	}
	if len(rejected) != 1 || rejected[0].Batch != second || rejected[0].Row != 0 || rejected[0].Origin.Row != 1 || rejected[0].Code != "test.bad" {
		t.Errorf("rejected %+v", rejected)
	}
}

func TestWriterFails(t *testing.T) {
	t.Parallel()
	full := errors.New("too many rejects")
	tests := map[string]struct {
		opts op.WriteOptions
		want string
	}{
		"without rejects":   {op.WriteOptions{}, `job.lua:7:3: row 2 of in.csv, column "a": it is bad`},
		"when Reject fails": {op.WriteOptions{Reject: func(op.Rejected) error { return full }}, full.Error()},
	}
	for name, tt := range tests {
		var out strings.Builder
		w := open(t, &out, tt.opts)
		if n, err := w.Write(t.Context(), batchOf("a", "bad", "c")); n != 1 || err == nil || err.Error() != tt.want {
			t.Errorf("%s: wrote %d rows, error %v", name, n, err)
		}
		if err := w.Abort(); err != nil {
			t.Error(err)
		}
		if out.String() != "" {
			t.Errorf("%s: %q was written", name, out.String())
		}
	}
}

func TestWriterStopsWithItsContext(t *testing.T) {
	t.Parallel()
	var out strings.Builder
	w := open(t, &out, op.WriteOptions{})
	ctx, cancel := context.WithCancelCause(t.Context())
	cause := errors.New("enough")
	cancel(cause)
	if n, err := w.Write(ctx, batchOf("a")); n != 0 || err != cause {
		t.Errorf("wrote %d rows, error %v", n, err)
	}
	if err := w.Flush(ctx); err != cause {
		t.Errorf("flush: %v", err)
	}
}
