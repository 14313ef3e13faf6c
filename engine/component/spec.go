// Package component declares components: what a script may call, with which
// options, ports and guarantees. One Spec drives strict decoding, reference
// pages, JSON Schema, editor types and check, so that nothing is listed by
// hand twice.
package component

import (
	"fmt"
	"reflect"
	"slices"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/engine/op"
)

// Kind is the place of a component in a graph.
type Kind uint8

// The kinds of components.
const (
	Source    Kind = iota // etl.NAME{...} makes a stream
	Transform             // stream:NAME(...) makes a stream
	Sink                  // stream:NAME(...) writes, and returns the stream
)

func (k Kind) String() string { return [...]string{"source", "transform", "sink"}[k] }

// Spec declares a component.
type Spec struct {
	Name    string // as scripts call it: "read_csv"
	Kind    Kind
	Summary string // one line, no full stop
	Doc     string // Markdown paragraphs for the reference page
	// Streams is how many further streams a call takes besides its receiver:
	// none, exactly one (join), or any number from one on (union).
	Streams Arity
	// Together says that the functions in a call work on one state, so that they run
	// in one place, in order (expr.State).
	Together bool
	// Ports says that a call gives no stream, but the ports that the script takes of
	// the node by name; the option "ports" gets these names.
	Ports bool
	// Options is a pointer to a struct with the component's defaults; its
	// fields declare arguments and options (see Param). Build gets a copy.
	Options any
	// Build makes the operator from decoded options, a pointer of Options'
	// type. It opens nothing and reports every problem; one without a position
	// belongs to the call as a whole.
	Build func(options any) (op.Operator, diag.List)
	// Order says what becomes of the order of rows, for the reference.
	Order string
	// Holds is what the component keeps in memory from row to row; "" for nothing that
	// grows with the rows.
	Holds string
	// Guarantee is what a sink promises when a run is killed or repeated.
	Guarantee string
	// Example is a script that runs as it stands in a folder with Files; the
	// reference page shows what it writes.
	Example string
	Files   map[string]string // by name
}

// Arity is how many further streams a call takes.
type Arity uint8

// The arities.
const (
	NoStream Arity = iota
	OneStream
	Streams // one or more
)

// Build is the typed form of Spec.Build.
func Build[O any](build func(o *O) (op.Operator, diag.List)) func(any) (op.Operator, diag.List) {
	return func(options any) (op.Operator, diag.List) { return build(options.(*O)) }
}

// Common are the options that every component has; embed it in its options.
type Common struct {
	Name string `opt:"name" doc:"name of the node, unique in the job; default: kind and line, as in filter@7"`
}

// common is how NameOf finds the embedded options.
func (c *Common) common() *Common { return c }

// NameOf is the name that the options give the node, "" if none.
func NameOf(options any) string {
	if c, ok := options.(interface{ common() *Common }); ok {
		return c.common().Name
	}
	return ""
}

// Registry is the components that scripts may use. It is a value: tests and
// embedders make their own. The zero Registry is empty.
type Registry struct {
	specs map[string]*Spec
	names []string // in order of registration
}

// Register adds a component. A name that is taken, or options that do not
// declare well, are errors.
func (r *Registry) Register(s *Spec) error {
	if _, taken := r.specs[s.Name]; taken {
		return fmt.Errorf("component %q is registered already", s.Name)
	}
	if err := s.validate(); err != nil {
		return fmt.Errorf("component %q: %w", s.Name, err)
	}
	if r.specs == nil {
		r.specs = map[string]*Spec{}
	}
	r.specs[s.Name] = s
	r.names = append(r.names, s.Name)
	return nil
}

func (s *Spec) validate() error {
	if s.Name == "" || s.Build == nil {
		return fmt.Errorf("a component needs a name and a Build function")
	}
	v := reflect.ValueOf(s.Options)
	if v.Kind() != reflect.Pointer || v.IsNil() || v.Elem().Kind() != reflect.Struct {
		return fmt.Errorf("options must be a pointer to a struct")
	}
	_, err := s.Params()
	return err
}

// Lookup finds a component.
func (r *Registry) Lookup(name string) (*Spec, bool) {
	s, ok := r.specs[name]
	return s, ok
}

// Specs are the components in order of registration.
func (r *Registry) Specs() []*Spec {
	out := make([]*Spec, len(r.names))
	for i, n := range r.names {
		out[i] = r.specs[n]
	}
	return out
}

// Names are the names of the components of the given kinds, sorted; of all
// without a kind.
func (r *Registry) Names(kinds ...Kind) []string {
	var out []string
	for n, s := range r.specs {
		if len(kinds) == 0 || slices.Contains(kinds, s.Kind) {
			out = append(out, n)
		}
	}
	slices.Sort(out)
	return out
}

// Without is a copy of the registry that lacks the named components.
func (r *Registry) Without(names ...string) *Registry {
	out := &Registry{}
	for _, n := range r.names {
		if !slices.Contains(names, n) {
			// A spec that was accepted once is accepted again.
			_ = out.Register(r.specs[n])
		}
	}
	return out
}
