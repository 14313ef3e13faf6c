package jsonvalue

import (
	"errors"
	"fmt"
	"io"

	"github.com/go-json-experiment/json/jsontext"
)

// What is wrong with a text or a value. Each Error wraps one of them.
var (
	// ErrSyntax is a text that is not JSON.
	ErrSyntax = errors.New("not JSON")
	// ErrTwice is an object with two entries of one name.
	ErrTwice = errors.New("a name twice in one object")
	// ErrUTF8 is text that is no UTF-8.
	ErrUTF8 = errors.New("bytes that are no UTF-8")
	// ErrDepth is a value that nests too deep.
	ErrDepth = fmt.Errorf("objects and arrays nested more than %d deep", MaxDepth)
	// ErrNumber is a number that JSON cannot carry or that no type holds.
	ErrNumber = errors.New("a number that no type holds")
)

// Error says where a text is not JSON that this package takes, and why.
type Error struct {
	Offset int64 // of the byte at fault, from 0
	Kind   error // ErrSyntax, ErrTwice, ErrUTF8, ErrDepth or ErrNumber
	Reason string
}

// Error implements error.
func (e *Error) Error() string { return e.Reason }

// Unwrap gives the kind of the error.
func (e *Error) Unwrap() error { return e.Kind }

func tooDeep(d *jsontext.Decoder) error {
	return &Error{Offset: d.InputOffset() - 1, Kind: ErrDepth, Reason: ErrDepth.Error()}
}

// Explain turns an error of a jsontext.Decoder into an *Error; another error
// stays as it is. At the end of a text io.EOF means that there is no value.
func Explain(err error) error {
	var s *jsontext.SyntacticError
	switch {
	case err == io.EOF:
		return &Error{Kind: ErrSyntax, Reason: "there is no value"}
	case !errors.As(err, &s):
		return err
	case errors.Is(s.Err, io.ErrUnexpectedEOF):
		return &Error{Offset: s.ByteOffset, Kind: ErrSyntax, Reason: "it ends in the middle of a value"}
	case errors.Is(s.Err, jsontext.ErrDuplicateName):
		return &Error{Offset: s.ByteOffset, Kind: ErrTwice, Reason: fmt.Sprintf("the name %q stands twice in one object", s.JSONPointer.LastToken())}
	case s.Err.Error() == "invalid UTF-8": // jsontext exports no error for it
		return &Error{Offset: s.ByteOffset, Kind: ErrUTF8, Reason: ErrUTF8.Error()}
	}
	return &Error{Offset: s.ByteOffset, Kind: ErrSyntax, Reason: s.Err.Error()}
}
