package vm

import (
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestGroupLimits(t *testing.T) {
	t.Parallel()
	files := map[string]string{
		"/sys/fs/cgroup/memory.max":                                   "max\n",
		"/sys/fs/cgroup/jobs/memory.max":                              "4000\n",
		"/sys/fs/cgroup/jobs/one/memory.max":                          "max\n",
		"/sys/fs/cgroup/memory/memory.limit_in_bytes":                 "9223372036854771712\n",
		"/sys/fs/cgroup/memory/docker/abc/memory.limit_in_bytes":      "3000\n",
		"/sys/fs/cgroup/memory/docker/abc/deep/memory.limit_in_bytes": "x",
	}
	read := func(name string) string { return files[name] }
	for groups, want := range map[string][]int64{
		"0::/jobs/one\n": {4000},
		"0::/\n":         nil,
		"":               nil,
		"nonsense\n7:cpu:/a\n5:memory:/docker/abc/deep\n": {3000, 9223372036854771712},
	} {
		if diff := cmp.Diff(want, groupLimits(groups, read)); diff != "" {
			t.Errorf("%q: %s", groups, diff)
		}
	}
}

func TestMachineMemory(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{
		"MemFree: 1 kB\nMemTotal:       16384 kB\n": 16 << 20, "": 0, "MemTotal: many kB\n": 0, "MemTotal: 5 MB\n": 0,
	} {
		if got := machineMemory(text); got != want {
			t.Errorf("%q: %d", text, got)
		}
	}
	if availableMemory() <= 0 {
		t.Error("the memory of this machine is not known")
	}
}
