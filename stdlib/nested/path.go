package nested

import (
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
)

// path leads into nested values: names behind points, and places in brackets, from 0,
// as in order.items[0].price. Points, brackets and backslashes in a name have a
// backslash before them.
type path []step

// step is a name, or a place in a list.
type step struct {
	name  string
	index int
	place bool // it is a place
}

// Errors of texts that are no paths.
var (
	errEmptyName = errors.New("a name in it is empty")
	errPlace     = errors.New("a place is written [0]")
	errFirst     = errors.New("it begins with a place, not with a column")
	errBehind    = errors.New("behind a place stands a point, another place, or nothing")
	errBackslash = errors.New("a backslash stands before a point, a bracket or a backslash only")
)

// maxPlace bounds the places of paths, and with them the lists that unflatten makes.
const maxPlace = 1_000_000

// parsePath reads a path.
func parsePath(text string) (path, error) {
	var p path
	for rest := text; ; {
		name, behind, err := pathName(rest)
		if err != nil {
			return nil, err
		}
		p = append(p, step{name: name})
		if p, rest, err = pathPlaces(p, behind); err != nil {
			return nil, err
		}
		if rest == "" {
			return p, nil
		}
		if rest[0] != '.' {
			return nil, errBehind
		}
		rest = rest[1:]
	}
}

// pathName cuts a name off.
func pathName(text string) (name, rest string, err error) {
	var b strings.Builder
	i := 0
	for ; i < len(text) && text[i] != '.' && text[i] != '['; i++ {
		switch {
		case text[i] == ']':
			return "", "", errPlace
		case text[i] != '\\':
		case i+1 < len(text) && strings.IndexByte(`.[]\`, text[i+1]) >= 0:
			i++
		default:
			return "", "", errBackslash
		}
		b.WriteByte(text[i])
	}
	if b.Len() == 0 {
		if strings.HasPrefix(text, "[") {
			return "", "", errFirst
		}
		return "", "", errEmptyName
	}
	return b.String(), text[i:], nil
}

// pathPlaces cuts places in brackets off and adds them.
func pathPlaces(p path, text string) (path, string, error) {
	for strings.HasPrefix(text, "[") {
		digits, rest, ok := strings.Cut(text[1:], "]")
		n, err := strconv.Atoi(digits)
		if !ok || err != nil || n < 0 || n > maxPlace || digits != strconv.Itoa(n) {
			return nil, "", errPlace
		}
		p, text = append(p, step{index: n, place: true}), rest
	}
	return p, text, nil
}

func (s step) String() string {
	if s.place {
		return "[" + strconv.Itoa(s.index) + "]"
	}
	return escaped(s.name)
}

// escaped is a name as it stands in a path.
func escaped(name string) string {
	return strings.NewReplacer(`\`, `\\`, ".", `\.`, "[", `\[`, "]", `\]`).Replace(name)
}

func (p path) String() string {
	var b strings.Builder
	for i, s := range p {
		if i > 0 && !s.place {
			b.WriteByte('.')
		}
		b.WriteString(s.String())
	}
	return b.String()
}

// typeAt is the type of a part of values of a type.
func typeAt(t record.Type, p path) (record.Type, error) {
	for i, s := range p {
		switch {
		case !t.Known():
			return t, nil
		case t.Kind == record.JSON || t.Kind == record.Any:
			return record.Of(record.Any), nil
		case s.place && t.Kind == record.ListOf, !s.place && t.Kind == record.MapOf:
			t = *t.Elem
		case !s.place && t.Kind == record.Struct:
			f, err := fieldOf(t, s.name)
			if err != nil {
				return t, err
			}
			t = f.Type
		default:
			return t, fmt.Errorf("%s has no part %s: it is a column of the type %s", describe(p[:i]), s, t)
		}
	}
	return t, nil
}

// describe is how messages call the value that a part is taken of.
func describe(p path) string {
	if len(p) == 0 {
		return "the column"
	}
	return p.String()
}

func fieldOf(t record.Type, name string) (record.Field, error) {
	names := make([]string, len(t.Fields))
	for i, f := range t.Fields {
		if f.Name == name {
			return f, nil
		}
		names[i] = f.Name
	}
	return record.Field{}, fmt.Errorf("there is no %q in %s; %s", name, t, diag.DidYouMean(name, names))
}

// valueAt is the part of a value; NULL where a part on the way is missing or NULL. A
// part of a JSON text is what it means. The error says that a value on the way has no
// parts.
func valueAt(v record.Value, p path) (record.Value, error) {
	for _, s := range p {
		opened, err := open(v, s.place)
		if err != nil {
			return record.Value{}, err
		}
		if v = partOf(opened, s); v.IsNull() {
			return v, nil
		}
	}
	return meaning(v)
}

// meaning is a value, or what a JSON text without parts means: those with parts keep
// their text, digit for digit.
func meaning(v record.Value) (record.Value, error) {
	if v.Kind() != record.JSON || strings.HasPrefix(v.Str(), "{") || strings.HasPrefix(v.Str(), "[") {
		return v, nil
	}
	return jsonvalue.Decode(v.Str())
}

// partOf is the part of a list, struct or map for a step; NULL if there is none.
func partOf(v record.Value, s step) record.Value {
	if s.place {
		if items := v.Items(); s.index < len(items) {
			return items[s.index]
		}
		return record.Value{}
	}
	for _, e := range v.Entries() {
		if e.Name == s.name {
			return e.Value
		}
	}
	return record.Value{}
}

// open is a value as a list, or as a struct or map; JSON is read one level deep. NULL has
// neither.
func open(v record.Value, list bool) (record.Value, error) {
	wrong := errNoMap
	if list {
		wrong = errNoList
	}
	switch kind := v.Kind(); {
	case kind == record.JSON:
		return openJSON(v.Str(), list)
	case kind == record.Null, list && kind == record.ListOf, !list && (kind == record.MapOf || kind == record.Struct):
		return v, nil
	}
	return record.Value{}, wrong
}

// openJSON reads a JSON text, whose parts stay JSON.
func openJSON(text string, list bool) (record.Value, error) {
	part, kind, wrong := record.Of(record.JSON), record.MapOf, errNoMap
	if list {
		kind, wrong = record.ListOf, errNoList
	}
	v, err := jsonvalue.DecodeAs(text, record.Type{Kind: kind, Elem: &part})
	var bad *jsonvalue.Error
	switch {
	case err == nil:
		return v, nil
	case errors.As(err, &bad):
		return v, fmt.Errorf("it is no JSON: %w", err)
	}
	return v, wrong
}
