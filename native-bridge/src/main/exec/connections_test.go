package main

import (
	"net"
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"
)

func dialed(t *testing.T) (*socket, net.Conn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	s := &socket{fd: fd}
	if err := s.examine(); err != nil {
		t.Fatal(err)
	}
	if err := s.connect(listener.Addr().(*net.TCPAddr).AddrPort()); err != nil {
		t.Fatal(err)
	}
	conn, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = conn.Close() })
	return s, conn
}

func TestConnectionsOfClosedSocketsAreForgotten(t *testing.T) {
	target := netip.MustParseAddrPort("100.64.0.1:80")
	stays, _ := dialed(t)
	defer stays.close()
	goes, other := dialed(t)
	known := newConnections()
	for _, one := range []*socket{stays, goes} {
		made := newConnection(target)
		made.succeed()
		known.put(one.cookie, made)
	}
	pending := newConnection(target)
	known.put(1<<60, pending)
	failed := newConnection(target)
	failed.fail(unix.ECONNREFUSED)
	known.put(1<<60+1, failed)

	_ = other.Close()
	goes.close()
	known.sweep()

	if known.of(stays.cookie) == nil || known.of(1<<60) == nil || known.of(1<<60+1) == nil {
		t.Error("forgotten: one that is open, one under way, or a failure that is not told")
	}
	if known.of(goes.cookie) != nil {
		t.Error("not forgotten after its socket was closed")
	}
}
