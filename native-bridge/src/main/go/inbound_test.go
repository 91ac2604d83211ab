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

	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
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

func TestInboundConnection(t *testing.T) {
	listener := service(t)
	e := newExposing(t, fmt.Sprintf("tcp 3000 %s", listener.Addr()))
	peer := e.connect(3000)
	conn := acceptOne(t, listener)
	accepted := e.event(frameAccepted, codeOK)
	want := []byte{6, 4, 100, 64, 0, 9, 0xc3, 0x50, 0x0b, 0xb8, 4, 127, 0, 0, 1}
	want = binary.BigEndian.AppendUint16(want, port(listener.Addr()))
	if !bytes.Equal(accepted.payload, append(want, 0)) {
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
	listener := service(t)
	e := newExposing(t, fmt.Sprintf("tcp 3000 %s", listener.Addr()))

	peer := e.connect(3000)
	conn := acceptOne(t, listener)
	id := e.event(frameAccepted, codeOK).id
	resetTCP(conn)
	if _, _, err := peer.read(); classify(err) != codeReset {
		t.Errorf("the peer reads %v, want a reset", err)
	}
	e.ended(id, codeReset, 0, 0)

	peer = e.connect(3000)
	conn = acceptOne(t, listener)
	id = e.event(frameAccepted, codeOK).id
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
	listener := service(t)
	e := newExposing(t, fmt.Sprintf("tcp 3000 %s from=tag:ci from=100.64.0.8", listener.Addr()))
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
	listener := service(t)
	e := newExposing(t, fmt.Sprintf("limit 1\ntcp 3000 %s", listener.Addr()))
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
	listener := service(t)
	e := newExposing(t, fmt.Sprintf("tcp 3000 %s proxy-protocol", listener.Addr()))
	peer := e.connect(3000)
	conn := acceptOne(t, listener)
	id := e.event(frameAccepted, codeOK).id
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
	listener := service(t)
	e := newExposing(t, fmt.Sprintf("tcp 3000 %s", listener.Addr()))
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
	listener := service(t)
	e := newExposing(t, fmt.Sprintf("tcp 3000 %s", listener.Addr()))
	peer := e.connect(3000)
	acceptOne(t, listener)
	id := e.event(frameAccepted, codeOK).id
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

func TestInboundDatagrams(t *testing.T) {
	host, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	host.SetDeadline(time.Now().Add(patience))
	e := newExposing(t, fmt.Sprintf("udp 5353 %s", host.LocalAddr()))
	peer, near := netstackDatagramPair(t)
	handler := e.takeUDP(somePeer, netip.AddrPortFrom(thisNode, 5353))
	go handler(near)
	b := make([]byte, 64<<10)
	for _, size := range []int{1, 0, 1200, 8000} {
		sent := bytes.Repeat([]byte{'d'}, size)
		if _, err := peer.Write(sent); err != nil {
			t.Fatal(err)
		}
		n, from, err := host.ReadFromUDP(b)
		if err != nil || n != size {
			t.Fatalf("the service reads %d bytes, %v; want %d", n, err, size)
		}
		if _, err := host.WriteToUDP(b[:n], from); err != nil {
			t.Fatal(err)
		}
		if n, err := peer.Read(b); err != nil || n != size {
			t.Fatalf("the peer reads %d bytes, %v; want %d", n, err, size)
		}
	}
	id := e.event(frameAccepted, codeOK).id
	e.inbound.end()
	e.ended(id, codeCancelled, 9201, 9201)
}

func TestDatagramsToADeadService(t *testing.T) {
	host, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	at := netip.MustParseAddrPort(host.LocalAddr().String())
	conn, err := connectSocket(at)
	if err != nil {
		t.Fatal(err)
	}
	host.Close()
	dead := &datagramLeg{conn: conn, at: at}
	defer dead.close()
	for !dead.refused.Load() {
		if err := dead.write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if c, words := dead.outcome(codeIdle, "idle"); c != codeRefused || !strings.HasPrefix(words, "nobody listens at 127.0.0.1:") {
		t.Error(c, words)
	}
	if c, _ := dead.outcome(codeCancelled, "closed"); c != codeCancelled {
		t.Error(c)
	}
	dead.refused.Store(false)
	if c, words := dead.outcome(codeIdle, "idle"); c != codeOK || words != "" {
		t.Error(c, words)
	}
}

func TestDeniedDatagramsAreReportedOnceInAWhile(t *testing.T) {
	var flows datagramFlows
	now := time.Now()
	path := datagramPath{somePeer.Addr(), 53}
	for _, test := range []struct {
		after time.Duration
		path  datagramPath
		news  bool
	}{
		{0, path, true},
		{quietRejections / 2, path, false},
		{quietRejections / 2, datagramPath{somePeer.Addr(), 54}, true},
		{quietRejections, path, true},
	} {
		if got := flows.isNews(test.path, now.Add(test.after)); got != test.news {
			t.Errorf("%v after %v: %v", test.path, test.after, got)
		}
	}
}

func TestDatagramFlowsAreBounded(t *testing.T) {
	var flows datagramFlows
	for range maxDatagramFlows {
		if !flows.begin() {
			t.Fatal("too few")
		}
	}
	if flows.begin() {
		t.Error("too many")
	}
	flows.end()
	if !flows.begin() {
		t.Error("none after one has ended")
	}
}

// netstackDatagramPair returns the two ends of a flow of datagrams over netstack.
func netstackDatagramPair(t *testing.T) (far, near *gonet.UDPConn) {
	t.Helper()
	s, address := newTestStack(t)
	one, other := address, address
	one.Port, other.Port = 1001, 1002
	far, err := gonet.DialUDP(s, &one, &other, ipv4.ProtocolNumber)
	if err != nil {
		t.Fatal(err)
	}
	near, err = gonet.DialUDP(s, &other, &one, ipv4.ProtocolNumber)
	if err != nil {
		t.Fatal(err)
	}
	far.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { far.Close(); near.Close() })
	return far, near
}
