package main

import (
	"errors"
	"net"
	"syscall"
	"testing"
)

// testNode returns a node that only has an event stream, and the caller's end of that.
func testNode(t *testing.T) (*node, net.Conn) {
	t.Helper()
	n := newNode()
	s, caller := newTestStream(t)
	n.stream.Store(s)
	t.Cleanup(func() { n.operations.end() })
	return n, caller
}

func TestRelayOfWhatIsNotDialed(t *testing.T) {
	n, _ := testNode(t)
	client, clientPeer := tcpPair(t)
	if err := n.relay(9, rawFD(t, client.conn.(*net.TCPConn)), nil, 0); errnoOf(err) != syscall.ENOENT {
		t.Errorf("%v", err)
	}
	if _, err := clientPeer.Read(make([]byte, 1)); err == nil {
		t.Error("the client's descriptor was kept")
	}
	if err := n.relay(9, -1, nil, 0); errnoOf(err) != syscall.EBADF {
		t.Errorf("%v", err)
	}
}

func TestClosingANodeEndsEverything(t *testing.T) {
	n, caller := testNode(t)
	one, onePeer := tcpPair(t)
	two, _ := tcpPair(t)
	if err := n.relayFDs(1, rawFD(t, one.conn.(*net.TCPConn)), rawFD(t, two.conn.(*net.TCPConn)), nil, nil, 0); err != nil {
		t.Fatal(err)
	}
	if err := n.resolve(2, "name.invalid", patience); err != nil {
		t.Fatal(err)
	}
	n.beginClose()
	var kinds []uint8
	for {
		f, ok := readFrame(t, caller)
		if !ok {
			break
		}
		kinds = append(kinds, f.kind)
		if f.kind == frameClosed && f.code != uint8(codeCancelled) {
			t.Errorf("%+v", f)
		}
	}
	if len(kinds) != 3 || kinds[2] != frameStopped {
		t.Errorf("frames %v, want two ends and then STOPPED", kinds)
	}
	if _, err := onePeer.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the client reads %v, want a reset", err)
	}
	if err := n.dial(3, viaDirect, "127.0.0.1", 1, patience); errnoOf(err) != syscall.EBADF {
		t.Errorf("%v", err)
	}
}

func TestCancelOfADialedConnection(t *testing.T) {
	n, caller := testNode(t)
	target := dialed(t, n, caller, 1)
	n.operations.cancelOne(1, errCancelled)
	if _, err := target.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the target reads %v, want a reset", err)
	}
	n.operations.cancelOne(1, errCancelled) // nothing is left to cancel
}
