package row

import (
	"context"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"pgregory.net/rapid"

	"github.com/etlscript/etlscript/engine/record"
)

func numberBatch(from, n int) *record.Batch {
	schema := record.NewSchema(record.Field{Name: "n", Type: record.Of(record.Int)})
	v := record.NewVector(record.Int, n)
	for i := range n {
		v.Ints[i] = int64(from + i)
	}
	return record.NewBatch(schema, n, []*record.Column{record.NewColumn(record.Of(record.Int), n, v)}, record.Lineage{})
}

// TestSpoolProperty pushes and pulls in any order and compares with a list.
func TestSpoolProperty(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	rapid.Check(t, func(rt *rapid.T) {
		ctx := context.Background()
		s := newSpool(in(dir), numberBatch(0, 1).Schema, rapid.IntRange(1, 3).Draw(rt, "memory"))
		var want []int64
		next := 0
		pull := func() {
			p, err := s.pull(ctx)
			if err != nil {
				rt.Fatal(err)
			}
			v, err := p.batch.Columns[0].Decode()
			if err != nil || !slices.Equal(v.Ints, want[:p.batch.Len()]) || p.place.pos != v.Ints[0] {
				rt.Fatalf("pulled %v at %d, want %v, error %v", v.Ints, p.place.pos, want[:p.batch.Len()], err)
			}
			want = want[p.batch.Len():]
		}
		for range rapid.IntRange(0, 60).Draw(rt, "steps") {
			if len(want) > 0 && rapid.Bool().Draw(rt, "pull") {
				pull()
				continue
			}
			n := rapid.IntRange(1, 4).Draw(rt, "rows")
			if err := s.push(ctx, packet{batch: numberBatch(next, n), place: place{pos: int64(next)}}); err != nil {
				rt.Fatal(err)
			}
			for range n {
				want = append(want, int64(next))
				next++
			}
		}
		s.close()
		for len(want) > 0 {
			pull()
		}
		if _, err := s.pull(ctx); !errors.Is(err, io.EOF) {
			rt.Fatal(err)
		}
		if err := s.release(); err != nil {
			rt.Fatal(err)
		}
	})
	if left, err := os.ReadDir(dir); err != nil || len(left) > 0 {
		t.Errorf("%d files are left, error %v", len(left), err)
	}
}

// A spool takes any number of rows while nobody pulls, and its file is used
// again once the taker has caught up.
func TestSpoolOverflows(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	s := newSpool(in(t.TempDir()), numberBatch(0, 1).Schema, 2)
	size := int64(0)
	for round := range 3 {
		for i := range 100 {
			if err := s.push(ctx, packet{batch: numberBatch(i, 10)}); err != nil {
				t.Fatal(err)
			}
		}
		f, err := s.file.Stat()
		if err != nil || f.Size() == 0 || round > 0 && f.Size() != size {
			t.Fatalf("round %d: %d bytes, before %d, error %v", round, f.Size(), size, err)
		}
		size = f.Size()
		for range 100 {
			if _, err := s.pull(ctx); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := s.release(); err != nil {
		t.Fatal(err)
	}
}

func TestSpoolWaits(t *testing.T) {
	t.Parallel()
	s := newSpool(in(t.TempDir()), numberBatch(0, 1).Schema, 1)
	ctx, cancel := context.WithCancelCause(context.Background())
	go func() {
		for i := range 50 {
			if err := s.push(ctx, packet{batch: numberBatch(i, 1)}); err != nil {
				cancel(err)
			}
		}
		s.close()
	}()
	n := 0
	for {
		p, err := s.pull(ctx)
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			t.Fatal(err)
		}
		n += p.rows()
	}
	if n != 50 {
		t.Errorf("%d rows", n)
	}
	empty := newSpool(in(t.TempDir()), numberBatch(0, 1).Schema, 1)
	cause := errors.New("over")
	cancel(cause)
	if _, err := empty.pull(ctx); !errors.Is(err, cause) {
		t.Error(err)
	}
	if err := errors.Join(s.release(), empty.release()); err != nil {
		t.Error(err)
	}
}

func TestSpoolWithoutDirectory(t *testing.T) {
	t.Parallel()
	s := newSpool(in(filepath.Join(t.TempDir(), strconv.Itoa(os.Getpid()))), numberBatch(0, 1).Schema, 1)
	ctx := context.Background()
	if err := s.push(ctx, packet{batch: numberBatch(0, 1)}); err != nil {
		t.Fatal(err)
	}
	if err := s.push(ctx, packet{batch: numberBatch(1, 1)}); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("error %v", err)
	}
}

// in is a folder that is there.
func in(dir string) func() (string, error) { return func() (string, error) { return dir, nil } }
