package cli

import (
	"strings"

	"github.com/urfave/cli/v2"
)

// words are the values of a flag that may be given several times. Each stands
// for itself: the library's own kind of such flags splits values at commas,
// which would cut parameters, and allow other folders than the one named.
type words []string

// Set implements cli.Generic.
func (w *words) Set(value string) error {
	*w = append(*w, value)
	return nil
}

// String implements cli.Generic.
func (w *words) String() string { return strings.Join(*w, " ") }

func wordsFlag(name, usage string) cli.Flag {
	return &cli.GenericFlag{Name: name, Value: &words{}, Usage: usage + "; may be given several times"}
}

// wordsOf are the values that a flag was given.
func wordsOf(c *cli.Context, name string) []string {
	if w, ok := c.Generic(name).(*words); ok {
		return *w
	}
	return nil
}
