package value

import (
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"

	lua "github.com/yuin/gopher-lua"

	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
)

// The limits of nested values that scripts make. A table that holds another one
// many times over is small in Lua and large outside of it.
const (
	maxNesting = 100
	maxItems   = 1 << 20
	maxBytes   = 64 << 20
)

// ItemError says that a part of a table is no value of records.
type ItemError struct {
	Path   string // as items[2].price, from 1; "" for the table itself
	Reason string
}

func (e *ItemError) Error() string {
	if e.Path == "" {
		return e.Reason
	}
	return e.Path + ": " + e.Reason
}

// FromLua is a Lua value as a value of records, on the way to type t, which
// record.Coerce then gives it: t decides what the value alone does not tell, as
// whether an empty table is a list. Without it, in any and json, a table is a
// list when etl.array made it or when it has items, else a map. Nil and etl.null
// are NULL. The error is an *ItemError.
func FromLua(v lua.LValue, t record.Type) (record.Value, error) {
	return FromLuaCounted(v, t, func(int) {})
}

// FromLuaCounted is FromLua, and tells count of each value, before it goes on, how many bytes
// its text has.
func FromLuaCounted(v lua.LValue, t record.Type, count func(bytes int)) (record.Value, error) {
	r := reader{count: count}
	return r.value(v, t)
}

// reader reads one value.
type reader struct {
	count func(bytes int)
	open  []*lua.LTable // the tables around the value
	items int           // read in all
	bytes int           // of all texts inside of tables
}

// Errors without a place: the value that was one too many means nothing.
var (
	errTooMany = errors.New("the tables hold one another so often that there are more than a million values")
	errTooLong = errors.New("the texts in the table have more than 64 MiB together")
)

func refusal(format string, args ...any) error {
	return &ItemError{Reason: fmt.Sprintf(format, args...)}
}

// inside is an error of a part of a table, with the part's place in front.
func inside(err error, place string) error {
	e, ok := err.(*ItemError)
	if !ok {
		return err
	}
	if e.Path != "" && e.Path[0] != '[' {
		place += "."
	}
	return &ItemError{Path: place + e.Path, Reason: e.Reason}
}

func (r *reader) value(v lua.LValue, t record.Type) (record.Value, error) {
	if r.items++; r.items > maxItems {
		return record.Value{}, errTooMany
	}
	text, _ := v.(lua.LString)
	r.count(len(text))
	if IsNull(v) {
		return record.Value{}, nil
	}
	if t.Kind == record.JSON {
		return r.json(v)
	}
	switch x := v.(type) {
	case lua.LString:
		if r.bytes += len(x); r.bytes > maxBytes && len(r.open) > 0 {
			return record.Value{}, errTooLong
		}
		if t.Kind == record.Bytes {
			return record.TextValue(record.Bytes, string(x)), nil
		}
		return record.StringValue(string(x)), nil
	case lua.LNumber:
		return number(x, t)
	case lua.LBool:
		return record.BoolValue(bool(x)), nil
	case *lua.LTable:
		return r.table(x, t)
	}
	if own, ok := Record(v); ok {
		return own, nil
	}
	return record.Value{}, refusal("%s is no value", Describe(v))
}

// number is a plain number: an int where that loses nothing.
func number(n lua.LNumber, t record.Type) (record.Value, error) {
	whole, ok := wholeNumber(n)
	switch {
	case ok && (whole != 0 || !math.Signbit(float64(n))):
		return record.IntValue(whole), nil
	case !ok && t.Kind == record.DecimalOf:
		return record.Value{}, refusal(`the number %[1]s is not exact: write etl.decimal("%[1]s")`, PlainText(n))
	}
	return record.FloatValue(float64(n)), nil
}

// json is a value as a JSON text.
func (r *reader) json(v lua.LValue) (record.Value, error) {
	x, err := r.value(v, record.Of(record.Any))
	if err != nil {
		return record.Value{}, err
	}
	text, err := jsonvalue.Append(nil, x)
	if err != nil {
		return record.Value{}, refusal("%s", err)
	}
	return record.TextValue(record.JSON, string(text)), nil
}

func (r *reader) table(t *lua.LTable, want record.Type) (record.Value, error) {
	switch {
	case slices.Contains(r.open, t):
		return record.Value{}, refusal("the table contains itself")
	case len(r.open) == maxNesting:
		return record.Value{}, refusal("tables nest more than %d deep", maxNesting)
	}
	r.open = append(r.open, t)
	defer func() { r.open = r.open[:len(r.open)-1] }()
	if isList(t, want) {
		return r.list(t, want)
	}
	return r.entries(t, want)
}

// isList reports whether a table on the way to a type is a list.
func isList(t *lua.LTable, want record.Type) bool {
	switch want.Kind {
	case record.ListOf:
		return true
	case record.Struct, record.MapOf:
		return IsArray(t) // which the type then refuses
	}
	return IsArray(t) || t.RawGetInt(1) != lua.LNil
}

func (r *reader) list(t *lua.LTable, want record.Type) (record.Value, error) {
	elem := record.Of(record.Any)
	if want.Kind == record.ListOf {
		elem = *want.Elem
	}
	var items []record.Value
	for i := 1; ; i++ {
		v := t.RawGetInt(i)
		if v == lua.LNil {
			break
		}
		x, err := r.value(v, elem)
		if err != nil {
			return record.Value{}, inside(err, "["+strconv.Itoa(i)+"]")
		}
		items = append(items, x)
	}
	if size(t) != len(items) {
		return record.Value{}, surplusKey(t, len(items))
	}
	return record.ListValue(items), nil
}

// surplusKey is the error of a key that does not belong to a list of n items.
func surplusKey(t *lua.LTable, n int) error {
	k, _ := t.Next(lua.LNil)
	for isIndex(k, n) {
		k, _ = t.Next(k)
	}
	if i, ok := k.(lua.LNumber); ok && i > lua.LNumber(n) && i == lua.LNumber(math.Trunc(float64(i))) {
		return refusal("a list has no gaps: item %d is missing, which etl.null can fill", n+1)
	}
	return refusal("a list has items only, not the key %s", quotedKey(k))
}

// isIndex reports whether a key is a whole number from 1 to n.
func isIndex(k lua.LValue, n int) bool {
	i, ok := k.(lua.LNumber)
	whole, ok2 := wholeNumber(i)
	return ok && ok2 && 1 <= whole && whole <= int64(n)
}

func quotedKey(k lua.LValue) string {
	if s, ok := k.(lua.LString); ok {
		return strconv.Quote(shortened(string(s)))
	}
	return PlainText(k)
}

func (r *reader) entries(t *lua.LTable, want record.Type) (record.Value, error) {
	var entries []record.Entry
	for k, v := t.Next(lua.LNil); k != lua.LNil; k, v = t.Next(k) {
		name, ok := k.(lua.LString)
		if !ok {
			return record.Value{}, refusal("the key %s is no text: use tostring(key), or number the items from 1", quotedKey(k))
		}
		r.count(len(name))
		if r.bytes += len(name); r.bytes > maxBytes {
			return record.Value{}, errTooLong
		}
		x, err := r.value(v, entryType(want, string(name)))
		if err != nil {
			return record.Value{}, inside(err, shortened(string(name)))
		}
		entries = append(entries, record.Entry{Name: string(name), Value: x})
	}
	return record.MapValue(entries), nil
}

// entryType is the type of a named part of a value of type t.
func entryType(t record.Type, name string) record.Type {
	switch t.Kind {
	case record.MapOf:
		return *t.Elem
	case record.Struct:
		for _, f := range t.Fields {
			if f.Name == name {
				return f.Type
			}
		}
	}
	return record.Of(record.Any)
}
