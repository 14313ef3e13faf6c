package job

import (
	"errors"
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"

	"github.com/etlscript/etlscript/engine/component"
)

// Limits bound what a job uses. Zero fields are not bounded.
type Limits struct {
	Memory  Size    `opt:"memory" doc:"memory for the rows that operators such as sort and join hold, about; default: 2GiB"`
	CPU     int64   `opt:"cpu" min:"1" max:"1024" doc:"number of workers; default: the machine's processors"`
	Disk    Size    `opt:"disk" doc:"space for temporary files"`
	Rejects Rejects `opt:"rejects" doc:"most rejected rows"`
}

// DecodeOption implements component.OptionDecoder.
func (l *Limits) DecodeOption(v component.Value) error { return decodeInner("limits", l, v) }

// Want implements component.OptionDecoder.
func (*Limits) Want() string {
	return "a table such as { memory = \"512MiB\", cpu = 2, rejects = \"1%\" }"
}

// Size is a number of bytes, written as "512MiB" or "10GB".
type Size int64

// DecodeOption implements component.OptionDecoder.
func (s *Size) DecodeOption(v component.Value) error {
	word, ok := v.X.(string)
	if !ok {
		return component.ErrWrongType
	}
	n, err := parseSize(word)
	*s = Size(n)
	return err
}

// Want implements component.OptionDecoder.
func (*Size) Want() string { return `a size such as "512MiB"` }

func parseSize(word string) (int64, error) {
	digits := strings.TrimRight(word, "KMGTiB ")
	factor, ok := map[string]float64{
		"B": 1, "KB": 1e3, "MB": 1e6, "GB": 1e9, "TB": 1e12,
		"KiB": 1 << 10, "MiB": 1 << 20, "GiB": 1 << 30, "TiB": 1 << 40,
	}[strings.TrimSpace(word[len(digits):])]
	n, isNumber := parsePlain(digits)
	if bytes := n * factor; ok && isNumber && bytes >= 1 && bytes < math.MaxInt64 {
		return int64(bytes), nil
	}
	return 0, fmt.Errorf(`%q is no size; write for example "512MiB" or "10GB"`, word)
}

var plainNumber = regexp.MustCompile(`^[0-9]+(\.[0-9]+)?$`)

// parsePlain reads a number as people write it: strconv alone takes "NaN",
// "Inf" and hexadecimal ones too.
func parsePlain(word string) (float64, bool) {
	if !plainNumber.MatchString(word) {
		return 0, false
	}
	n, err := strconv.ParseFloat(word, 64)
	return n, err == nil
}

// Rejects is the most rejected rows that a run may have: a number, or a share
// of the rows read. The zero Rejects sets no limit.
type Rejects struct {
	Set   bool
	Rows  int64
	Share float64 // of the rows read, 0 to 1; only where IsShare
	// IsShare says that Share holds, not Rows.
	IsShare bool
}

// DecodeOption implements component.OptionDecoder.
func (r *Rejects) DecodeOption(v component.Value) error {
	r.Set = true
	switch x := v.X.(type) {
	case float64:
		if x < 0 || x != math.Trunc(x) || x >= 1<<53 {
			return fmt.Errorf("%v is no number of rows", x)
		}
		r.Rows = int64(x)
		return nil
	case string:
		digits, isShare := strings.CutSuffix(x, "%")
		percent, isNumber := parsePlain(digits)
		if !isShare || !isNumber || percent > 100 {
			return fmt.Errorf(`%q is no share; write for example "1%%", or a number of rows`, x)
		}
		r.Share, r.IsShare = percent/100, true
		return nil
	}
	return component.ErrWrongType
}

// Want implements component.OptionDecoder.
func (*Rejects) Want() string { return `a number of rows, or a share such as "1%"` }

// minRowsForShare is how many rows must have been read before a share is
// tested in the middle of a run.
const minRowsForShare = 1000

// ErrTooManyRejects is the cause of a run that rejected more rows than its
// limit.
var ErrTooManyRejects = errors.New("too many rejected rows")

// Exceeded reports whether a run with so many rows rejected and read has gone
// over the limit; final says that all rows were read.
func (r Rejects) Exceeded(rejected, read int64, final bool) bool {
	switch {
	case !r.Set:
		return false
	case !r.IsShare:
		return rejected > r.Rows
	}
	// A share such as 0.29 is not exact in binary: 29 of 100 rows are no excess.
	const tolerance = 1e-6
	return (final || read >= minRowsForShare) && float64(rejected) > r.Share*float64(read)+tolerance
}

// String writes the limit as scripts do.
func (r Rejects) String() string {
	if r.IsShare {
		const digits = 12 // behind them only the error of Share is left
		return strconv.FormatFloat(r.Share*100, 'g', digits, 64) + "%"
	}
	return strconv.FormatInt(r.Rows, 10)
}
