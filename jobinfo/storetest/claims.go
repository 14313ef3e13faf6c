package storetest

import (
	"errors"
	"strings"

	"github.com/etlscript/etlscript/jobinfo"
)

// claim claims a key that is free, and releases it with the test at the latest.
func (k *kit) claim(key, run string) jobinfo.Claim {
	k.Helper()
	c, err := k.open().Claim(key, run)
	k.ok(err)
	k.Cleanup(func() {
		if err := c.Release(); err != nil {
			k.Error(err)
		}
	})
	return c
}

func (k *kit) refusedClaim(key, run, holder string) {
	k.Helper()
	_, err := k.open().Claim(key, run)
	var by *jobinfo.HeldError
	if !errors.As(err, &by) || by.Run != holder {
		k.Errorf("the key of %s is claimed: %v", holder, err)
	}
}

func claims(k *kit) {
	first := k.claim("key", "A")
	k.refusedClaim("key", "B", "A")
	k.refusedClaim("key", "A", "A")
	k.claim("other key", "B")
	k.claim("", "B")
	k.claim(strings.Repeat("../", 1000), "B")
	k.ok(first.Release())
	second := k.claim("key", "A")
	k.ok(first.Release())
	k.refusedClaim("key", "B", "A")
	k.same("done", second.Done(), "")
	if first.Complete() == nil {
		k.Error("a key that was given up is completed")
	}
}

// completedKeys outlive their claims, and their runs.
func completedKeys(k *kit) {
	k.ended(meta("A"), jobinfo.Running, jobinfo.Completed)
	c := k.claim("key", "A")
	k.same("done", c.Done(), "")
	k.ok(c.Complete())
	k.same("done", c.Done(), "A")
	k.ok(c.Release())
	k.same("done under another key", k.claim("another key", "B").Done(), "")
	k.ok(k.open().Remove("A"))
	c = k.claim("key", "B")
	k.same("done", c.Done(), "A")
	k.ok(c.Release())
	c = k.claim("key", "C")
	k.same("done, where one gave up", c.Done(), "A")
	k.ok(c.Complete())
	k.ok(c.Release())
	k.same("done", k.claim("key", "D").Done(), "C")
}

func claimAtOnce(k *kit) {
	for range 10 {
		winner := make(chan jobinfo.Claim, 8)
		won := k.atOnce(func() error {
			c, err := k.open().Claim("key", "A")
			if err == nil {
				winner <- c
			}
			return err
		})
		if won != 1 {
			k.Fatalf("%d claim the key at once", won)
		}
		k.ok((<-winner).Release())
	}
}
