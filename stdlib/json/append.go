package json

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/stdlib/files"
)

// reopen copies the array that was under the output's name, but for its closing
// bracket and the space before it, and returns the number of its elements.
func reopen(out *files.Output, target op.Name) (int64, error) {
	elements, end, err := measure(out)
	if err != nil {
		var d *diag.Diagnostic
		if errors.As(err, &d) {
			return 0, d
		}
		return 0, diag.Errorf("json.append", target.Pos, "cannot append to %q, which is no JSON array: %w", target.Text, err).
			WithHint(`write elsewhere, or choose if_exists = "replace"`)
	}
	in, err := out.Existing()
	if err != nil {
		return 0, err
	}
	_, err = io.CopyN(out, in, end)
	return elements, errors.Join(err, in.Close())
}

// measure counts the elements of the array and the bytes up to the end of the
// last one, or up to the opening bracket's end.
func measure(out *files.Output) (elements, end int64, err error) {
	in, err := out.Existing()
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	d := json.NewDecoder(in)
	if open, err := d.Token(); err != nil || open != json.Delim('[') {
		return 0, 0, errors.Join(fmt.Errorf("it begins with %v", open), err)
	}
	end = d.InputOffset()
	var element json.RawMessage
	for d.More() {
		if err := d.Decode(&element); err != nil {
			return 0, 0, err
		}
		elements, end = elements+1, d.InputOffset()
	}
	if _, err := d.Token(); err != nil {
		return 0, 0, err
	}
	if _, err := d.Token(); err != io.EOF {
		return 0, 0, errors.Join(errors.New("something stands behind the array"), err)
	}
	return elements, end, nil
}

// endLine is the line end that the existing lines lack, if they do.
func endLine(out *files.Output) ([]byte, error) {
	in, err := out.Existing()
	if err != nil {
		return nil, err
	}
	last, err := in.LastByte()
	if err = errors.Join(err, in.Close()); err != nil || last == '\n' {
		return nil, err
	}
	return []byte{'\n'}, nil
}
