package json

import (
	"github.com/go-json-experiment/json/jsontext"

	"github.com/etlscript/etlscript/engine/jsonvalue"
	"github.com/etlscript/etlscript/engine/record"
)

// form is a way in which values of JSON stand.
type form uint8

// The forms.
const (
	stringForm form = 1 << iota
	numberForm
	boolForm
	nestedForm
)

func formOf(kind jsontext.Kind) form {
	switch kind {
	case jsontext.KindString:
		return stringForm
	case jsontext.KindNumber:
		return numberForm
	case jsontext.KindTrue, jsontext.KindFalse:
		return boolForm
	}
	return nestedForm
}

// evidence is what the values of a column tell about its type. null tells
// nothing.
type evidence struct {
	forms  form
	noDate bool // a string is no date
	// What the numbers are: whether they were written without point and
	// exponent, and which types hold them all without losing a digit.
	point, noInt, noUint, noFloat, noDecimal bool
	scale, whole                             int // digits behind the point and before it, at most
}

// add takes a value that is not null.
func (e *evidence) add(kind jsontext.Kind, text []byte) {
	f := formOf(kind)
	e.forms |= f
	switch {
	case f == stringForm && !e.noDate:
		_, err := inferredDate(string(text[1 : len(text)-1]))
		e.noDate = err != nil
	case f == numberForm && e.forms == numberForm:
		e.number(string(text))
	}
}

func (e *evidence) number(text string) {
	v, err := jsonvalue.Number(text)
	if err != nil {
		e.noInt, e.noUint, e.noFloat, e.noDecimal = true, true, true, true
		return
	}
	e.point = e.point || !jsonvalue.IsWhole(text)
	e.noInt = e.noInt || v.Kind() != record.Int
	e.noUint = e.noUint || v.Kind() != record.Uint && (v.Kind() != record.Int || v.Int() < 0)
	_, exact := jsonvalue.Float(text)
	e.noFloat = e.noFloat || !exact
	d, err := record.ParseDecimal(text)
	if err != nil {
		e.noDecimal = true
		return
	}
	precision, scale := d.Digits()
	e.scale, e.whole = max(e.scale, scale), max(e.whole, precision-scale)
	e.noDecimal = e.noDecimal || e.scale+e.whole > record.MaxDigits
}

// typ is the type that holds all values without losing anything.
func (e *evidence) typ() record.Type {
	switch {
	case e.forms == stringForm && !e.noDate:
		return record.Of(record.Date)
	case e.forms == stringForm:
		return record.Of(record.String)
	case e.forms == boolForm:
		return record.Of(record.Bool)
	case e.forms == numberForm:
		return e.numeric()
	}
	return record.Of(record.JSON)
}

func (e *evidence) numeric() record.Type {
	switch {
	case !e.noInt:
		return record.Of(record.Int)
	case !e.noUint:
		return record.Of(record.Uint)
	case e.point && !e.noFloat:
		return record.Of(record.Float)
	case !e.noDecimal:
		return record.Type{Kind: record.DecimalOf, Precision: record.MaxDigits, Scale: e.scale}
	}
	return record.Of(record.JSON)
}
