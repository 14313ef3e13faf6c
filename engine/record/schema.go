package record

import (
	"slices"
	"strings"
)

// Field is a named column type.
type Field struct {
	Name string
	Type Type
}

// Schema is the columns of a stream, in order. It never changes once made.
type Schema struct {
	fields []Field
	open   bool
	index  map[string]int
}

// NewSchema makes a schema; names must be unique.
func NewSchema(fields ...Field) *Schema {
	s := &Schema{fields: slices.Clip(fields), index: make(map[string]int, len(fields))}
	for i, f := range fields {
		s.index[f.Name] = i
	}
	return s
}

// NewOpenSchema makes a schema of which only some columns are known: before
// its source was opened, a stream may have more of them, in unknown order.
func NewOpenSchema(fields ...Field) *Schema {
	s := NewSchema(fields...)
	s.open = true
	return s
}

// Open reports whether there may be columns besides the known ones.
func (s *Schema) Open() bool { return s.open }

// Len is the number of known columns.
func (s *Schema) Len() int { return len(s.fields) }

// Field is column i.
func (s *Schema) Field(i int) Field { return s.fields[i] }

// Fields are the known columns; the caller must not change them.
func (s *Schema) Fields() []Field { return s.fields }

// Index is the place of the named column, -1 if it is not known.
func (s *Schema) Index(name string) int {
	if i, ok := s.index[name]; ok {
		return i
	}
	return -1
}

// Has reports whether the named column is known.
func (s *Schema) Has(name string) bool { return s.Index(name) >= 0 }

// Names are the names of the known columns.
func (s *Schema) Names() []string {
	names := make([]string, len(s.fields))
	for i, f := range s.fields {
		names[i] = f.Name
	}
	return names
}

// With is the schema with the fields added at the end, or replaced in place
// where a column of that name exists.
func (s *Schema) With(fields ...Field) *Schema {
	all := slices.Clone(s.fields)
	for _, f := range fields {
		if i := slices.IndexFunc(all, func(g Field) bool { return g.Name == f.Name }); i >= 0 {
			all[i] = f
		} else {
			all = append(all, f)
		}
	}
	out := NewSchema(all...)
	out.open = s.open
	return out
}

// Equal reports whether two schemas have the same columns in the same order.
func (s *Schema) Equal(t *Schema) bool {
	return s.open == t.open && slices.EqualFunc(s.fields, t.fields, func(a, b Field) bool {
		return a.Name == b.Name && a.Type.Equal(b.Type)
	})
}

// String is the schema as "name type, name type"; an open one ends in "...".
func (s *Schema) String() string {
	parts := make([]string, 0, len(s.fields)+1)
	for _, f := range s.fields {
		parts = append(parts, f.Name+" "+f.Type.String())
	}
	if s.open {
		parts = append(parts, "...")
	}
	return strings.Join(parts, ", ")
}
