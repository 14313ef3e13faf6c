package lines

import (
	"slices"
	"strings"
	"unsafe"

	"github.com/etlscript/etlscript/engine/record"
	"github.com/etlscript/etlscript/stdlib/readopt"
)

// column decodes the fields of one column.
type column struct {
	readopt.Pin
	words  []string // that mean NULL
	toNull bool     // what does not decode is NULL
}

// canFail reports whether there are texts that do not decode.
func (c *column) canFail() bool { return c.Type.Kind != record.String && c.Type.Kind != record.Bytes }

// IsNull implements record.Decoder.
func (c *column) IsNull(f record.RawField) bool {
	return c.isNull(f) || c.toNull && c.check(f) != nil
}

func (c *column) isNull(f record.RawField) bool {
	return f.Flags&record.Missing != 0 || len(f.Bytes) == 0 && c.canFail() || slices.Contains(c.words, c.Text(f))
}

func (c *column) check(f record.RawField) error {
	_, err := c.Parse(c.Text(f))
	return err
}

// problem says what is wrong with a field; nil if nothing is.
func (c *column) problem(row int, f record.RawField) *record.ValueError {
	if c.isNull(f) {
		return nil
	}
	if err := c.check(f); err != nil {
		return c.valueError(row, f, err)
	}
	return nil
}

// Text implements record.Decoder. It shares the block's memory, which never changes.
func (c *column) Text(f record.RawField) string {
	return unsafe.String(unsafe.SliceData(f.Bytes), len(f.Bytes))
}

// Decode implements record.Decoder.
func (c *column) Decode(raw *record.Raw, v *record.Vector) error {
	n := raw.Len()
	for i := range n {
		f := raw.Field(i)
		if c.isNull(f) {
			v.SetNull(i, n)
			continue
		}
		x, err := c.Parse(c.Text(f))
		switch {
		case err == nil:
			v.Set(c.Type.Kind, i, n, x)
		case c.toNull:
			v.SetNull(i, n)
		default:
			return c.valueError(i, f, err)
		}
	}
	return nil
}

func (c *column) valueError(row int, f record.RawField, reason error) *record.ValueError {
	return &record.ValueError{Row: row, Value: strings.Clone(c.Text(f)), Want: c.Type, Reason: reason.Error()}
}

var _ record.Decoder = (*column)(nil)
