package record

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestParseTypePrintsTheSame(t *testing.T) {
	t.Parallel()
	tests := map[string]string{ // text: canonical text
		"string": "string", " int ": "int", "any": "any", "json": "json",
		"decimal(12,2)": "decimal(12,2)", "decimal( 38 , 38 )": "decimal(38,38)", "decimal(5)": "decimal(5,0)",
		"list(int)": "list(int)", "map(list(date))": "map(list(date))",
		"struct{a: int, b:string}":    "struct{a: int, b: string}",
		"struct{a: struct{b: bool}}":  "struct{a: struct{b: bool}}",
		"list(struct{ a : float , })": "list(struct{a: float})",
		"struct{}":                    "struct{}",
	}
	for text, want := range tests {
		got, err := ParseType(text)
		if err != nil {
			t.Errorf("%s: %v", text, err)
			continue
		}
		again, err := ParseType(got.String())
		if got.String() != want || err != nil || !again.Equal(got) {
			t.Errorf("%s: got %s, want %s; read again: %s, %v", text, got, want, again, err)
		}
	}
}

func TestParseTypeErrors(t *testing.T) {
	t.Parallel()
	tests := map[string]string{
		"":                       `type "": "" is no type`,
		"null":                   `type "null": "null" is no type`,
		"integer":                `type "integer": "integer" is no type`,
		"Int":                    `type "Int": "Int" is no type`,
		"int int":                `type "int int": "int" behind the type`,
		"decimal":                `type "decimal": decimal wants precision and scale, as in decimal(12,2)`,
		"decimal(39,0)":          `type "decimal(39,0)": the precision of a decimal is 1 to 38`,
		"decimal(x)":             `type "decimal(x)": the precision of a decimal is 1 to 38`,
		"decimal(3,4)":           `type "decimal(3,4)": the scale of a decimal is 0 to its precision`,
		"decimal(3,2":            `type "decimal(3,2": missing )`,
		"list":                   `type "list": list wants the type of its values, as in list(int)`,
		"map(int":                `type "map(int": missing )`,
		"list(foo)":              `type "list(foo)": "foo" is no type`,
		"struct":                 `type "struct": struct wants its fields, as in struct{a: int, b: string}`,
		"struct{a}":              `type "struct{a}": a field of a struct is written name: type`,
		"struct{a: foo}":         `type "struct{a: foo}": "foo" is no type`,
		"struct{a: int":          `type "struct{a: int": missing } behind the fields`,
		"struct{a: int b}":       `type "struct{a: int b}": missing } behind the fields`,
		"struct{a: int, a: int}": `type "struct{a: int, a: int}": a struct has one field "a"`,
	}
	for text, want := range tests {
		if _, err := ParseType(text); err == nil || err.Error() != want {
			t.Errorf("%s: got %v, want %s", text, err, want)
		}
	}
	deep := strings.Repeat("list(", 101)
	if _, err := ParseType(deep); err == nil || !strings.HasSuffix(err.Error(), "types nest at most 100 deep") {
		t.Errorf("101 lists: %v", err)
	}
	var unknown *UnknownTypeError
	if _, err := ParseType("list(foo)"); !errors.As(err, &unknown) || unknown.Word != "foo" {
		t.Errorf("got %v, want an UnknownTypeError of foo", err)
	}
}

func FuzzParseType(f *testing.F) {
	for _, name := range TypeNames() {
		f.Add(name)
	}
	f.Add("struct{a: list(decimal(3,2)), b: map(int)}")
	f.Fuzz(func(t *testing.T, s string) {
		got, err := ParseType(s)
		if err != nil {
			return
		}
		if again, err := ParseType(got.String()); err != nil || !again.Equal(got) {
			t.Fatalf("%q prints %q, which reads as %s, %v", s, got, again, err)
		}
	})
}

func TestTypeEqual(t *testing.T) {
	t.Parallel()
	texts := []string{"int", "uint", "decimal(3,2)", "decimal(3,1)", "decimal(4,2)", "list(int)", "list(uint)", "map(int)", "struct{a: int}", "struct{a: uint}", "struct{b: int}", "struct{a: int, b: int}"}
	for i, a := range texts {
		for j, b := range texts {
			ta, errA := ParseType(a)
			tb, errB := ParseType(b)
			if errA != nil || errB != nil {
				t.Fatal(errA, errB)
			}
			if ta.Equal(tb) != (i == j) {
				t.Errorf("%s and %s: Equal is %v", a, b, ta.Equal(tb))
			}
		}
	}
}

func TestKindNames(t *testing.T) {
	t.Parallel()
	if Null.String() != "null" || Any.String() != "any" || Kind(200).String() != "kind200" {
		t.Errorf("got %s, %s and %s", Null, Any, Kind(200))
	}
}

func TestSchema(t *testing.T) {
	t.Parallel()
	s := NewSchema(Field{"a", Of(Int)}, Field{"b", Of(String)})
	if s.Index("b") != 1 || s.Index("c") != -1 || !s.Has("a") || s.Has("c") || s.Len() != 2 || s.Open() {
		t.Error("columns are not found")
	}
	if diff := cmp.Diff([]string{"a", "b"}, s.Names()); diff != "" {
		t.Error(diff)
	}
	more := s.With(Field{"c", Of(Bool)}, Field{"a", Of(Float)})
	if got, want := more.String(), "a float, b string, c bool"; got != want {
		t.Errorf("With: %s, want %s", got, want)
	}
	if got, want := s.String(), "a int, b string"; got != want {
		t.Errorf("With changed its receiver to %s", got)
	}
	open := NewOpenSchema(s.Fields()...)
	if got, want := open.With(Field{"c", Of(Any)}).String(), "a int, b string, c any, ..."; got != want {
		t.Errorf("open: %s, want %s", got, want)
	}
	if s.Equal(open) || s.Equal(more) || !s.Equal(NewSchema(s.Fields()...)) {
		t.Error("Equal confuses schemas")
	}
}
