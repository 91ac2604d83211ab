package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"net"
	"net/netip"
	"runtime"
	"strings"
	"testing"
	"time"
)

func TestInboundConnection(t *testing.T) {
	e, listener := exposeService(t, "tcp 3000 %s")
	peer := e.connect(3000)
	conn := acceptOne(t, listener)
	accepted := e.event(frameAccepted, codeOK)
	want := []byte{6, 4, 100, 64, 0, 9, 0xc3, 0x50, 4, 100, 64, 0, 1, 0x0b, 0xb8, 4, 127, 0, 0, 1}
	want = binary.BigEndian.AppendUint16(want, port(listener.Addr()))
	if !bytes.Equal(accepted.payload, append(want, 0, 0, 0)) {
		t.Errorf("payload % x, want % x", accepted.payload, want)
	}
	if totals := e.inbound.totals(); totals.open != 1 || totals.accepted != 1 {
		t.Error(totals)
	}

	if err := peer.write([]byte("question")); err != nil {
		t.Fatal(err)
	}
	if err := peer.closeWrite(); err != nil {
		t.Fatal(err)
	}
	mustRead(t, conn, "question")
	mustEnd(t, conn)
	mustWrite(t, conn, "answer")
	conn.Close()
	readLeg(t, peer, "answer")
	if _, _, err := peer.read(); err != io.EOF {
		t.Error(err)
	}
	e.ended(accepted.id, codeOK, 8, 6)
	if totals := e.inbound.totals(); totals != (inboundTotals{accepted: 1, up: 8, down: 6}) {
		t.Error(totals)
	}
}

func TestInboundResets(t *testing.T) {
	e, listener := exposeService(t, "tcp 3000 %s")

	peer, conn, id := e.serve(3000, listener)
	resetTCP(conn)
	if _, _, err := peer.read(); classify(err) != codeReset {
		t.Errorf("the peer reads %v, want a reset", err)
	}
	e.ended(id, codeReset, 0, 0)

	peer, conn, id = e.serve(3000, listener)
	peer.abort()
	if _, err := conn.Read(make([]byte, 1)); classify(err) != codeReset {
		t.Errorf("the service reads %v, want a reset", err)
	}
	e.ended(id, codeReset, 0, 0)
}

func TestInboundToADeadServiceIsRefused(t *testing.T) {
	listener := service(t)
	dead := listener.Addr().String()
	listener.Close()
	e := newExposing(t, "tcp 3000 "+dead)
	if e.take(3000) != nil {
		t.Error("the connection is accepted")
	}
	f := e.event(frameRejected, codeRefused)
	if want := dead + " refused the connection"; !strings.HasSuffix(string(f.payload), want) {
		t.Errorf("%q", f.payload)
	}
	if totals := e.inbound.totals(); totals != (inboundTotals{refused: 1}) {
		t.Error(totals)
	}
}

func TestInboundOnlyToWhatIsExposedAndOwn(t *testing.T) {
	listener := service(t)
	e := newExposing(t, fmt.Sprintf("tcp 3000 %s\nudp 3001 %s", listener.Addr(), listener.Addr()))
	if e.take(3001) != nil {
		t.Error("a port that is not exposed is")
	}
	if e.takeUDP(somePeer, netip.AddrPortFrom(thisNode, 3000)) != nil {
		t.Error("a port of TCP takes datagrams")
	}
	if e.takeTCP(somePeer, netip.MustParseAddrPort("192.0.2.10:3000")) != nil {
		t.Error("an address that is not the node's is exposed")
	}
	if err := e.expose(""); err != nil {
		t.Fatal(err)
	}
	if e.take(3000) != nil {
		t.Error("a port that is no longer exposed is")
	}
	if err := e.expose("tcp x"); err == nil || e.take(3000) != nil {
		t.Error(err)
	}
}

func TestInboundOfADeniedPeer(t *testing.T) {
	e, listener := exposeService(t, "tcp 3000 %s from=tag:ci from=100.64.0.8")
	if e.take(3000) != nil {
		t.Error("the connection is accepted")
	}
	e.event(frameRejected, codeDenied)
	if err := e.expose(fmt.Sprintf("tcp 3000 %s from=100.64.0.0/24", listener.Addr())); err != nil {
		t.Fatal(err)
	}
	e.connect(3000)
	e.event(frameAccepted, codeOK)
}

func TestInboundConnectionsAreLimited(t *testing.T) {
	e, _ := exposeService(t, "limit 1\ntcp 3000 %s")
	peer := e.connect(3000)
	id := e.event(frameAccepted, codeOK).id
	if e.take(3000) != nil {
		t.Error("a second connection is accepted")
	}
	e.event(frameRejected, codeResources)
	peer.abort()
	e.ended(id, codeReset, 0, 0)
	e.connect(3000)
	e.event(frameAccepted, codeOK)
}

func TestInboundWithAProxyHeader(t *testing.T) {
	e, listener := exposeService(t, "tcp 3000 %s proxy-protocol")
	peer, conn, id := e.serve(3000, listener)
	mustRead(t, conn, string(proxyHeader(somePeer, netip.AddrPortFrom(thisNode, 3000))))
	peer.write([]byte("x"))
	mustRead(t, conn, "x")
	conn.CloseWrite()
	peer.closeWrite()
	e.ended(id, codeOK, 1, 0)
}

func TestInboundPrefersNoLoopbackAddress(t *testing.T) {
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.IPv6loopback})
	if err != nil {
		t.Skip("this host has no ::1")
	}
	defer listener.Close()
	e := newExposing(t, "tcp all localhost")
	e.connect(port(listener.Addr()))
	acceptOne(t, listener)
	e.event(frameAccepted, codeOK)
}

func TestInboundHandshakeThatDoesNotCome(t *testing.T) {
	e, listener := exposeService(t, "tcp 3000 %s")
	if e.take(3000) == nil {
		t.Fatal("the connection is refused")
	}
	conn := acceptOne(t, listener)
	ended := make(chan error, 1)
	go func() {
		_, err := conn.Read(make([]byte, 1))
		ended <- err
	}()
	for {
		runtime.GC()
		select {
		case err := <-ended:
			if classify(err) != codeReset {
				t.Errorf("the service reads %v, want a reset", err)
			}
			e.event(frameRejected, codeCancelled)
			return
		case <-time.After(time.Millisecond):
		}
	}
}

func TestInboundEndsWithTheNode(t *testing.T) {
	e, listener := exposeService(t, "tcp 3000 %s")
	peer, _, id := e.serve(3000, listener)
	late := e.take(3000)
	e.inbound.end()
	if _, _, err := peer.read(); classify(err) != codeReset {
		t.Errorf("the peer reads %v, want a reset", err)
	}
	e.ended(id, codeCancelled, 0, 0)
	peer, accepted := netstackPair(t)
	late(accepted)
	if _, _, err := peer.read(); classify(err) != codeReset {
		t.Errorf("the late peer reads %v, want a reset", err)
	}
}
