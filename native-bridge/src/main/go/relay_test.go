package main

import (
	"context"
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"runtime"
	"syscall"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/link/loopback"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
)

const patience = 30 * time.Second

// farEnd is what a target of a test offers: the far end of the target's connection.
type farEnd interface {
	net.Conn
	CloseWrite() error
}

// pair is a tunnel in the making: both legs, and the sockets at their far ends.
type pair struct {
	client, target         leg
	clientPeer, targetPeer farEnd
	reset                  func() // resets the target's far end
}

// tcpPair returns a connection over the host's loopback: the leg, and its far end.
func tcpPair(t *testing.T) (*socketLeg, *net.TCPConn) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	near, err := net.Dial("tcp", listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	far, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	file, err := near.(*net.TCPConn).File()
	if err != nil {
		t.Fatal(err)
	}
	near.Close()
	fd, err := dupFD(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	file.Close()
	leg, err := adoptSocket(fd)
	if err != nil {
		t.Fatal(err)
	}
	far.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { leg.close(); far.Close() })
	return leg, far.(*net.TCPConn)
}

func resetTCP(conn *net.TCPConn) {
	conn.SetLinger(0)
	conn.Close()
}

// newTestStack returns a netstack that talks to itself, and its address.
func newTestStack(t *testing.T) (*stack.Stack, tcpip.FullAddress) {
	t.Helper()
	s := stack.New(stack.Options{
		NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol},
		TransportProtocols: []stack.TransportProtocolFactory{tcp.NewProtocol, udp.NewProtocol},
	})
	t.Cleanup(s.Close)
	address := tcpip.AddrFrom4([4]byte{10, 0, 0, 1})
	if err := s.CreateNIC(1, loopback.New()); err != nil {
		t.Fatal(err)
	}
	if err := s.AddProtocolAddress(1, tcpip.ProtocolAddress{Protocol: ipv4.ProtocolNumber, AddressWithPrefix: address.WithPrefix()}, stack.AddressProperties{}); err != nil {
		t.Fatal(err)
	}
	subnet, err := tcpip.NewSubnet(tcpip.AddrFrom4([4]byte{}), tcpip.MaskFromBytes(make([]byte, 4)))
	if err != nil {
		t.Fatal(err)
	}
	s.SetRouteTable([]tcpip.Route{{Destination: subnet, NIC: 1}})
	return s, tcpip.FullAddress{NIC: 1, Addr: address}
}

// netstackPair returns a connection over netstack.
func netstackPair(t *testing.T) (leg, *gonet.TCPConn) {
	t.Helper()
	s, at := newTestStack(t)
	at.Port = 80
	listener, err := gonet.ListenTCP(s, at, ipv4.ProtocolNumber)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	near, err := gonet.DialContextTCP(context.Background(), s, at, ipv4.ProtocolNumber)
	if err != nil {
		t.Fatal(err)
	}
	far, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	far.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { far.Close() })
	return newNetstackLeg(near), far.(*gonet.TCPConn)
}

// eachPath runs a test for a tunnel to the tailnet and for a direct one.
func eachPath(t *testing.T, test func(t *testing.T, p pair)) {
	t.Run("netstack", func(t *testing.T) {
		client, clientPeer := tcpPair(t)
		target, targetPeer := netstackPair(t)
		if _, ok := target.(*netstackLeg); !ok {
			t.Fatalf("the endpoint of a gonet.TCPConn is out of reach: %T", target)
		}
		test(t, pair{client, target, clientPeer, targetPeer, func() {
			newNetstackLeg(targetPeer).abort()
		}})
	})
	t.Run("splice", func(t *testing.T) {
		client, clientPeer := tcpPair(t)
		target, targetPeer := tcpPair(t)
		test(t, pair{client, target, clientPeer, targetPeer, func() { resetTCP(targetPeer) }})
	})
}

type ending struct {
	code  code
	words string
}

func (p pair) start(t *testing.T, early string, idle time.Duration) (*tunnel, <-chan ending) {
	tunnel := newTunnel(p.client, p.target, idle)
	return tunnel, run(t, tunnel, early)
}

// startAndUse returns when a byte has passed.
func (p pair) startAndUse(t *testing.T, idle time.Duration) (*tunnel, <-chan ending) {
	t.Helper()
	tunnel, ended := p.start(t, "", idle)
	mustWrite(t, p.clientPeer, "x")
	mustRead(t, p.targetPeer, "x")
	return tunnel, ended
}

func run(t *testing.T, tunnel *tunnel, early string) <-chan ending {
	ended := make(chan ending, 1)
	go func() {
		c, words := tunnel.run([]byte(early))
		ended <- ending{c, words}
	}()
	t.Cleanup(func() { tunnel.fail(errCancelled) })
	return ended
}

func mustHaveMoved(t *testing.T, tunnel *tunnel, up, down uint64) {
	t.Helper()
	if tunnel.up.Load() != up || tunnel.down.Load() != down {
		t.Errorf("%d up, %d down; want %d and %d", tunnel.up.Load(), tunnel.down.Load(), up, down)
	}
}

func await(t *testing.T, ended <-chan ending, want code) ending {
	t.Helper()
	select {
	case got := <-ended:
		if got.code != want {
			t.Errorf("ended with %d %q, want %d", got.code, got.words, want)
		}
		return got
	case <-time.After(patience):
		t.Fatal("the tunnel does not end")
		return ending{}
	}
}

func mustRead(t *testing.T, conn net.Conn, want string) {
	t.Helper()
	got := make([]byte, len(want))
	if _, err := io.ReadFull(conn, got); err != nil || string(got) != want {
		t.Fatalf("read %q %v, want %q", got, err, want)
	}
}

func mustEnd(t *testing.T, conn net.Conn) {
	t.Helper()
	if n, err := conn.Read(make([]byte, 1)); err != io.EOF {
		t.Fatalf("read %d bytes, %v; want the end", n, err)
	}
}

func mustWrite(t *testing.T, conn net.Conn, data string) {
	t.Helper()
	if _, err := conn.Write([]byte(data)); err != nil {
		t.Fatal(err)
	}
}

func TestWhatTheTargetHasSaidComesFirst(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		mustWrite(t, p.targetPeer, "later")
		tunnel := newTunnel(p.client, p.target, 0)
		tunnel.answer = []byte("greeting ")
		ended := run(t, tunnel, "")
		mustRead(t, p.clientPeer, "greeting later")
		p.targetPeer.Close()
		p.clientPeer.Close()
		await(t, ended, codeOK)
		mustHaveMoved(t, tunnel, 0, 14)
	})
}

func TestEarlyDataComesFirst(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		mustWrite(t, p.clientPeer, "later")
		tunnel, ended := p.start(t, "early ", 0)
		mustRead(t, p.targetPeer, "early later")
		p.clientPeer.CloseWrite()
		mustEnd(t, p.targetPeer)
		p.targetPeer.CloseWrite()
		mustEnd(t, p.clientPeer)
		await(t, ended, codeOK)
		mustHaveMoved(t, tunnel, 11, 0)
	})
}

// halfClose has one side end first and still hear the other, which ends then.
func (p pair) halfClose(t *testing.T, first, second farEnd) *tunnel {
	t.Helper()
	tunnel, ended := p.start(t, "", 0)
	mustWrite(t, first, "question")
	first.CloseWrite()
	mustRead(t, second, "question")
	mustEnd(t, second)
	mustWrite(t, second, "reply")
	mustRead(t, first, "reply")
	second.Close()
	mustEnd(t, first)
	await(t, ended, codeOK)
	return tunnel
}

func TestHalfCloseByTheClient(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		mustHaveMoved(t, p.halfClose(t, p.clientPeer, p.targetPeer), 8, 5)
	})
}

func TestHalfCloseByTheTarget(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		mustHaveMoved(t, p.halfClose(t, p.targetPeer, p.clientPeer), 5, 8)
	})
}

func TestResetByTheTarget(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		_, ended := p.startAndUse(t, 0)
		p.reset()
		if _, err := p.clientPeer.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the client reads %v, want a reset", err)
		}
		if got := await(t, ended, codeReset); got.words != "reset by the target" {
			t.Error(got.words)
		}
	})
}

func TestResetByTheClient(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		_, ended := p.startAndUse(t, 0)
		resetTCP(p.clientPeer.(*net.TCPConn))
		_, err := p.targetPeer.Read(make([]byte, 1))
		var op *net.OpError
		if !errors.As(err, &op) || classify(err) != codeReset {
			t.Errorf("the target reads %v, want a reset", err)
		}
		if got := await(t, ended, codeReset); got.words != "reset by the client" {
			t.Error(got.words)
		}
	})
}

func TestCancelResetsBoth(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		tunnel, ended := p.startAndUse(t, 0)
		tunnel.fail(errCancelled)
		await(t, ended, codeCancelled)
		for _, conn := range []net.Conn{p.clientPeer, p.targetPeer} {
			if _, err := conn.Read(make([]byte, 1)); classify(err) != codeReset {
				t.Errorf("%T reads %v, want a reset", conn, err)
			}
		}
	})
}

func TestCancelWhileBothWait(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		tunnel, ended := p.start(t, "", 0)
		fill := make([]byte, 1<<20)
		for _, conn := range []farEnd{p.clientPeer, p.targetPeer} {
			go func() {
				for {
					if _, err := conn.Write(fill); err != nil {
						return
					}
				}
			}()
		}
		for tunnel.up.Load() == 0 || tunnel.down.Load() == 0 {
			runtime.Gosched()
		}
		tunnel.fail(errCancelled)
		await(t, ended, codeCancelled)
	})
}

func TestIdle(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		const idle = 200 * time.Millisecond
		begin := time.Now()
		_, ended := p.startAndUse(t, idle)
		await(t, ended, codeIdle)
		if took := time.Since(begin); took < idle {
			t.Errorf("idle after %s", took)
		}
	})
}

func TestTrafficKeepsATunnel(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		const idle = 150 * time.Millisecond
		_, ended := p.start(t, "", idle)
		ticks := time.NewTicker(idle / 5)
		defer ticks.Stop()
		for range 20 {
			<-ticks.C
			mustWrite(t, p.targetPeer, "x")
			mustRead(t, p.clientPeer, "x")
		}
		await(t, ended, codeIdle)
	})
}

// TestBulk moves 100 MB each way at once and watches the memory.
func TestBulk(t *testing.T) {
	const total = 100 << 20
	eachPath(t, func(t *testing.T, p pair) {
		tunnel, ended := p.start(t, "", 0)
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		sums := make(chan [32]byte, 4)
		send := func(conn farEnd, seed byte) {
			random := rand.NewChaCha8([32]byte{seed})
			hash := sha256.New()
			block := make([]byte, 128<<10)
			for sent := 0; sent < total; sent += len(block) {
				random.Read(block)
				hash.Write(block)
				if _, err := conn.Write(block); err != nil {
					t.Error(err)
					break
				}
			}
			conn.CloseWrite()
			sums <- [32]byte(hash.Sum(nil))
		}
		receive := func(conn farEnd) {
			hash := sha256.New()
			if n, err := io.Copy(hash, struct{ io.Reader }{conn}); n != total || err != nil {
				t.Errorf("received %d bytes, %v", n, err)
			}
			sums <- [32]byte(hash.Sum(nil))
		}
		go send(p.clientPeer, 1)
		go receive(p.targetPeer)
		first, second := <-sums, <-sums
		if first != second {
			t.Error("the bytes towards the target were changed")
		}
		go send(p.targetPeer, 2)
		go receive(p.clientPeer)
		if first, second = <-sums, <-sums; first != second {
			t.Error("the bytes towards the client were changed")
		}
		await(t, ended, codeOK)
		mustHaveMoved(t, tunnel, total, total)
		runtime.GC()
		var after runtime.MemStats
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 32<<20 {
			t.Errorf("the heap has grown by %d MB", grown>>20)
		}
	})
}

// testNode returns a node that only has an event stream, and the caller's end of that.
func testNode(t *testing.T) (*node, net.Conn) {
	t.Helper()
	n := newNode()
	s, caller := newTestStream(t)
	n.stream.Store(s)
	t.Cleanup(func() { n.operations.end() })
	return n, caller
}

func rawFD(t *testing.T, conn *net.TCPConn) int {
	t.Helper()
	file, err := conn.File()
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	conn.Close()
	fd, err := dupFD(int(file.Fd()))
	if err != nil {
		t.Fatal(err)
	}
	if err := syscall.SetNonblock(fd, true); err != nil {
		t.Fatal(err)
	}
	return fd
}

func TestDirectDialAndRelay(t *testing.T) {
	n, caller := testNode(t)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	where := netip.MustParseAddrPort(listener.Addr().String())
	if err := n.dial(5, viaDirect, where.Addr().String(), int(where.Port()), patience); err != nil {
		t.Fatal(err)
	}
	if f, _ := readFrame(t, caller); f.kind != frameDialed || f.id != 5 || f.code != 0 {
		t.Fatalf("%+v", f)
	}
	if err := n.dial(5, viaDirect, "127.0.0.1", 1, patience); errnoOf(err) != syscall.EEXIST {
		t.Errorf("an id in use: %v", err)
	}
	client, clientPeer := tcpPair(t)
	if err := n.relay(5, rawFD(t, client.conn.(*net.TCPConn)), []byte("early "), 0); err != nil {
		t.Fatal(err)
	}
	target, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
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
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer listener.Close()
	where := netip.MustParseAddrPort(listener.Addr().String())
	if err := n.dial(1, viaDirect, where.Addr().String(), int(where.Port()), patience); err != nil {
		t.Fatal(err)
	}
	readFrame(t, caller)
	target, err := listener.Accept()
	if err != nil {
		t.Fatal(err)
	}
	defer target.Close()
	n.operations.cancelOne(1, errCancelled)
	target.SetDeadline(time.Now().Add(patience))
	if _, err := target.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
		t.Errorf("the target reads %v, want a reset", err)
	}
	n.operations.cancelOne(1, errCancelled) // nothing is left to cancel
}
