package record

import (
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"io"
	"sync"
)

// ErrDamaged says that what a Codec reads is not what it wrote.
var ErrDamaged = errors.New("the stored batch is damaged")

// Codec writes batches of one schema and reads them back with everything that
// belongs to them: values, undecoded fields with their flags, source texts and
// origins. Decoders and sources are remembered in memory, so only the Codec
// that wrote a batch can read it: the form is for temporary files of a process.
// It may be used by several goroutines.
type Codec struct {
	schema   *Schema
	decoders table[Decoder]
	sources  table[*Source]
	buffers  sync.Pool // of *[]byte
}

// NewCodec makes a codec for batches with the columns of schema.
func NewCodec(schema *Schema) *Codec { return &Codec{schema: schema} }

// A stored batch is the length of its body, the body's checksum and the body.
const headerSize = 12

// Write writes one batch by one call of w.Write.
func (c *Codec) Write(w io.Writer, b *Batch) error {
	if err := NewBatch(c.schema, b.n, b.Columns, b.Lineage).Check(); err != nil {
		return err
	}
	buffer, _ := c.buffers.Get().(*[]byte)
	if buffer == nil {
		buffer = new([]byte)
	}
	defer c.buffers.Put(buffer)
	e := encoder{codec: c, out: append((*buffer)[:0], make([]byte, headerSize)...)}
	if err := e.batch(b); err != nil {
		return err
	}
	*buffer = e.out
	body := e.out[headerSize:]
	binary.LittleEndian.PutUint64(e.out, uint64(len(body)))
	binary.LittleEndian.PutUint32(e.out[8:], checksum(body))
	_, err := w.Write(e.out)
	return err
}

// Read reads the next batch. The error is io.EOF behind the last one and wraps
// ErrDamaged where the bytes are not those that were written.
func (c *Codec) Read(r io.Reader) (*Batch, error) {
	var header [headerSize]byte
	if _, err := io.ReadFull(r, header[:]); err != nil {
		return nil, damagedAtEnd(err)
	}
	body, err := readBody(r, binary.LittleEndian.Uint64(header[:]))
	if err != nil {
		return nil, err
	}
	if checksum(body) != binary.LittleEndian.Uint32(header[8:]) {
		return nil, fmt.Errorf("%w: wrong checksum", ErrDamaged)
	}
	d := decoder{codec: c, rest: body}
	b := d.batch()
	if d.bad || len(d.rest) > 0 {
		return nil, fmt.Errorf("%w: no batch of columns %s", ErrDamaged, c.schema)
	}
	return b, nil
}

// readBody reads size bytes. The memory grows with what is there, so that a
// damaged size does not take it all.
func readBody(r io.Reader, size uint64) ([]byte, error) {
	const step = 1 << 20
	body := make([]byte, 0, min(size, step))
	for uint64(len(body)) < size {
		more := min(size-uint64(len(body)), max(step, uint64(len(body))))
		start := len(body)
		body = append(body, make([]byte, more)...)
		if _, err := io.ReadFull(r, body[start:]); err != nil {
			return nil, damagedAtEnd(noEOF(err))
		}
	}
	return body, nil
}

// noEOF is for the middle of a batch, where no end may come.
func noEOF(err error) error {
	if err == io.EOF {
		return io.ErrUnexpectedEOF
	}
	return err
}

func damagedAtEnd(err error) error {
	if errors.Is(err, io.ErrUnexpectedEOF) {
		return fmt.Errorf("%w: it ends early", ErrDamaged)
	}
	return err
}

func checksum(b []byte) uint32 { return crc32.Checksum(b, crc32.MakeTable(crc32.Castagnoli)) }

// table numbers things in the order in which they come.
type table[T comparable] struct {
	mu     sync.Mutex
	number map[T]uint64
	items  []T
}

func (t *table[T]) put(x T) uint64 {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n, ok := t.number[x]; ok {
		return n
	}
	if t.number == nil {
		t.number = map[T]uint64{}
	}
	n := uint64(len(t.items))
	t.number[x], t.items = n, append(t.items, x)
	return n
}

func (t *table[T]) get(n uint64) (x T, ok bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if n >= uint64(len(t.items)) {
		return x, false
	}
	return t.items[n], true
}

// partFlags say which parts of a column are stored.
type partFlags byte

const (
	hasRaw partFlags = 1 << iota
	hasOwn
	hasValues // of all rows
	hasSet    // values of the rows in own
	hasText
)

// lineageForm says how the origins are stored.
type lineageForm byte

const (
	noLineage    lineageForm = iota
	rowsInOrder              // source, first row, part
	rowsPicked               // source, first row, part, offsets
	rowsAnywhere             // source, row and part of each
)
