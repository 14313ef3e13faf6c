// Package rowfile is what the sinks share that write rows as text, one after
// the other, into a file: their common options, the loop over a batch, the
// count of rows and the refusal of rows that the format cannot hold. A format
// gives a Format, which encodes a row, and gets an op.Writer. The package may
// import engine/{component,diag,op,record} and stdlib/files.
package rowfile

import (
	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/op"
	"github.com/etlscript/etlscript/stdlib/files"
)

// Options are the options that every sink into a file has; embed it.
type Options struct {
	component.Common
	Path     op.Name        `opt:"path" required:"true" doc:"the file to write, relative to the script's folder; compressed if it ends in .gz or .zst; \"-\" is standard output"`
	IfExists files.IfExists `opt:"if_exists" enum:"replace,fail,append" doc:"what becomes of a file that exists already"`
	OnError  op.OnError     `opt:"on_error" enum:"fail,reject" doc:"what becomes of a row that cannot be written"`
}

// Defaults are the options' defaults.
func Defaults() Options { return Options{IfExists: files.Replace, OnError: op.Fail} }

// Target implements a part of op.Sink.
func (o *Options) Target() op.Name { return o.Path }

// Append reports whether the sink adds to what is there.
func (o *Options) Append() bool { return o.IfExists == files.Append }

// Guarantee is what these sinks promise, for their Spec.
const Guarantee = "The file appears under its name when the run has succeeded, whole or not at all; a run that is repeated replaces it. " +
	"With if_exists = \"append\" a repeated run adds its rows again. Standard output is written as the rows come."
