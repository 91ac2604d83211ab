package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"path/filepath"
	"testing"

	"golang.org/x/sys/unix"
)

// answering is an agent that says one thing to each request.
func answering(t *testing.T, says string) controlAgent {
	t.Helper()
	path := filepath.Join(t.TempDir(), "agent.sock")
	listening, err := net.Listen("unix", path)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listening.Close() })
	go func() {
		for {
			conn, err := listening.Accept()
			if err != nil {
				return
			}
			request := make([]byte, 4096)
			_, _ = conn.Read(request)
			_, _ = io.WriteString(conn, says)
			_ = conn.Close()
		}
	}()
	return controlAgent{path: path}
}

func TestWhatTheAgentSaysIsWhatConnectSays(t *testing.T) {
	head := func(status, kind string) string {
		return "HTTP/1.1 " + status + "\r\nProxy-Status: tailnet-agent; error=" + kind + "\r\n\r\ntailnet-agent: why\n"
	}
	for says, want := range map[string]unix.Errno{
		head("403 Forbidden", "http_request_denied"):                unix.EACCES,
		head("502 Bad Gateway", "connection_refused"):               unix.ECONNREFUSED,
		head("504 Gateway Timeout", "connection_timeout"):           unix.ETIMEDOUT,
		head("502 Bad Gateway", "destination_unavailable"):          unix.EHOSTUNREACH,
		head("502 Bad Gateway", "destination_ip_unroutable"):        unix.ENETUNREACH,
		head("502 Bad Gateway", "dns_error"):                        unix.EHOSTUNREACH,
		head("503 Service Unavailable", "connection_limit_reached"): unix.EAGAIN,
		"HTTP/1.1 500 Internal Server Error\r\n\r\n":                unix.ENETUNREACH,
		"": unix.ENETUNREACH,
	} {
		_, err := answering(t, says).open(context.Background(), "web:80")
		var said *refusal
		if !errors.As(err, &said) || said.errno != want {
			t.Errorf("%q: %v, want %v", says, err, want)
		}
	}
}

func TestWhatTheTargetSaysAtOnceIsKept(t *testing.T) {
	opened, err := answering(t, "HTTP/1.1 200 OK\r\n\r\nSSH-2.0\r\n").open(context.Background(), "web:22")
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = opened.conn.Close() }()
	rest, _ := io.ReadAll(opened.conn)
	if got := string(opened.early) + string(rest); got != "SSH-2.0\r\n" {
		t.Errorf("%q", got)
	}
}

func TestAddressesGoThereAndBack(t *testing.T) {
	for _, one := range []struct {
		domain  int
		address string
	}{{unix.AF_INET, "100.64.0.1:80"}, {unix.AF_INET6, "[fd7a:115c:a1e0::1]:443"}, {unix.AF_INET6, "100.64.0.1:22"}} {
		address := netip.MustParseAddrPort(one.address)
		if got, ok := parseAddress(formatAddress(one.domain, address)); !ok || got != address {
			t.Errorf("%v: %v, %v", address, got, ok)
		}
	}
	if _, ok := parseAddress([]byte{1, 0, '/', 't'}); ok {
		t.Error("a unix socket's address is taken for one of the Internet's")
	}
}
