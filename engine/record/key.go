package record

import (
	"encoding/binary"
	"math"
)

// The first byte of a key says what follows it. Other values follow a byte
// that is their kind.
const (
	keyNull  = byte(Null)
	keyInt   = byte(Int)   // every number that an int64 holds
	keyUint  = byte(Uint)  // whole numbers beyond
	keyFloat = byte(Float) // other numbers that a float64 holds
	// DecimalOf stands before all other numbers.
)

// AppendKey appends a key of row i of a vector of kind k. Keys of two rows are
// equal if and only if the values are: NULL equals only NULL, -0 equals 0, all
// NaN are equal, and numbers are equal when they mean the same number, also
// across kinds and columns. Keys may be put one behind the other, since each
// tells where it ends. Their order means nothing.
func (v *Vector) AppendKey(dst []byte, k Kind, i int) []byte {
	if v.Nulls.Get(i) {
		return append(dst, keyNull)
	}
	switch k {
	case String, Bytes, JSON:
		return appendTextKey(dst, k, v.Strings[i])
	case Int, Date, Time, Datetime, Timestamp, Interval:
		return appendFixedKey(dst, byte(k), uint64(v.Ints[i]))
	case Uint:
		return appendUintKey(dst, v.Uints[i])
	case Float:
		return appendFloatKey(dst, v.Floats[i])
	case Bool:
		return appendBoolKey(dst, v.Bools[i])
	case DecimalOf:
		return appendDecimalKey(dst, v.Decimals[i])
	}
	return appendValueKey(dst, v.Values[i])
}

func appendValueKey(dst []byte, v Value) []byte {
	switch v.kind {
	case Null:
		return append(dst, keyNull)
	case String, Bytes, JSON:
		return appendTextKey(dst, v.kind, v.str)
	case Uint:
		return appendUintKey(dst, v.num)
	case Float:
		return appendFloatKey(dst, v.Float())
	case Bool:
		return appendBoolKey(dst, v.num != 0)
	case DecimalOf:
		return appendDecimalKey(dst, v.Decimal())
	case ListOf:
		return appendListKey(dst, v.Items())
	case Struct, MapOf:
		return appendEntriesKey(dst, v)
	}
	return appendFixedKey(dst, byte(v.kind), v.num)
}

func appendTextKey(dst []byte, k Kind, s string) []byte {
	dst = binary.AppendUvarint(append(dst, byte(k)), uint64(len(s)))
	return append(dst, s...)
}

func appendFixedKey(dst []byte, tag byte, n uint64) []byte {
	return binary.LittleEndian.AppendUint64(append(dst, tag), n)
}

func appendUintKey(dst []byte, n uint64) []byte {
	if n <= math.MaxInt64 {
		return appendFixedKey(dst, keyInt, n)
	}
	return appendFixedKey(dst, keyUint, n)
}

func appendFloatKey(dst []byte, f float64) []byte {
	switch {
	case f != math.Trunc(f): // NaN too
	case -(1<<63) <= f && f < 1<<63:
		return appendFixedKey(dst, keyInt, uint64(int64(f)))
	case 0 < f && f < 1<<64:
		return appendFixedKey(dst, keyUint, uint64(f))
	}
	if f != f {
		f = math.NaN()
	}
	return appendFixedKey(dst, keyFloat, math.Float64bits(f))
}

func appendDecimalKey(dst []byte, d Decimal) []byte {
	if n, ok := d.Int64(); ok {
		return appendFixedKey(dst, keyInt, uint64(n))
	}
	if n, ok := d.Uint64(); ok {
		return appendFixedKey(dst, keyUint, n)
	}
	if d.isFloat() {
		return appendFixedKey(dst, keyFloat, math.Float64bits(d.Float64()))
	}
	dst = append(dst, byte(DecimalOf), d.signScale())
	return binary.LittleEndian.AppendUint64(binary.LittleEndian.AppendUint64(dst, d.size.hi), d.size.lo)
}

func appendListKey(dst []byte, items []Value) []byte {
	dst = binary.AppendUvarint(append(dst, byte(ListOf)), uint64(len(items)))
	for _, item := range items {
		dst = appendValueKey(dst, item)
	}
	return dst
}

func appendEntriesKey(dst []byte, v Value) []byte {
	dst = binary.AppendUvarint(append(dst, byte(v.kind)), uint64(len(v.Entries())))
	for _, e := range v.comparedEntries() {
		dst = appendValueKey(appendTextKey(dst, String, e.Name), e.Value)
	}
	return dst
}

func appendBoolKey(dst []byte, b bool) []byte {
	if b {
		return append(dst, byte(Bool), 1)
	}
	return append(dst, byte(Bool), 0)
}
