package record

import (
	"encoding/base64"
	"math"
	"unicode/utf8"
)

// appendJSON appends a value as compact JSON: NULL as null, decimals and
// integers with all their digits, times as ISO strings, bytes in base64.
//
// It refuses nothing. NaN, infinite floats and strings that are no UTF-8 stay
// as they are, so that who reads the text notices them; engine/jsonvalue
// refuses them.
func appendJSON(dst []byte, v Value) []byte {
	switch v.kind {
	case Null:
		return append(dst, "null"...)
	case Int, Uint, Float, Bool, DecimalOf, JSON:
		return AppendValue(dst, v)
	case String:
		return appendQuoted(dst, v.str)
	case Bytes:
		dst = base64.StdEncoding.AppendEncode(append(dst, '"'), []byte(v.str))
		return append(dst, '"')
	case ListOf:
		dst = append(dst, '[')
		for i, item := range v.Items() {
			dst = appendJSON(appendComma(dst, i), item)
		}
		return append(dst, ']')
	case Struct, MapOf:
		dst = append(dst, '{')
		for i, e := range v.Entries() {
			dst = append(appendQuoted(appendComma(dst, i), e.Name), ':')
			dst = appendJSON(dst, e.Value)
		}
		return append(dst, '}')
	}
	return append(AppendValue(append(dst, '"'), v), '"')
}

// appendComma appends what stands before item i.
func appendComma(dst []byte, i int) []byte {
	if i > 0 {
		return append(dst, ',')
	}
	return dst
}

func appendQuoted(dst []byte, s string) []byte {
	const hex = "0123456789abcdef"
	dst = append(dst, '"')
	for i := range len(s) {
		switch c := s[i]; {
		case c == '"' || c == '\\':
			dst = append(dst, '\\', c)
		case c == '\n':
			dst = append(dst, '\\', 'n')
		case c == '\r':
			dst = append(dst, '\\', 'r')
		case c == '\t':
			dst = append(dst, '\\', 't')
		case c == '\b':
			dst = append(dst, '\\', 'b')
		case c == '\f':
			dst = append(dst, '\\', 'f')
		case c < ' ':
			dst = append(dst, '\\', 'u', '0', '0', hex[c>>4], hex[c&15])
		default:
			dst = append(dst, c)
		}
	}
	return append(dst, '"')
}

// checkJSON says why a value cannot be written as JSON.
func checkJSON(v Value) error {
	switch f := v.Float(); {
	case v.kind == Float && (f != f || math.IsInf(f, 0)):
		return errJSONNumber
	case v.kind == String && !utf8.ValidString(v.str):
		return errUTF8
	}
	for _, item := range v.Items() {
		if err := checkJSON(item); err != nil {
			return err
		}
	}
	for _, e := range v.Entries() {
		if !utf8.ValidString(e.Name) {
			return errUTF8
		}
		if err := checkJSON(e.Value); err != nil {
			return err
		}
	}
	return nil
}
