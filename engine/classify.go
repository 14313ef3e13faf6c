package engine

import (
	"context"
	"errors"
	"net"
	"strings"
	"syscall"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/retry"
)

// classify is the class of why an attempt failed. Of several problems the one that will
// not pass by itself counts.
func classify(err error) retry.Class {
	list := diag.ListOf(err)
	first := retry.Component
	for i, d := range list {
		class := classOf(d)
		if i == 0 {
			first = class
		}
		if !class.Passing() {
			return class
		}
	}
	return first
}

// classOf is the class of one problem: what its cause says, else what its code means.
func classOf(d *diag.Diagnostic) retry.Class {
	var stated interface{ Class() retry.Class }
	var resolve *net.DNSError
	var dial *net.OpError
	switch {
	case errors.As(d, &stated):
		return stated.Class()
	case errors.Is(d, ErrAttemptTimeout), errors.Is(d, context.DeadlineExceeded):
		return retry.Timeout
	case errors.As(d, &resolve), errors.As(d, &dial):
		return retry.Network
	}
	if class, ok := ofSystem(d); ok {
		return class
	}
	family, _, _ := strings.Cut(string(d.Code), ".")
	if class, ok := families()[family]; ok {
		return class
	}
	return retry.Component
}

// ofSystem is the class of an error number of the operating system.
func ofSystem(err error) (retry.Class, bool) {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return "", false
	}
	switch number {
	case syscall.ENOSPC, syscall.EDQUOT, syscall.EMFILE, syscall.ENFILE, syscall.ENOMEM:
		return retry.Resource, true
	case syscall.ECONNREFUSED, syscall.ECONNRESET, syscall.ECONNABORTED, syscall.EPIPE, syscall.EHOSTUNREACH, syscall.ENETUNREACH, syscall.ETIMEDOUT:
		return retry.Network, true
	}
	return retry.System, true
}

// families are the classes of the problems whose codes begin with a word. Others are of a
// component.
func families() map[string]retry.Class {
	out := map[string]retry.Class{}
	for class, words := range map[retry.Class]string{
		retry.Configuration: "argument call column function host job member method node option own param path phase plan policy port require rule script setting strategy stream union",
		retry.Data: "aggregate assert convert csv decimal emit explode filter fixed flat_map flatten join json limit lines lua map row rows sink source split text " +
			"transform type unflatten validate value",
		retry.Resource: "resource",
		retry.System:   "file io system",
	} {
		for _, word := range strings.Fields(words) {
			out[word] = class
		}
	}
	return out
}
