package jobinfo_test

import (
	"testing"

	"go.uber.org/goleak"

	"github.com/etlscript/etlscript/jobinfo"
	"github.com/etlscript/etlscript/jobinfo/storetest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func TestMemStore(t *testing.T) {
	t.Parallel()
	storetest.Exercise(t, func(*testing.T) storetest.Open {
		s := &jobinfo.MemStore{}
		return func() jobinfo.Store { return s }
	})
}

func TestDirStore(t *testing.T) {
	t.Parallel()
	storetest.Exercise(t, func(t *testing.T) storetest.Open {
		dir := t.TempDir()
		return func() jobinfo.Store { return &jobinfo.DirStore{Dir: dir} }
	})
}
