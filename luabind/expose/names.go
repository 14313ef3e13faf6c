package expose

import (
	"reflect"
	"slices"
	"strings"
	"unicode"
)

// tagName is the key of our struct tags.
const tagName = "etl"

// snake is a Go name as scripts write it: UserID is user_id, HTTPServer http_server.
func snake(name string) string {
	runes := []rune(name)
	var b strings.Builder
	for i, r := range runes {
		begins := unicode.IsUpper(r) && i > 0 &&
			(!unicode.IsUpper(runes[i-1]) || i+1 < len(runes) && unicode.IsLower(runes[i+1]))
		if begins && runes[i-1] != '_' {
			b.WriteByte('_')
		}
		b.WriteRune(unicode.ToLower(r))
	}
	return b.String()
}

// fieldName is the name of a field in scripts, "" if they do not see it.
func fieldName(f reflect.StructField) string {
	tag, tagged := f.Tag.Lookup(tagName)
	switch {
	case !f.IsExported() || tag == "-":
		return ""
	case tagged && tag != "":
		return tag
	}
	return snake(f.Name)
}

// fields are the visible fields of a struct type by name; those of embedded structs
// count as its own, as in Go.
func fields(t reflect.Type) map[string]reflect.StructField {
	out := map[string]reflect.StructField{}
	for _, f := range reflect.VisibleFields(t) {
		if name := fieldName(f); name != "" && !f.Anonymous && reachable(t, f.Index) {
			out[name] = f
		}
	}
	return out
}

// reachable reports whether no struct on the way to a field is hidden.
func reachable(t reflect.Type, index []int) bool {
	for _, i := range index[:len(index)-1] {
		for t.Kind() == reflect.Pointer {
			t = t.Elem()
		}
		f := t.Field(i)
		if f.Tag.Get(tagName) == "-" {
			return false
		}
		t = f.Type
	}
	return true
}

// methods are the visible methods of a type by name.
func methods(t reflect.Type) map[string]reflect.Method {
	denied := deniedMethods(t)
	out := map[string]reflect.Method{}
	for m := range t.Methods() {
		if !slices.Contains(denied, m.Name) {
			out[snake(m.Name)] = m
		}
	}
	return out
}

// deniedMethods are the methods that a struct type hides.
func deniedMethods(t reflect.Type) []string {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if t.Kind() != reflect.Struct {
		return nil
	}
	var out []string
	for f := range t.Fields() {
		if f.Name != "_" {
			continue
		}
		for part := range strings.SplitSeq(f.Tag.Get(tagName), ",") {
			if name, ok := strings.CutPrefix(strings.TrimSpace(part), "-"); ok {
				out = append(out, name)
			}
		}
	}
	return out
}
