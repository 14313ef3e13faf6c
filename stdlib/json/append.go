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
// bracket and the space before it, and returns the number of its elements and
// whether there was an array: a file of blanks is none.
func reopen(out *files.Output, target op.Name) (elements int64, found bool, err error) {
	elements, end, err := measure(out)
	if err != nil {
		return 0, false, notArray(target, err)
	}
	in, err := out.Existing()
	if err != nil {
		return 0, false, err
	}
	_, err = io.CopyN(out, in, end)
	return elements, end > 0, errors.Join(err, in.Close())
}

func notArray(target op.Name, err error) error {
	var d *diag.Diagnostic
	if errors.As(err, &d) {
		return d
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		err = errors.New("it ends within the array")
	}
	return diag.Errorf("json.append", target.Pos, "cannot append to %q, which is no JSON array: %w", target.Text, err).
		WithHint(`write elsewhere, or choose if_exists = "replace"`)
}

// measure counts the elements of the array and the bytes up to the end of the
// last one, or up to the opening bracket's end; none if there are only blanks.
func measure(out *files.Output) (elements, end int64, err error) {
	in, err := out.Existing()
	if err != nil {
		return 0, 0, err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	d := json.NewDecoder(in)
	open, err := d.Token()
	switch {
	case err == io.EOF:
		return 0, 0, nil
	case err != nil:
		return 0, 0, err
	case open != json.Delim('['):
		return 0, 0, fmt.Errorf("it begins with %v", open)
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
		return 0, 0, errors.New("something stands behind the array")
	}
	return elements, end, nil
}
