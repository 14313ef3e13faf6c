// Package fault tells what kind of error something is: its class, which decides whether it
// is tried again, and a stable code of its cause.
//
// Errors state what they are by methods, so that no driver or client is imported here:
//
//	Class() retry.Class      // the class itself
//	HTTPStatus() int         // of an answer
//	SQLState() string        // five characters, as the SQL standard has them
//	Timeout() bool           // as those of package net have it
package fault

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"net"
	"os"
	"os/exec"
	"strings"
	"syscall"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/retry"
)

// Fault is what kind of error something is.
type Fault struct {
	Class retry.Class
	// Code is that of the diagnostic, or of the cause where that says more, such as
	// "network.refused", "http.503", "sql.40001", "resource.disk".
	Code diag.Code
}

// Of is what kind of error err is. Of several problems the first one that will not pass by
// itself counts, else the first one.
func Of(err error) Fault {
	var first Fault
	for i, d := range diag.ListOf(err) {
		f := of(d)
		if i == 0 {
			first = f
		}
		if !f.Class.Passing() {
			return f
		}
	}
	return first
}

// of is the kind of one problem: what its cause says, else what its code means.
func of(d *diag.Diagnostic) Fault {
	for _, ask := range []func(error) (Fault, bool){stated, ended, answered, queried, killed, connected, refused} {
		if f, ok := ask(d); ok {
			if f.Code == "" {
				f.Code = d.Code
			}
			return f
		}
	}
	family, _, _ := strings.Cut(string(d.Code), ".")
	if class, ok := families()[family]; ok {
		return Fault{class, d.Code}
	}
	return Fault{retry.Component, d.Code}
}

// stated asks errors that know their class.
func stated(err error) (Fault, bool) {
	var x interface{ Class() retry.Class }
	if errors.As(err, &x) {
		return Fault{Class: x.Class()}, true
	}
	return Fault{}, false
}

// ended tells that time ran out, or that somebody cancelled.
func ended(err error) (Fault, bool) {
	var x interface{ Timeout() bool }
	var dns *net.DNSError
	switch {
	case errors.Is(err, context.Canceled):
		return Fault{retry.Cancelled, ""}, true
	case errors.As(err, &dns): // a server of names that does not answer is one of the network
		return Fault{retry.Network, "network.dns"}, true
	case errors.Is(err, context.DeadlineExceeded), errors.Is(err, os.ErrDeadlineExceeded), errors.As(err, &x) && x.Timeout():
		return Fault{retry.Timeout, ""}, true
	}
	return Fault{}, false
}

// answered tells what the status of an answer by HTTP means.
func answered(err error) (Fault, bool) {
	var x interface{ HTTPStatus() int }
	if !errors.As(err, &x) || x.HTTPStatus() < 300 {
		return Fault{}, false
	}
	status := x.HTTPStatus()
	f := Fault{retry.Configuration, diag.Code("http." + digits(status))}
	switch {
	case status == 408, status == 504:
		f.Class = retry.Timeout
	case status == 425, status == 429, status >= 500 && status != 501 && status != 505:
		f.Class = retry.Network
	case status == 413, status == 422:
		f.Class = retry.Data
	}
	return f, true
}

func digits(n int) string {
	return string([]byte{byte('0' + n/100%10), byte('0' + n/10%10), byte('0' + n%10)})
}

// queried tells what a SQLSTATE means (ISO/IEC 9075, and the classes of PostgreSQL).
func queried(err error) (Fault, bool) {
	var x interface{ SQLState() string }
	if !errors.As(err, &x) || len(x.SQLState()) != 5 {
		return Fault{}, false
	}
	state := x.SQLState()
	f := Fault{retry.Component, diag.Code("sql." + state)}
	switch state {
	case "57P01", "57P02", "57P03": // it shuts down, crashed, or starts
		f.Class = retry.Network
		return f, true
	case "57014": // the query was cancelled, by a limit of time
		f.Class = retry.Timeout
		return f, true
	case "55P03": // a lock is not to be had
		f.Class = retry.Resource
		return f, true
	}
	if class, ok := sqlClasses()[state[:2]]; ok {
		f.Class = class
	}
	return f, true
}

// sqlClasses are the classes of SQLSTATEs by their first two characters. Of 40, a rolled
// back transaction, another attempt is what databases want.
func sqlClasses() map[string]retry.Class {
	return map[string]retry.Class{
		"08": retry.Network, "40": retry.System, "53": retry.Resource, "54": retry.Configuration, "58": retry.System, "XX": retry.System,
		"21": retry.Data, "22": retry.Data, "23": retry.Data, "44": retry.Data,
		"0A": retry.Configuration, "28": retry.Configuration, "3D": retry.Configuration, "3F": retry.Configuration, "42": retry.Configuration,
	}
}

// killed tells what ended another process.
func killed(err error) (Fault, bool) {
	var x *exec.ExitError
	if !errors.As(err, &x) {
		return Fault{}, false
	}
	status, ok := x.Sys().(syscall.WaitStatus)
	if !ok || !status.Signaled() {
		return Fault{}, false
	}
	switch status.Signal() {
	case syscall.SIGKILL: // so the system ends what takes too much memory
		return Fault{retry.Resource, "resource.memory"}, true
	case syscall.SIGXCPU:
		return Fault{retry.Resource, "resource.cpu"}, true
	}
	return Fault{retry.System, "system.signal"}, true
}

// connected tells what is wrong with a connection.
func connected(err error) (Fault, bool) {
	var unknown x509.UnknownAuthorityError
	var name x509.HostnameError
	var invalid x509.CertificateInvalidError
	var verify *tls.CertificateVerificationError
	if errors.As(err, &unknown) || errors.As(err, &name) || errors.As(err, &invalid) || errors.As(err, &verify) {
		return Fault{retry.Configuration, "network.certificate"}, true
	}
	if f, ok := refused(err); ok && f.Class == retry.Network {
		return f, true
	}
	var dial *net.OpError
	if errors.As(err, &dial) {
		return Fault{retry.Network, "network.connection"}, true
	}
	return Fault{}, false
}

// refused tells what an error number of the operating system means.
func refused(err error) (Fault, bool) {
	var number syscall.Errno
	if !errors.As(err, &number) {
		return Fault{}, false
	}
	if f, ok := numbers()[number]; ok {
		return f, true
	}
	return Fault{retry.System, ""}, true
}

func numbers() map[syscall.Errno]Fault {
	return map[syscall.Errno]Fault{
		syscall.ENOSPC: {retry.Resource, "resource.disk"}, syscall.EDQUOT: {retry.Resource, "resource.disk"},
		syscall.ENOMEM: {retry.Resource, "resource.memory"},
		syscall.EMFILE: {retry.Resource, "resource.files"}, syscall.ENFILE: {retry.Resource, "resource.files"},
		syscall.EACCES: {retry.System, "system.permission"}, syscall.EPERM: {retry.System, "system.permission"}, syscall.EROFS: {retry.System, "system.permission"},
		syscall.ECONNREFUSED: {retry.Network, "network.refused"}, syscall.ECONNRESET: {retry.Network, "network.reset"},
		syscall.ECONNABORTED: {retry.Network, "network.reset"}, syscall.EPIPE: {retry.Network, "network.reset"},
		syscall.EHOSTUNREACH: {retry.Network, "network.unreachable"}, syscall.ENETUNREACH: {retry.Network, "network.unreachable"},
		syscall.ETIMEDOUT: {retry.Timeout, "network.timeout"},
	}
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
		retry.Timeout:  "timeout",
	} {
		for _, word := range strings.Fields(words) {
			out[word] = class
		}
	}
	return out
}
