package record

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Kind is the sort of a value or column.
type Kind uint8

// The kinds. Null is the kind of a missing value, never of a column; Any is
// the kind of a column whose values differ in kind, never of a value.
const (
	Null      Kind = iota
	String         // text, UTF-8 expected but not enforced
	Int            // 64-bit signed
	Uint           // 64-bit unsigned
	Float          // IEEE 754 double
	Bool           //
	DecimalOf      // decimal(p,s): exact, see the type Decimal
	Date           // days since 1970-01-01
	Time           // microseconds since midnight
	Datetime       // microseconds since 1970-01-01T00:00:00, without a zone
	Timestamp      // an instant: microseconds since 1970-01-01T00:00:00Z
	Interval       // microseconds
	Bytes          // octets
	ListOf         // list(T)
	Struct         // struct{name: T, ...}
	MapOf          // map(T), keys are strings
	JSON           // a JSON text, undecoded
	Any            // typed by value
)

var kindNames = [...]string{
	"null", "string", "int", "uint", "float", "bool", "decimal", "date", "time", "datetime",
	"timestamp", "interval", "bytes", "list", "struct", "map", "json", "any",
}

func (k Kind) String() string {
	if int(k) < len(kindNames) {
		return kindNames[k]
	}
	return "kind" + strconv.Itoa(int(k))
}

// Type is the type of a column. The zero Type stands for one that is not known
// yet, since a source was not opened; complete schemas have none.
type Type struct {
	Kind      Kind
	Precision int     // digits of a decimal, 1 to 38
	Scale     int     // digits behind the point of a decimal
	Elem      *Type   // of a list or map
	Fields    []Field // of a struct
}

// Of is the plain type of a kind.
func Of(k Kind) Type { return Type{Kind: k} }

// Known reports whether the type is known.
func (t Type) Known() bool { return t.Kind != Null }

// Equal reports whether two types are the same.
func (t Type) Equal(u Type) bool {
	if t.Kind != u.Kind || t.Precision != u.Precision || t.Scale != u.Scale || len(t.Fields) != len(u.Fields) {
		return false
	}
	if (t.Elem == nil) != (u.Elem == nil) || t.Elem != nil && !t.Elem.Equal(*u.Elem) {
		return false
	}
	for i, f := range t.Fields {
		if f.Name != u.Fields[i].Name || !f.Type.Equal(u.Fields[i].Type) {
			return false
		}
	}
	return true
}

// String writes the type as scripts do: "decimal(12,2)", "list(int)".
func (t Type) String() string {
	switch t.Kind {
	case Null:
		return "unknown"
	case DecimalOf:
		return fmt.Sprintf("decimal(%d,%d)", t.Precision, t.Scale)
	case ListOf, MapOf:
		return fmt.Sprintf("%s(%s)", t.Kind, t.Elem)
	case Struct:
		fields := make([]string, len(t.Fields))
		for i, f := range t.Fields {
			fields[i] = f.Name + ": " + f.Type.String()
		}
		return "struct{" + strings.Join(fields, ", ") + "}"
	}
	return t.Kind.String()
}

// TypeNames are the words that ParseType takes, in the order of LANGUAGE.md.
func TypeNames() []string {
	return []string{
		"string", "int", "uint", "float", "bool", "decimal(p,s)", "date", "time", "datetime", "timestamp",
		"interval", "bytes", "list(T)", "struct{...}", "map(T)", "json", "any",
	}
}

// ParseType reads a type as scripts write it.
func ParseType(s string) (Type, error) {
	p := typeParser{rest: strings.TrimSpace(s)}
	t, err := p.parse()
	if err == nil && p.rest != "" {
		err = fmt.Errorf("%q behind the type", p.rest)
	}
	if err != nil {
		return Type{}, fmt.Errorf("type %q: %w", s, err)
	}
	return t, nil
}

type typeParser struct {
	rest  string
	depth int
}

// maxTypeDepth keeps hostile texts from taking the stack.
const maxTypeDepth = 100

func (p *typeParser) parse() (Type, error) {
	if p.depth++; p.depth > maxTypeDepth {
		return Type{}, fmt.Errorf("types nest at most %d deep", maxTypeDepth)
	}
	defer func() { p.depth-- }()
	word := p.word()
	switch word {
	case "decimal":
		return p.decimal()
	case "list", "map":
		return p.container(word)
	case "struct":
		return p.structure()
	}
	for k := String; k <= Any; k++ {
		if kindNames[k] == word {
			return Of(k), nil
		}
	}
	return Type{}, &UnknownTypeError{Word: word}
}

// UnknownTypeError says that a word names no type.
type UnknownTypeError struct{ Word string }

func (e *UnknownTypeError) Error() string { return fmt.Sprintf("%q is no type", e.Word) }

func (p *typeParser) decimal() (Type, error) {
	if !p.take('(') {
		return Type{}, fmt.Errorf("decimal wants precision and scale, as in decimal(12,2)")
	}
	precision, err := strconv.Atoi(p.word())
	if err != nil || precision < 1 || precision > 38 {
		return Type{}, fmt.Errorf("the precision of a decimal is 1 to 38")
	}
	scale := 0
	if p.take(',') {
		scale, err = strconv.Atoi(p.word())
		if err != nil || scale < 0 || scale > precision {
			return Type{}, fmt.Errorf("the scale of a decimal is 0 to its precision")
		}
	}
	if !p.take(')') {
		return Type{}, fmt.Errorf("missing )")
	}
	return Type{Kind: DecimalOf, Precision: precision, Scale: scale}, nil
}

func (p *typeParser) container(word string) (Type, error) {
	if !p.take('(') {
		return Type{}, fmt.Errorf("%s wants the type of its values, as in %s(int)", word, word)
	}
	elem, err := p.parse()
	if err != nil {
		return Type{}, err
	}
	if !p.take(')') {
		return Type{}, fmt.Errorf("missing )")
	}
	kind := ListOf
	if word == "map" {
		kind = MapOf
	}
	return Type{Kind: kind, Elem: &elem}, nil
}

func (p *typeParser) structure() (Type, error) {
	if !p.take('{') {
		return Type{}, fmt.Errorf("struct wants its fields, as in struct{a: int, b: string}")
	}
	t := Type{Kind: Struct}
	for !p.take('}') {
		name := p.word()
		if name == "" || !p.take(':') {
			return Type{}, fmt.Errorf("a field of a struct is written name: type")
		}
		elem, err := p.parse()
		if err != nil {
			return Type{}, err
		}
		if slices.ContainsFunc(t.Fields, func(f Field) bool { return f.Name == name }) {
			return Type{}, fmt.Errorf("a struct has one field %q", name)
		}
		t.Fields = append(t.Fields, Field{Name: name, Type: elem})
		if !p.take(',') && !strings.HasPrefix(p.rest, "}") {
			return Type{}, fmt.Errorf("missing } behind the fields")
		}
	}
	return t, nil
}

func (p *typeParser) word() string {
	p.rest = strings.TrimLeft(p.rest, " \t")
	n := strings.IndexFunc(p.rest, func(r rune) bool { return strings.ContainsRune("(){},: \t", r) })
	if n < 0 {
		n = len(p.rest)
	}
	word := p.rest[:n]
	p.rest = strings.TrimLeft(p.rest[n:], " \t")
	return word
}

func (p *typeParser) take(c byte) bool {
	p.rest = strings.TrimLeft(p.rest, " \t")
	if p.rest == "" || p.rest[0] != c {
		return false
	}
	p.rest = strings.TrimLeft(p.rest[1:], " \t")
	return true
}
