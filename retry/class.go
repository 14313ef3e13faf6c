package retry

import "errors"

// Class is the kind of an error, which decides whether it may go away by itself. It is an
// error itself, for errors.Is: what failed by an error of the class is it.
type Class string

// Error implements error.
func (c Class) Error() string { return string(c) }

// The classes.
const (
	Configuration Class = "configuration" // the job or its options are wrong
	Data          Class = "data"          // the rows are not as the job wants them
	Component     Class = "component"     // a component failed in its own way
	Resource      Class = "resource"      // memory, disk or other means ran out
	System        Class = "system"        // the operating system refused something
	Network       Class = "network"       // a peer could not be reached, or went away
	Timeout       Class = "timeout"       // it took too long
	Cancelled     Class = "cancelled"     // somebody wanted it to stop
)

// Classes are all classes.
func Classes() []Class {
	return []Class{Component, Resource, Configuration, System, Network, Data, Cancelled, Timeout}
}

// Passing reports whether errors of the class may go away by themselves: those that the
// job or its data are to blame for do not, and who cancels wants no other attempt.
func (c Class) Passing() bool {
	switch c {
	case Configuration, Data, Cancelled:
		return false
	}
	return true
}

// Classify is the class of an error, as the error itself states it by a method
// Class() Class anywhere in its chain; Component where none does.
func Classify(err error) Class {
	var c interface{ Class() Class }
	if errors.As(err, &c) {
		return c.Class()
	}
	return Component
}
