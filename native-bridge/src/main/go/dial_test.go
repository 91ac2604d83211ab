package main

import (
	"net"
	"net/netip"
	"runtime"
	"syscall"
	"testing"
	"time"
)

// dialed has a node dial a listener of the host under id, and returns the target's end.
func dialed(t *testing.T, n *node, caller net.Conn, id uint64) *net.TCPConn {
	t.Helper()
	listener := service(t)
	where := netip.MustParseAddrPort(listener.Addr().String())
	if err := n.dial(id, viaDirect, where.Addr().String(), int(where.Port()), patience); err != nil {
		t.Fatal(err)
	}
	if f, _ := readFrame(t, caller); f.kind != frameDialed || f.id != id || f.code != 0 {
		t.Fatalf("%+v", f)
	}
	return acceptOne(t, listener)
}

func TestDirectDialAndRelay(t *testing.T) {
	n, caller := testNode(t)
	target := dialed(t, n, caller, 5)
	if err := n.dial(5, viaDirect, "127.0.0.1", 1, patience); errnoOf(err) != syscall.EEXIST {
		t.Errorf("an id in use: %v", err)
	}
	client, clientPeer := tcpPair(t)
	if err := n.relay(5, rawFD(t, client.conn.(*net.TCPConn)), []byte("early "), 0); err != nil {
		t.Fatal(err)
	}
	mustWrite(t, clientPeer, "late")
	mustRead(t, target, "early late")
	// A byte counts once it has been written: the target may have it a moment earlier.
	deadline := time.Now().Add(patience)
	tunnels, up, down := n.operations.totals()
	for up != 10 && time.Now().Before(deadline) {
		runtime.Gosched()
		tunnels, up, down = n.operations.totals()
	}
	if tunnels != 1 || up != 10 || down != 0 {
		t.Errorf("%d tunnels, %d up, %d down", tunnels, up, down)
	}
	target.Close()
	clientPeer.Close()
	f, _ := readFrame(t, caller)
	if f.kind != frameClosed || f.id != 5 || f.code != 0 || f.payload[7] != 10 || f.payload[15] != 0 {
		t.Errorf("%+v", f)
	}
	if tunnels, up, _ := n.operations.totals(); tunnels != 0 || up != 10 {
		t.Errorf("%d tunnels, %d up", tunnels, up)
	}
}

func TestRefusedDial(t *testing.T) {
	n, caller := testNode(t)
	if err := n.dial(1, viaDirect, "127.0.0.1", 1, patience); err != nil {
		t.Fatal(err)
	}
	if f, _ := readFrame(t, caller); f.id != 1 || f.code != uint8(codeRefused) {
		t.Errorf("%+v", f)
	}
}

func TestTailnetDialWithoutATailnet(t *testing.T) {
	n, caller := testNode(t)
	if err := n.dial(1, viaTailnet, "127.0.0.1", 1, patience); err != nil {
		t.Fatal(err)
	}
	if f, _ := readFrame(t, caller); f.id != 1 || f.code != uint8(codeNodeDown) {
		t.Errorf("%+v", f)
	}
}

func TestBadDials(t *testing.T) {
	n, _ := testNode(t)
	for _, test := range []struct {
		via, port int
		ip        string
	}{{0, 80, "peer"}, {0, 0, "192.0.2.1"}, {0, 65536, "192.0.2.1"}, {2, 80, "192.0.2.1"}, {1, 80, "fe80::1%lo"}} {
		if err := n.dial(1, test.via, test.ip, test.port, patience); errnoOf(err) != syscall.EINVAL {
			t.Errorf("%+v: %v", test, err)
		}
	}
}
