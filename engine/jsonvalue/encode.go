package jsonvalue

import (
	"encoding/base64"
	"fmt"
	"math"
	"strconv"
	"strings"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/etlscript/etlscript/engine/record"
)

// Append appends a value as JSON, compact: NULL as null, numbers with all their
// digits, times as ISO strings, bytes as base64. A JSON text stays as it is, but
// for blanks where it has several lines. NaN and infinite numbers are
// ErrNumber, invalid UTF-8 is ErrUTF8, a name twice ErrTwice, and nesting
// beyond MaxDepth ErrDepth.
func Append(dst []byte, v record.Value) ([]byte, error) {
	return appendDeep(dst, v, 0)
}

func appendDeep(dst []byte, v record.Value, depth int) ([]byte, error) {
	switch v.Kind() {
	case record.Null:
		return append(dst, "null"...), nil
	case record.Int, record.Uint, record.Bool, record.DecimalOf:
		return record.AppendValue(dst, v), nil
	case record.Float:
		return appendFloat(dst, v.Float())
	case record.String:
		return AppendString(dst, v.Str())
	case record.Bytes:
		dst = append(dst, '"')
		dst = base64.StdEncoding.AppendEncode(dst, []byte(v.Str()))
		return append(dst, '"'), nil
	case record.JSON:
		return AppendText(dst, v.Str())
	case record.ListOf:
		return appendList(dst, v.Items(), depth+1)
	case record.Struct, record.MapOf:
		return appendObject(dst, v.Entries(), depth+1)
	}
	dst = append(dst, '"')
	dst = record.AppendValue(dst, v)
	return append(dst, '"'), nil
}

func appendFloat(dst []byte, f float64) ([]byte, error) {
	if math.IsNaN(f) || math.IsInf(f, 0) {
		return dst, fmt.Errorf("%w: %s is no number in JSON", ErrNumber, strconv.FormatFloat(f, 'g', -1, 64))
	}
	return record.AppendFloat(dst, f), nil
}

// AppendText appends a JSON text as it stands; one of several lines without its
// blanks, so that it fits in a line. The error is that of Valid.
func AppendText(dst []byte, text string) ([]byte, error) {
	if err := Valid(text); err != nil {
		return dst, err
	}
	if !strings.ContainsAny(text, "\r\n") {
		return append(dst, text...), nil
	}
	return jsontext.AppendFormat(dst, text, jsontext.PreserveRawStrings(true))
}

func appendList(dst []byte, items []record.Value, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return dst, ErrDepth
	}
	dst = append(dst, '[')
	for i, x := range items {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = appendDeep(dst, x, depth); err != nil {
			return dst, err
		}
	}
	return append(dst, ']'), nil
}

func appendObject(dst []byte, entries []record.Entry, depth int) ([]byte, error) {
	if depth > MaxDepth {
		return dst, ErrDepth
	}
	if twice, ok := duplicate(entries); ok {
		return dst, fmt.Errorf("%w: %q", ErrTwice, twice)
	}
	dst = append(dst, '{')
	for i, e := range entries {
		if i > 0 {
			dst = append(dst, ',')
		}
		var err error
		if dst, err = AppendString(dst, e.Name); err != nil {
			return dst, err
		}
		if dst, err = appendDeep(append(dst, ':'), e.Value, depth); err != nil {
			return dst, err
		}
	}
	return append(dst, '}'), nil
}

// duplicate is a name that stands twice, and whether there is one.
func duplicate(entries []record.Entry) (string, bool) {
	seen := make(map[string]bool, len(entries))
	for _, e := range entries {
		if seen[e.Name] {
			return e.Name, true
		}
		seen[e.Name] = true
	}
	return "", false
}
