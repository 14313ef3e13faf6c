package record

// Vector is the decoded values of a column. Which slice holds them depends on
// the kind:
//
//	String, Bytes, JSON                             Strings
//	Int, Date, Time, Datetime, Timestamp, Interval  Ints
//	Uint                                            Uints
//	Float                                           Floats
//	Bool                                            Bools
//	DecimalOf                                       Decimals
//	Any, ListOf, Struct, MapOf                      Values
//
// A row that is in Nulls has the zero value in its slice.
type Vector struct {
	Nulls    Bits // the rows that are NULL; nil: none
	Ints     []int64
	Uints    []uint64
	Floats   []float64
	Strings  []string
	Bools    []bool
	Decimals []Decimal
	Values   []Value
}

// NewVector makes a vector with room for n values of a kind.
func NewVector(k Kind, n int) *Vector {
	v := &Vector{}
	switch k {
	case String, Bytes, JSON:
		v.Strings = make([]string, n)
	case Int, Date, Time, Datetime, Timestamp, Interval:
		v.Ints = make([]int64, n)
	case Uint:
		v.Uints = make([]uint64, n)
	case Float:
		v.Floats = make([]float64, n)
	case Bool:
		v.Bools = make([]bool, n)
	case DecimalOf:
		v.Decimals = make([]Decimal, n)
	default:
		v.Values = make([]Value, n)
	}
	return v
}

// SetNull makes row i of n NULL.
func (v *Vector) SetNull(i, n int) {
	if v.Nulls == nil {
		v.Nulls = NewBits(n)
	}
	v.Nulls.Set(i)
}

// IsNull reports whether row i is NULL.
func (v *Vector) IsNull(i int) bool { return v.Nulls.Get(i) }

// Value is row i as a value of the given kind.
func (v *Vector) Value(k Kind, i int) Value {
	if v.Nulls.Get(i) {
		return Value{}
	}
	switch k {
	case String, Bytes, JSON:
		return Value{kind: k, str: v.Strings[i]}
	case Int, Date, Time, Datetime, Timestamp, Interval:
		return Value{kind: k, num: uint64(v.Ints[i])}
	case Uint:
		return UintValue(v.Uints[i])
	case Float:
		return FloatValue(v.Floats[i])
	case Bool:
		return BoolValue(v.Bools[i])
	case DecimalOf:
		return DecimalValue(v.Decimals[i])
	}
	return v.Values[i]
}

// Set puts a value of the given column kind into row i of n. The value must
// be NULL or of that kind; Any takes every kind.
func (v *Vector) Set(k Kind, i, n int, x Value) {
	if x.IsNull() {
		v.SetNull(i, n)
		return
	}
	switch k {
	case String, Bytes, JSON:
		v.Strings[i] = x.str
	case Int, Date, Time, Datetime, Timestamp, Interval:
		v.Ints[i] = int64(x.num)
	case Uint:
		v.Uints[i] = x.num
	case Float:
		v.Floats[i] = x.Float()
	case Bool:
		v.Bools[i] = x.num != 0
	case DecimalOf:
		v.Decimals[i] = x.Decimal()
	default:
		v.Values[i] = x
	}
}

// reset is Set for a row that may hold a value already.
func (v *Vector) reset(k Kind, i, n int, x Value) {
	v.Nulls.Clear(i)
	if x.IsNull() && v.Values != nil {
		v.Values[i] = Value{}
	} else if x.IsNull() {
		v.Set(k, i, n, Value{kind: k})
	}
	v.Set(k, i, n, x)
}

// overlay takes the given rows from another vector.
func (v *Vector) overlay(k Kind, n int, rows Bits, from *Vector) {
	for i := range n {
		if rows.Get(i) {
			v.reset(k, i, n, from.Value(k, i))
		}
	}
}

// emptyVector is a vector of no rows with room for n to be pushed.
func emptyVector(k Kind, n int) *Vector {
	if k == String || k == Bytes || k == JSON {
		return &Vector{} // setStrings brings its own
	}
	v := NewVector(k, n)
	v.Ints, v.Uints, v.Floats = v.Ints[:0], v.Uints[:0], v.Floats[:0]
	v.Bools, v.Decimals, v.Values = v.Bools[:0], v.Decimals[:0], v.Values[:0]
	return v
}

// push adds a row of a kind; the NULL value adds a zero. Strings are left to
// setStrings.
func (v *Vector) push(k Kind, x Value) {
	switch k {
	case String, Bytes, JSON:
	case Int, Date, Time, Datetime, Timestamp, Interval:
		v.Ints = append(v.Ints, int64(x.num))
	case Uint:
		v.Uints = append(v.Uints, x.num)
	case Float:
		v.Floats = append(v.Floats, x.Float())
	case Bool:
		v.Bools = append(v.Bools, x.num != 0)
	case DecimalOf:
		v.Decimals = append(v.Decimals, x.Decimal())
	default:
		v.Values = append(v.Values, x)
	}
}

// pushNull adds a NULL as row i.
func (v *Vector) pushNull(k Kind, i int) {
	v.push(k, Value{})
	if v.Nulls == nil {
		v.Nulls = NewBits(i + 1)
	}
	v.Nulls = v.Nulls.grow(i + 1)
	v.Nulls.Set(i)
}

// setStrings gives the rows their strings.
func (v *Vector) setStrings(k Kind, from *texts) {
	switch k {
	case String, Bytes, JSON:
		v.Strings = from.strings()
	case Any:
		for i, s := range from.strings() {
			v.Values[i].str = s
		}
	}
}

// clone copies the vector, so that rows of the copy may be set.
func (v *Vector) clone() *Vector {
	return &Vector{
		Nulls: append(Bits(nil), v.Nulls...), Ints: append([]int64(nil), v.Ints...),
		Uints: append([]uint64(nil), v.Uints...), Floats: append([]float64(nil), v.Floats...),
		Strings: append([]string(nil), v.Strings...), Bools: append([]bool(nil), v.Bools...),
		Decimals: append([]Decimal(nil), v.Decimals...), Values: append([]Value(nil), v.Values...),
	}
}

// pick copies the given rows.
func (v *Vector) pick(rows []int32) *Vector {
	return &Vector{
		Nulls: v.Nulls.pick(rows), Ints: pickSlice(v.Ints, rows), Uints: pickSlice(v.Uints, rows),
		Floats: pickSlice(v.Floats, rows), Strings: pickSlice(v.Strings, rows),
		Bools: pickSlice(v.Bools, rows), Decimals: pickSlice(v.Decimals, rows), Values: pickSlice(v.Values, rows),
	}
}

func pickSlice[T any](s []T, rows []int32) []T {
	if s == nil {
		return nil
	}
	out := make([]T, len(rows))
	for i, r := range rows {
		out[i] = s[r]
	}
	return out
}
