package record

import (
	"bytes"
	"errors"
	"io"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"
)

func TestCodecGivesBackWhatItTook(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		schema := drawSchema(rt)
		codec := NewCodec(schema)
		var file bytes.Buffer
		batches := make([]*Batch, rapid.IntRange(0, 3).Draw(rt, "batches"))
		for i := range batches {
			batches[i] = drawBatch(rt, schema)
			if err := codec.Write(&file, batches[i]); err != nil {
				rt.Fatal(err)
			}
		}
		for _, want := range batches {
			got, err := codec.Read(&file)
			if err != nil {
				rt.Fatal(err)
			}
			sameBatch(t, rt, want, got)
		}
		if _, err := codec.Read(&file); err != io.EOF {
			rt.Fatalf("behind the last batch: %v, want EOF", err)
		}
	})
}

// sameBatch fails unless everything about two batches is equal.
func sameBatch(t testing.TB, rt *rapid.T, want, got *Batch) {
	t.Helper()
	if err := got.Check(); err != nil {
		rt.Fatal(err)
	}
	for i, c := range want.Columns {
		if c.vec.Load() == nil && got.Columns[i].vec.Load() != nil {
			rt.Fatalf("column %d was decoded on the way", i)
		}
	}
	wantCells, wantOrigins := seen(t, want)
	gotCells, gotOrigins := seen(t, got)
	if diff := cmp.Diff(wantCells, gotCells); diff != "" {
		rt.Fatalf("cells (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(wantOrigins, gotOrigins); diff != "" {
		rt.Fatalf("origins (-want +got):\n%s", diff)
	}
	for i, o := range wantOrigins {
		if o.Source != gotOrigins[i].Source {
			rt.Fatalf("row %d has an equal source, not the same", i)
		}
	}
}

func TestCodecNoticesDamage(t *testing.T) {
	t.Parallel()
	codec, whole := storedBatch(t)
	for at := range whole {
		damaged := bytes.Clone(whole)
		damaged[at] ^= 0x10
		if _, err := codec.Read(bytes.NewReader(damaged)); !errors.Is(err, ErrDamaged) {
			t.Errorf("byte %d flipped: %v, want ErrDamaged", at, err)
		}
	}
	for n := 1; n < len(whole); n++ {
		if _, err := codec.Read(bytes.NewReader(whole[:n])); !errors.Is(err, ErrDamaged) {
			t.Errorf("cut after %d bytes: %v, want ErrDamaged", n, err)
		}
	}
}

func storedBatch(t *testing.T) (*Codec, []byte) {
	t.Helper()
	schema := NewSchema(Field{"n", Of(Int)}, Field{"s", Of(String)})
	codec := NewCodec(schema)
	b := NewBatch(schema, 3, []*Column{
		Constant(Of(Int), 3, IntValue(-7)), Constant(Of(String), 3, StringValue("x")),
	}, FromSource(&Source{Name: "a"}, 1))
	var file bytes.Buffer
	if err := codec.Write(&file, b); err != nil {
		t.Fatal(err)
	}
	return codec, file.Bytes()
}

func TestCodecRefusesOtherColumns(t *testing.T) {
	t.Parallel()
	codec := NewCodec(NewSchema(Field{"n", Of(Int)}))
	other := NewSchema(Field{"n", Of(String)})
	b := NewBatch(other, 1, []*Column{Constant(Of(String), 1, StringValue("x"))}, Lineage{})
	if err := codec.Write(io.Discard, b); err == nil {
		t.Error("a batch with another schema was written")
	}
}

func TestCodecPassesOnWriteErrors(t *testing.T) {
	t.Parallel()
	schema := NewSchema()
	full := errors.New("disk full")
	err := NewCodec(schema).Write(writerFunc(func([]byte) (int, error) { return 0, full }), NewBatch(schema, 0, nil, Lineage{}))
	if !errors.Is(err, full) {
		t.Errorf("got %v, want %v", err, full)
	}
}

type writerFunc func([]byte) (int, error)

func (f writerFunc) Write(p []byte) (int, error) { return f(p) }

// A spool's writer and its readers share a codec.
func TestCodecIsSharedByGoroutines(t *testing.T) {
	t.Parallel()
	schema := NewSchema(Field{"n", Of(Int)})
	codec := NewCodec(schema)
	var wg sync.WaitGroup
	for range 4 {
		wg.Go(func() {
			source := &Source{Name: "own"}
			for i := range 50 {
				var file bytes.Buffer
				b := NewBatch(schema, 1, []*Column{Constant(Of(Int), 1, IntValue(int64(i)))}, FromSource(source, 5))
				if err := codec.Write(&file, b); err != nil {
					t.Error(err)
				}
				got, err := codec.Read(&file)
				if err != nil {
					t.Error(err)
					return
				}
				if v, _ := got.Columns[0].Value(0); v.Int() != int64(i) || got.Lineage.At(0).Source != source {
					t.Errorf("batch %d came back as %v of %v", i, v, got.Lineage.At(0))
				}
			}
		})
	}
	wg.Wait()
}
