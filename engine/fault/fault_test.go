package fault

import (
	"context"
	"crypto/x509"
	"errors"
	"fmt"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"github.com/etlscript/etlscript/engine/diag"
	"github.com/etlscript/etlscript/retry"
)

type status int

func (status) Error() string     { return "the server says no" }
func (s status) HTTPStatus() int { return int(s) }

type sqlState string

func (sqlState) Error() string      { return "the database says no" }
func (s sqlState) SQLState() string { return string(s) }

type odd struct{ error }

func (odd) Class() retry.Class { return retry.Timeout }

func TestOf(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		err  error
		want Fault
	}{
		{errors.New("odd"), Fault{retry.Component, "internal.error"}},
		{odd{errors.New("odd")}, Fault{retry.Timeout, "internal.error"}},
		{context.Canceled, Fault{retry.Cancelled, "internal.error"}},
		{&fs.PathError{Op: "open", Path: "x", Err: syscall.ENOSPC}, Fault{retry.Resource, "resource.disk"}},
		{diag.Errorf("file.read", diag.Pos{}, "read: %w", syscall.EACCES), Fault{retry.System, "system.permission"}},
		{diag.Errorf("file.missing", diag.Pos{}, "read: %w", syscall.ENOENT), Fault{retry.System, "file.missing"}},
		{diag.Errorf("csv.value", diag.Pos{}, "no int"), Fault{retry.Data, "csv.value"}},
		{diag.Errorf("column.unknown", diag.Pos{}, "no such"), Fault{retry.Configuration, "column.unknown"}},
		{diag.List{diag.Errorf("io.x", diag.Pos{}, "%w", syscall.ECONNRESET), diag.Errorf("csv.value", diag.Pos{}, "no int")}, Fault{retry.Data, "csv.value"}},
		{x509.UnknownAuthorityError{}, Fault{retry.Configuration, "network.certificate"}},
		{&net.OpError{Op: "read", Err: errors.New("odd")}, Fault{retry.Network, "network.connection"}},
		{&net.DNSError{Name: "x", IsTimeout: true}, Fault{retry.Network, "network.dns"}},
		{fmt.Errorf("get: %w", status(503)), Fault{retry.Network, "http.503"}},
		{status(429), Fault{retry.Network, "http.429"}},
		{status(404), Fault{retry.Configuration, "http.404"}},
		{status(422), Fault{retry.Data, "http.422"}},
		{status(504), Fault{retry.Timeout, "http.504"}},
		{status(501), Fault{retry.Configuration, "http.501"}},
		{sqlState("23505"), Fault{retry.Data, "sql.23505"}},
		{sqlState("40001"), Fault{retry.System, "sql.40001"}},
		{sqlState("08006"), Fault{retry.Network, "sql.08006"}},
		{sqlState("57P01"), Fault{retry.Network, "sql.57P01"}},
		{sqlState("53100"), Fault{retry.Resource, "sql.53100"}},
		{sqlState("28P01"), Fault{retry.Configuration, "sql.28P01"}},
		{sqlState("P0001"), Fault{retry.Component, "sql.P0001"}},
	} {
		if got := Of(c.err); got != c.want {
			t.Errorf("%v: %+v, want %+v", c.err, got, c.want)
		}
	}
}

// What really happens is told as it is.
func TestRealCauses(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		fail func(t *testing.T) error
		want Fault
	}{
		"no such host": {func(t *testing.T) error {
			_, err := net.DefaultResolver.LookupHost(t.Context(), "no-such-host.invalid")
			return err
		}, Fault{retry.Network, "network.dns"}},
		"connection refused": {func(t *testing.T) error {
			l, err := net.Listen("tcp", "127.0.0.1:0")
			if err != nil {
				t.Fatal(err)
			}
			addr := l.Addr().String()
			_ = l.Close()
			_, err = net.Dial("tcp", addr)
			return err
		}, Fault{retry.Network, "network.refused"}},
		"connection reset": {reset, Fault{retry.Network, "network.reset"}},
		"timeout of a client": {func(t *testing.T) error {
			s := httptest.NewServer(http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { <-r.Context().Done() }))
			defer s.Close()
			client := &http.Client{Timeout: 10 * time.Millisecond}
			_, err := client.Get(s.URL) //nolint:bodyclose // there is no answer
			return err
		}, Fault{retry.Timeout, "internal.error"}},
		"certificate": {func(t *testing.T) error {
			s := httptest.NewTLSServer(http.NotFoundHandler())
			defer s.Close()
			_, err := http.Get(s.URL) //nolint:bodyclose // there is no answer
			return err
		}, Fault{retry.Configuration, "network.certificate"}},
		"killed":       {func(*testing.T) error { return exec.Command("sh", "-c", "kill -9 $$").Run() }, Fault{retry.Resource, "resource.memory"}},
		"other signal": {func(*testing.T) error { return exec.Command("sh", "-c", "kill -TERM $$").Run() }, Fault{retry.System, "system.signal"}},
		"exit code":    {func(*testing.T) error { return exec.Command("sh", "-c", "exit 3").Run() }, Fault{retry.Component, "internal.error"}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			err := c.fail(t)
			if err == nil {
				t.Fatal("nothing failed")
			}
			if got := Of(fmt.Errorf("read: %w", err)); got != c.want {
				t.Errorf("%v: %+v, want %+v", err, got, c.want)
			}
		})
	}
}

// reset reads from a peer that resets the connection.
func reset(t *testing.T) error {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	go func() {
		c, err := l.Accept()
		if err != nil {
			return
		}
		_ = c.(*net.TCPConn).SetLinger(0)
		_ = c.Close()
	}()
	c, err := net.Dial("tcp", l.Addr().String())
	if err != nil {
		return err
	}
	defer c.Close()
	_, err = c.Read(make([]byte, 1))
	return err
}
