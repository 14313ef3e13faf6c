package componenttest

import (
	"fmt"
	"strings"

	"github.com/etlscript/etlscript/engine/component"
	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// Build decodes the arguments of a call as Args reads them and builds the
// component from them, as a loader does. said is how its problems are printed;
// the operator is nil when one is an error. The panic of a text that cannot be
// read is the test's own fault.
func Build(s *component.Spec, args string, vars map[string]any) (o op.Operator, said string) {
	const file = "job.lua"
	values, err := Args(file, args, vars)
	if err != nil {
		panic(fmt.Sprintf("componenttest: %s: %v", args, err))
	}
	options, problems := s.Decode(values, diag.Pos{File: file, Line: 1, Col: 1})
	if problems.Err() == nil {
		var found diag.List
		o, found = s.Build(options)
		problems = append(problems, found...)
	}
	return o, Print(problems, file, args)
}

// Print is how diagnostics about a file with that text are printed.
func Print(problems diag.List, file, text string) string {
	var b strings.Builder
	// A strings.Builder takes all that is written.
	_ = diag.Print(&b, problems, diag.Texts{file: text})
	return b.String()
}
