// Package values declares the components that change values or number rows:
// convert, fill_null, fill_down and row_number.
package values

import (
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/engine/record"
)

// unknown is a problem for each name that is no column.
func unknown(in *record.Schema, columns []op.Name) diag.List {
	var problems diag.List
	for _, n := range columns {
		if !in.Has(n.Text) && !in.Open() {
			problems = append(problems, op.UnknownColumn(in, n))
		}
	}
	return problems
}

// places are the places of columns in a complete schema.
func places(in *record.Schema, columns []op.Name) []int {
	out := make([]int, len(columns))
	for i, n := range columns {
		out[i] = in.Index(n.Text)
	}
	return out
}

// keyer makes keys of columns of rows. Without columns all rows have one.
type keyer struct {
	places []int
	kinds  []record.Kind
	values []*record.Vector
	buffer []byte
	held   int64 // about how many bytes the keys take that are held, and what belongs to them
}

// hold counts the last key, which is held from now on with something of that size.
func (k *keyer) hold(size int64) {
	const entry = 80 // of a map
	k.held += int64(len(k.buffer)) + entry + size
}

func newKeyer(in *record.Schema, columns []op.Name) *keyer {
	k := &keyer{places: places(in, columns)}
	for _, place := range k.places {
		k.kinds = append(k.kinds, in.Field(place).Type.Kind)
	}
	return k
}

// read makes ready for the keys of a batch.
func (k *keyer) read(b *record.Batch) error {
	k.values = k.values[:0]
	for _, place := range k.places {
		v, err := b.Columns[place].Decode()
		if err != nil {
			return err
		}
		k.values = append(k.values, v)
	}
	return nil
}

// key is the key of a row, until the next call.
func (k *keyer) key(row int) []byte {
	k.buffer = k.buffer[:0]
	for i, v := range k.values {
		k.buffer = v.AppendKey(k.buffer, k.kinds[i], row)
	}
	return k.buffer
}
