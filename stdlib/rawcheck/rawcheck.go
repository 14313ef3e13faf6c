// Package rawcheck finds the fields of a raw batch that are no values of their
// columns' types, before a reader hands the rows on. It may import engine/record.
package rawcheck

import (
	"errors"
	"slices"

	"github.com/etlscript/etlscript/engine/record"
)

// Bad is a field that is not of its column's type.
type Bad struct {
	Row    int // in the batch
	Column int // of the table
	Err    *record.ValueError
}

// Problem says what is wrong with the field of a row; nil if nothing is.
type Problem func(column, row int, f record.RawField) *record.ValueError

// Find decodes the given columns. It returns the bad fields in the order of the
// rows: the first one of each column or, where problem is not nil, all of them,
// those behind the first as problem finds them.
func Find(b *record.Batch, columns []int, problem Problem) ([]Bad, error) {
	var bad []Bad
	for _, c := range columns {
		_, err := b.Columns[c].Decode()
		var first *record.ValueError
		if errors.As(err, &first) {
			bad = append(bad, Bad{first.Row, c, first})
			bad = appendBehind(bad, b, c, first.Row+1, problem)
		} else if err != nil {
			return nil, err
		}
	}
	slices.SortStableFunc(bad, func(x, y Bad) int { return x.Row - y.Row })
	return bad, nil
}

// appendBehind appends the bad fields of a column from a row on.
func appendBehind(bad []Bad, b *record.Batch, column, from int, problem Problem) []Bad {
	if problem == nil {
		return bad
	}
	raw := b.Columns[column].Raw()
	for i := from; i < b.Len(); i++ {
		if err := problem(column, i, raw.Field(i)); err != nil {
			bad = append(bad, Bad{i, column, err})
		}
	}
	return bad
}

// Without hands each row that has bad fields to reject, once, with the first of
// them, and returns the other rows. The bad fields are in the order of the rows.
func Without(b *record.Batch, bad []Bad, reject func(Bad) error) (*record.Batch, error) {
	keep := make([]int32, 0, b.Len())
	for i := range b.Len() {
		if len(bad) == 0 || bad[0].Row != i {
			keep = append(keep, int32(i))
			continue
		}
		if err := reject(bad[0]); err != nil {
			return nil, err
		}
		for len(bad) > 0 && bad[0].Row == i {
			bad = bad[1:]
		}
	}
	return b.Select(keep), nil
}

// Short is the error with a value that is short enough for a message.
func Short(err *record.ValueError) *record.ValueError {
	short := *err
	short.Value = Clip(short.Value)
	return &short
}

// Clip shortens a value for a message.
func Clip(s string) string {
	const most = 60
	if len(s) <= most {
		return s
	}
	return s[:most-3] + "..."
}
