package vm

import (
	"math"
	"runtime/debug"
)

// DefaultMemory is the default of Limits.Memory: four fifths of the memory limit
// of the Go runtime (GOMEMLIMIT) where one is set; else half of what the machine
// or the control group of the process has, since the collector lets the heap
// grow to about twice what it holds. It is negative, which turns the watchdog
// off, where neither is known.
func DefaultMemory() int64 {
	if limit := debug.SetMemoryLimit(-1); limit > 0 && limit < math.MaxInt64 {
		return limit / 5 * 4
	}
	if total := availableMemory(); total > 0 {
		return total / 2
	}
	return -1
}
