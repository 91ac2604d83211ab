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
		"HTTP/1.1 200 Connection established\r\n\r\n":               unix.ENETUNREACH, // it would not take the socket
		"": unix.ENETUNREACH,
	} {
		_, err := answering(t, says).open(context.Background(), web)
		var said *refusal
		if !errors.As(err, &said) || said.errno != want {
			t.Errorf("%q: %v, want %v", says, err, want)
		}
	}
}

var web = wish{socket: givenStream, target: netip.MustParseAddrPort("100.64.0.1:80"), name: "web.tailnet.test", process: 42}

func TestTheAgentGetsTheSocketAndAllThatItAsksFor(t *testing.T) {
	path := filepath.Join(t.TempDir(), "agent.sock")
	listening, err := net.ListenUnix("unix", &net.UnixAddr{Name: path, Net: "unix"})
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = listening.Close() }()
	asked := make(chan string, 1)
	go func() {
		conn, err := listening.AcceptUnix()
		if err != nil {
			return
		}
		defer func() { _ = conn.Close() }()
		request := make([]byte, 4096)
		n, _ := conn.Read(request)
		asked <- string(request[:n])
		_, _ = io.WriteString(conn, "HTTP/1.1 200 Connection established"+socketAwaited+"\r\n\r\n")
		control := make([]byte, unix.CmsgSpace(4))
		_, size, _, _, _ := conn.ReadMsgUnix(request[:1], control)
		messages, _ := unix.ParseSocketControlMessage(control[:size])
		for _, message := range messages {
			given, _ := unix.ParseUnixRights(&message)
			_, _ = unix.Write(given[0], []byte("from the agent"))
			_ = unix.Close(given[0])
		}
	}()
	ours, theirs := dialed(t)
	opened, err := controlAgent{path: path}.open(context.Background(), web)
	if err == nil {
		err = giveStream(ours.fd, opened)
	}
	if err != nil {
		t.Fatal(err)
	}
	ours.close()
	if told, _ := io.ReadAll(theirs); string(told) != "from the agent" {
		t.Errorf("%q", told)
	}
	want := "CONNECT web.tailnet.test:80 HTTP/1.1\r\nHost: web.tailnet.test:80\r\nTailnet-Agent-Socket: stream\r\n" +
		"Tailnet-Agent-Process: 42\r\nTailnet-Agent-Address: 100.64.0.1\r\n\r\n"
	if got := <-asked; got != want {
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
