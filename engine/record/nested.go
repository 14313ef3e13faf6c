package record

import (
	"cmp"
	"slices"
	"strings"
)

// Entry is a named value of a struct or a map.
type Entry struct {
	Name  string
	Value Value
}

// nested is what a list, struct or map holds.
type nested struct {
	items   []Value
	entries []Entry
}

// ListValue is a list, which owns its items from then on. A NULL item is the
// zero Value.
func ListValue(items []Value) Value { return Value{kind: ListOf, nested: &nested{items: items}} }

// StructValue is a struct with its entries in order, which it owns from then
// on.
func StructValue(entries []Entry) Value {
	return Value{kind: Struct, nested: &nested{entries: entries}}
}

// MapValue is a map, which owns its entries from then on. No two have one name.
// Their order is kept, but means nothing.
func MapValue(entries []Entry) Value {
	return Value{kind: MapOf, nested: &nested{entries: entries}}
}

// Items are the values in a list; the caller must not change them.
func (v Value) Items() []Value {
	if v.nested == nil {
		return nil
	}
	return v.nested.items
}

// Entries are the values in a struct or map; the caller must not change them.
func (v Value) Entries() []Entry {
	if v.nested == nil {
		return nil
	}
	return v.nested.entries
}

// Clone is the value with text of its own, for whoever keeps it for long: it
// then pins no block of a source in memory.
func (v Value) Clone() Value {
	v.str = strings.Clone(v.str)
	if v.nested == nil {
		return v
	}
	copied := nested{items: slices.Clone(v.nested.items), entries: slices.Clone(v.nested.entries)}
	for i, item := range copied.items {
		copied.items[i] = item.Clone()
	}
	for i, e := range copied.entries {
		copied.entries[i] = Entry{strings.Clone(e.Name), e.Value.Clone()}
	}
	v.nested = &copied
	return v
}

// Bytes is about how much memory the value takes beside itself.
func (v Value) Bytes() int64 {
	const valueSize, entrySize = 48, 64
	total := int64(len(v.str))
	for _, item := range v.Items() {
		total += valueSize + item.Bytes()
	}
	for _, e := range v.Entries() {
		total += entrySize + int64(len(e.Name)) + e.Value.Bytes()
	}
	return total
}

// byName are the entries in the order of their names, which is what makes maps
// with equal entries equal.
func byName(entries []Entry) []Entry {
	compare := func(a, b Entry) int { return cmp.Compare(a.Name, b.Name) }
	if slices.IsSortedFunc(entries, compare) {
		return entries
	}
	return slices.SortedFunc(slices.Values(entries), compare)
}

// comparedEntries are the entries of a struct or map in the order in which they
// are compared.
func (v Value) comparedEntries() []Entry {
	if v.kind == MapOf {
		return byName(v.Entries())
	}
	return v.Entries()
}
