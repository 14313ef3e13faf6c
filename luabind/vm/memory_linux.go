package vm

import (
	"math"
	"os"
	"path"
	"strconv"
	"strings"
)

// availableMemory is how many bytes the process may use: those of the machine,
// or fewer where a control group says so. 0 means that it is not known.
func availableMemory() int64 {
	least := int64(math.MaxInt64)
	for _, n := range append(groupLimits(readText("/proc/self/cgroup"), readText), machineMemory(readText("/proc/meminfo"))) {
		if n > 0 {
			least = min(least, n)
		}
	}
	if least == math.MaxInt64 {
		return 0
	}
	return least
}

// readText is the text of a file, "" where there is none.
func readText(name string) string {
	text, err := os.ReadFile(name)
	if err != nil {
		return ""
	}
	return string(text)
}

// machineMemory is the bytes that /proc/meminfo gives as MemTotal, 0 if none.
func machineMemory(meminfo string) int64 {
	for line := range strings.Lines(meminfo) {
		fields := strings.Fields(line)
		if len(fields) == 3 && fields[0] == "MemTotal:" && fields[2] == "kB" {
			if kb, err := strconv.ParseInt(fields[1], 10, 64); err == nil {
				return kb << 10
			}
		}
	}
	return 0
}

// groupLimits are the memory limits of the control groups that the process is
// in, as /proc/self/cgroup names them, and of the groups around these. Limits
// that are none are left out.
func groupLimits(groups string, read func(name string) string) []int64 {
	var out []int64
	for line := range strings.Lines(groups) {
		parts := strings.SplitN(strings.TrimSpace(line), ":", 3)
		if len(parts) != 3 {
			continue
		}
		root, file := "/sys/fs/cgroup", "memory.max"
		if parts[0] != "0" {
			root, file = "/sys/fs/cgroup/memory", "memory.limit_in_bytes"
		}
		if parts[0] != "0" && parts[1] != "memory" {
			continue
		}
		for group := path.Clean("/" + parts[2]); ; group = path.Dir(group) {
			if n, err := strconv.ParseInt(strings.TrimSpace(read(path.Join(root, group, file))), 10, 64); err == nil {
				out = append(out, n)
			}
			if group == "/" {
				break
			}
		}
	}
	return out
}
