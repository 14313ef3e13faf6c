//go:build !linux

package vm

// availableMemory is 0: it is not known on this system.
func availableMemory() int64 { return 0 }
