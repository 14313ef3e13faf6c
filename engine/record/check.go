package record

import "fmt"

// Check reports the first way in which the batch breaks its promises: a column
// for each field, of the field's type, with as many rows as the batch. It is
// for tests and for the borders where foreign code hands over batches.
func (b *Batch) Check() error {
	if len(b.Columns) != b.Schema.Len() {
		return fmt.Errorf("batch: %d columns under a schema of %d", len(b.Columns), b.Schema.Len())
	}
	for i, c := range b.Columns {
		f := b.Schema.Field(i)
		if !c.Type.Equal(f.Type) {
			return fmt.Errorf("batch: column %q is a %s, its schema says %s", f.Name, c.Type, f.Type)
		}
		if err := c.check(b.n); err != nil {
			return fmt.Errorf("batch: column %q: %w", f.Name, err)
		}
	}
	return b.Lineage.check(b.n)
}

func (c *Column) check(n int) error {
	v := c.given()
	switch {
	case c.n != n:
		return fmt.Errorf("%d rows in a batch of %d", c.n, n)
	case c.raw != nil && c.raw.Len() != n:
		return fmt.Errorf("%d raw fields for %d rows", c.raw.Len(), n)
	case c.text != nil && len(c.text) != n:
		return fmt.Errorf("%d source texts for %d rows", len(c.text), n)
	case c.raw == nil && v == nil:
		return fmt.Errorf("neither values nor raw fields")
	case c.own.Any() && v == nil:
		return fmt.Errorf("rows without a field have no values")
	case v == nil:
		return nil
	}
	return v.check(c.Type.Kind, n)
}

func (v *Vector) check(k Kind, n int) error {
	have := 0
	switch k {
	case String, Bytes, JSON:
		have = len(v.Strings)
	case Int, Date, Time, Datetime, Timestamp, Interval:
		have = len(v.Ints)
	case Uint:
		have = len(v.Uints)
	case Float:
		have = len(v.Floats)
	case Bool:
		have = len(v.Bools)
	case DecimalOf:
		have = len(v.Decimals)
	default:
		have = len(v.Values)
	}
	if have != n {
		return fmt.Errorf("%d values for %d rows", have, n)
	}
	if v.Nulls != nil && len(v.Nulls) < (n+63)/64 {
		return fmt.Errorf("the NULL bits of %d rows are short", n)
	}
	return nil
}

func (l Lineage) check(n int) error {
	if l.mixed != nil && len(l.mixed) != n {
		return fmt.Errorf("batch: %d origins for %d rows", len(l.mixed), n)
	}
	if l.mixed == nil && l.rows != nil && len(l.rows) != n {
		return fmt.Errorf("batch: %d source rows for %d rows", len(l.rows), n)
	}
	return nil
}
