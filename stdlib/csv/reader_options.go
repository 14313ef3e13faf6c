package csv

import (
	"fmt"

	"github.com/etlscript/etlscript/engine/component"
)

// headerMode says what the first row is.
type headerMode uint8

const (
	headerYes    headerMode = iota // it names the columns
	headerNo                       // it is data
	headerUnique                   // it names the columns, and names that occur twice are changed
)

func (h headerMode) String() string { return [...]string{"true", "false", `"unique"`}[h] }

// Want implements component.OptionDecoder.
func (h *headerMode) Want() string { return `true, false or "unique"` }

// DecodeOption implements component.OptionDecoder.
func (h *headerMode) DecodeOption(v component.Value) error {
	switch v.X {
	case true:
		*h = headerYes
	case false:
		*h = headerNo
	case "unique":
		*h = headerUnique
	default:
		return fmt.Errorf("wants %s, not %s", h.Want(), v.Describe())
	}
	return nil
}

var _ component.OptionDecoder = (*headerMode)(nil)
