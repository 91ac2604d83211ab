package main

import (
	"encoding/binary"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

var (
	somePeer = netip.MustParseAddrPort("100.64.0.9:50000")
	thisNode = netip.MustParseAddr("100.64.0.1")
)

// exposing is a node that exposes something, with the reader of its events.
type exposing struct {
	*node
	t      *testing.T
	events net.Conn
}

func newExposing(t *testing.T, table string) *exposing {
	t.Helper()
	n := newNode()
	n.inbound.owns = func(addr netip.Addr) bool { return addr == thisNode }
	if err := n.expose(table); err != nil {
		t.Fatal(err)
	}
	stream, events := newTestStream(t)
	n.stream.Store(stream)
	t.Cleanup(func() { n.cancel(errClosed); n.inbound.end(); stream.close() })
	return &exposing{n, t, events}
}

func (e *exposing) event(kind uint8, c code) frame {
	e.t.Helper()
	f, ok := readFrame(e.t, e.events)
	if !ok || f.kind != kind || f.code != uint8(c) {
		e.t.Fatalf("got frame %d, code %d (%q); want %d, %d", f.kind, f.code, f.payload, kind, c)
	}
	return f
}

func (e *exposing) ended(id uint64, c code, up, down uint64) {
	e.t.Helper()
	f := e.event(frameEnded, c)
	if gotUp, gotDown := binary.BigEndian.Uint64(f.payload), binary.BigEndian.Uint64(f.payload[8:]); f.id != id || gotUp != up || gotDown != down {
		e.t.Errorf("ended %d with %d up, %d down; want %d, %d, %d", f.id, gotUp, gotDown, id, up, down)
	}
}

// take has a SYN decided on.
func (e *exposing) take(port uint16) func(net.Conn) {
	return e.takeTCP(somePeer, netip.AddrPortFrom(thisNode, port))
}

// connect has a SYN decided on, and establishes the connection: it returns the peer's end.
func (e *exposing) connect(port uint16) leg {
	e.t.Helper()
	handler := e.take(port)
	if handler == nil {
		e.t.Fatal("the connection is refused")
	}
	peer, accepted := netstackPair(e.t)
	go handler(accepted)
	return peer
}

// serve has a connection accepted: it returns the peer's end, the service's, and the connection's id.
func (e *exposing) serve(port uint16, listener *net.TCPListener) (leg, *net.TCPConn, uint64) {
	e.t.Helper()
	peer := e.connect(port)
	conn := acceptOne(e.t, listener)
	return peer, conn, e.event(frameAccepted, codeOK).id
}

// exposeService exposes a service of the host: the table has a %s for its address.
func exposeService(t *testing.T, table string) (*exposing, *net.TCPListener) {
	t.Helper()
	listener := service(t)
	return newExposing(t, fmt.Sprintf(table, listener.Addr())), listener
}

// service listens on the host's loopback.
func service(t *testing.T) *net.TCPListener {
	t.Helper()
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	listener.SetDeadline(time.Now().Add(patience))
	return listener
}

func acceptOne(t *testing.T, listener *net.TCPListener) *net.TCPConn {
	t.Helper()
	conn, err := listener.AcceptTCP()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close() })
	conn.SetDeadline(time.Now().Add(patience))
	return conn
}

func port(addr net.Addr) uint16 { return netip.MustParseAddrPort(addr.String()).Port() }

func readLeg(t *testing.T, from leg, want string) {
	t.Helper()
	for got := ""; got != want; {
		b, length, err := from.read()
		if err != nil {
			t.Fatalf("read %q, then %v; want %q", got, err, want)
		}
		got += string(b[:length])
		giveBuffer(b)
		if !strings.HasPrefix(want, got) {
			t.Fatalf("read %q, want %q", got, want)
		}
	}
}
