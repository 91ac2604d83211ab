package main

import (
	"bytes"
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	gvisorpipe "gvisor.dev/gvisor/pkg/tcpip/link/pipe"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
)

// echoes answers each datagram with itself until the test ends.
func echoes(t *testing.T, conn net.PacketConn) netip.AddrPort {
	t.Helper()
	t.Cleanup(func() { conn.Close() })
	go func() {
		b := make([]byte, 1<<16)
		for {
			length, from, err := conn.ReadFrom(b)
			if err != nil {
				return
			}
			conn.WriteTo(b[:length], from)
		}
	}()
	return netip.MustParseAddrPort(conn.LocalAddr().String())
}

func listenUDP(t *testing.T, at string) net.PacketConn {
	t.Helper()
	conn, err := net.ListenPacket("udp", at)
	if err != nil {
		t.Skipf("%s: %v", at, err)
	}
	return conn
}

// caller is the other end of a conduit.
type caller struct {
	t    *testing.T
	conn net.Conn
}

// testConduit returns a conduit of a node, its flows' idle times being these.
func testConduit(t *testing.T, n *node, maxFlows int, idle idleTimes) (*conduit, caller) {
	t.Helper()
	conn, fd, err := socketPair(syscall.SOCK_STREAM, true)
	if err != nil {
		t.Fatal(err)
	}
	end, err := adoptSocket(fd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(end.close)
	end.conn.SetDeadline(time.Now().Add(patience))
	c := newConduit(n, conn, maxFlows)
	c.idle = idle
	if !n.conduits.add(c) {
		t.Fatal("the node is closed")
	}
	go c.run()
	return c, caller{t, end.conn}
}

func (c caller) write(kind uint8, code int, id uint64, payload []byte) {
	c.t.Helper()
	if _, err := c.conn.Write(append(appendFrame(nil, kind, uint8(code), id, len(payload)), payload...)); err != nil {
		c.t.Fatal(err)
	}
}

func (c caller) read() frame {
	c.t.Helper()
	f, ok := readFrame(c.t, c.conn)
	if !ok {
		c.t.Fatal("the conduit has ended")
	}
	return f
}

func (c caller) want(kind uint8, id uint64, code code) frame {
	c.t.Helper()
	f := c.read()
	if f.kind != kind || f.id != id || f.code != uint8(code) {
		c.t.Fatalf("frame %d of flow %d with code %d, %q; want %d, %d, %d", f.kind, f.id, f.code, f.payload, kind, id, code)
	}
	return f
}

func (c caller) open(id uint64, target netip.AddrPort) {
	c.t.Helper()
	c.ask(id, viaDirect, target)
	c.want(frameFlowOpened, id, codeOK)
}

func (c caller) ask(id uint64, via int, target netip.AddrPort) {
	c.t.Helper()
	payload := binary.BigEndian.AppendUint16(nil, target.Port())
	c.write(frameFlowOpen, via, id, append(payload, target.Addr().AsSlice()...))
}

func (c caller) wantEnd() {
	c.t.Helper()
	if _, err := io.Copy(io.Discard, c.conn); err != nil {
		c.t.Fatal(err)
	}
}

func randomBytes(length int) []byte {
	b := make([]byte, length)
	for i := range b {
		b[i] = byte(rand.Uint32())
	}
	return b
}

func TestDatagramsOfAllSizes(t *testing.T) {
	for _, at := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(at, func(t *testing.T) {
			target := echoes(t, listenUDP(t, at))
			n, _ := testNode(t)
			_, caller := testConduit(t, n, 1, usualIdleTimes)
			caller.open(1, target)
			for _, size := range []int{0, 1, 1200, 8000, 65507} {
				sent := randomBytes(size)
				caller.write(frameDatagram, 0, 1, sent)
				if f := caller.want(frameDatagram, 1, 0); !bytes.Equal(f.payload, sent) {
					t.Errorf("%d bytes came back as %d", size, len(f.payload))
				}
			}
		})
	}
}

func TestFlowsAreSeparate(t *testing.T) {
	one, two := echoes(t, listenUDP(t, "127.0.0.1:0")), echoes(t, listenUDP(t, "127.0.0.1:0"))
	n, _ := testNode(t)
	_, caller := testConduit(t, n, 2, usualIdleTimes)
	caller.open(1, one)
	caller.open(2, two)
	caller.write(frameDatagram, 0, 2, []byte("two"))
	if f := caller.want(frameDatagram, 2, 0); string(f.payload) != "two" {
		t.Errorf("%q", f.payload)
	}
	caller.ask(3, viaDirect, one)
	caller.want(frameFlowOpened, 3, codeResources)
	caller.ask(2, viaDirect, one)
	caller.want(frameFlowOpened, 2, codeInternal)
	caller.write(frameFlowClose, 0, 1, nil)
	caller.write(frameDatagram, 0, 1, []byte("late"))
	caller.open(3, one)
}

func TestOnlyTheTargetIsHeard(t *testing.T) {
	target := listenUDP(t, "127.0.0.1:0")
	defer target.Close()
	n, _ := testNode(t)
	_, caller := testConduit(t, n, 1, usualIdleTimes)
	caller.open(1, netip.MustParseAddrPort(target.LocalAddr().String()))
	caller.write(frameDatagram, 0, 1, []byte("hello"))
	_, flow, err := target.ReadFrom(make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	stranger := listenUDP(t, "127.0.0.1:0")
	defer stranger.Close()
	if _, err := stranger.WriteTo([]byte("stranger"), flow); err != nil {
		t.Fatal(err)
	}
	if _, err := target.WriteTo([]byte("target"), flow); err != nil {
		t.Fatal(err)
	}
	if f := caller.want(frameDatagram, 1, 0); string(f.payload) != "target" {
		t.Errorf("%q", f.payload)
	}
}

func TestFlowsThatCannotBe(t *testing.T) {
	n, _ := testNode(t)
	_, caller := testConduit(t, n, 1, usualIdleTimes)
	caller.ask(1, viaTailnet, netip.MustParseAddrPort("100.64.0.1:53"))
	caller.want(frameFlowOpened, 1, codeNodeDown)
	caller.ask(2, 7, netip.MustParseAddrPort("127.0.0.1:53"))
	caller.want(frameFlowOpened, 2, codeInternal)
	caller.ask(3, viaDirect, netip.MustParseAddrPort("127.0.0.1:0"))
	caller.want(frameFlowOpened, 3, codeInternal)
	for _, payload := range [][]byte{nil, {1}, {1, 2}, {1, 2, 3, 4, 5}} {
		caller.write(frameFlowOpen, viaDirect, 4, payload)
		caller.want(frameFlowOpened, 4, codeInternal)
	}
}

func TestARefusalEndsNoFlow(t *testing.T) {
	target := listenUDP(t, "127.0.0.1:0")
	at := netip.MustParseAddrPort(target.LocalAddr().String())
	target.Close()
	n, _ := testNode(t)
	c, caller := testConduit(t, n, 1, usualIdleTimes)
	caller.open(1, at)
	f := c.flow(1)
	caller.write(frameDatagram, 0, 1, []byte("nobody there"))
	for deadline := time.Now().Add(patience); f.trouble.Load() == nil; time.Sleep(time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("no ICMP message came")
		}
	}
	echoes(t, listenUDP(t, at.String()))
	caller.write(frameDatagram, 0, 1, []byte("somebody there"))
	if f := caller.want(frameDatagram, 1, 0); string(f.payload) != "somebody there" {
		t.Errorf("%q", f.payload)
	}
	if words := f.idleWords(time.Minute); !bytes.Contains([]byte(words), []byte("refused")) {
		t.Error(words)
	}
}

func TestIdleFlowsEnd(t *testing.T) {
	target := echoes(t, listenUDP(t, "127.0.0.1:0"))
	n, _ := testNode(t)
	c, caller := testConduit(t, n, 2, idleTimes{dns: 4 * time.Millisecond, oneWay: 20 * time.Millisecond, bothWays: time.Hour})
	caller.open(1, target)
	caller.write(frameDatagram, 0, 1, []byte("answered"))
	caller.want(frameDatagram, 1, 0)
	caller.open(2, target)
	caller.want(frameFlowClosed, 2, codeIdle)
	caller.write(frameDatagram, 0, 2, []byte("into the void"))
	caller.write(frameDatagram, 0, 1, []byte("still there"))
	caller.want(frameDatagram, 1, 0)
	if c.flow(1) == nil || c.flow(2) != nil {
		t.Error("the wrong flow ended")
	}
}

func TestIdleTimesOfRFC4787(t *testing.T) {
	f := &flow{target: netip.MustParseAddrPort("192.0.2.1:1024")}
	if limit := usualIdleTimes.of(f); limit < 2*time.Minute {
		t.Error(limit)
	}
	f.received.Add(1)
	if limit := usualIdleTimes.of(f); limit < 5*time.Minute {
		t.Error(limit)
	}
	f.target = netip.MustParseAddrPort("192.0.2.1:53")
	if limit := usualIdleTimes.of(f); limit >= time.Minute {
		t.Error(limit)
	}
}

// A caller that does not read loses datagrams, and costs a bounded amount of memory; other conduits go on.
func TestAFullConduitDrops(t *testing.T) {
	target := echoes(t, listenUDP(t, "127.0.0.1:0"))
	n, _ := testNode(t)
	c, deaf := testConduit(t, n, 1, usualIdleTimes)
	deaf.open(1, target)
	datagram := make([]byte, 32<<10)
	for deadline := time.Now().Add(patience); n.datagramsDropped.down.Load() == 0; {
		if time.Now().After(deadline) {
			t.Fatal("nothing was dropped")
		}
		deaf.write(frameDatagram, 0, 1, datagram)
	}
	c.out.mu.Lock()
	waiting := len(c.out.pending)
	c.out.mu.Unlock()
	if waiting > conduitBacklog+maxDatagram+frameHeader {
		t.Errorf("%d bytes wait", waiting)
	}
	_, other := testConduit(t, n, 1, usualIdleTimes)
	other.open(1, target)
	other.write(frameDatagram, 0, 1, []byte("other"))
	other.want(frameDatagram, 1, 0)
}

func TestClosingAConduitEndsItsFlows(t *testing.T) {
	n, _ := testNode(t)
	c, caller := testConduit(t, n, 1, usualIdleTimes)
	caller.open(1, echoes(t, listenUDP(t, "127.0.0.1:0")))
	f := c.flow(1)
	caller.conn.Close()
	n.conduits.active.Wait()
	if _, _, err := f.conn.read(); err == nil {
		t.Error("the flow's socket is open")
	}
}

func TestClosingANodeEndsItsConduits(t *testing.T) {
	n, _ := testNode(t)
	_, caller := testConduit(t, n, 1, usualIdleTimes)
	caller.open(1, echoes(t, listenUDP(t, "127.0.0.1:0")))
	n.conduits.end()
	caller.wantEnd()
	if _, err := n.openConduit(1); errnoOf(err) != syscall.EBADF {
		t.Errorf("%v", err)
	}
	if _, err := n.openConduit(0); errnoOf(err) != syscall.EINVAL {
		t.Errorf("%v", err)
	}
}

func TestNonsenseEndsAConduit(t *testing.T) {
	n, _ := testNode(t)
	for _, nonsense := range [][]byte{
		appendFrame(nil, 9, 0, 1, 0),
		appendFrame(nil, frameDatagram, 0, 1, maxDatagram+1),
		{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		{255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	} {
		_, caller := testConduit(t, n, 1, usualIdleTimes)
		if _, err := caller.conn.Write(nonsense); err != nil {
			t.Fatal(err)
		}
		caller.wantEnd()
	}
}

// pipeStacks returns two stacks with a link between them that has the MTU of a tailnet, and the addresses of both.
func pipeStacks(t *testing.T) (near, far *stack.Stack) {
	t.Helper()
	a, b := gvisorpipe.New("\x02\x00\x00\x00\x00\x01", "\x02\x00\x00\x00\x00\x02", 1280)
	stackAt := func(link stack.LinkEndpoint, last byte) *stack.Stack {
		s := stack.New(stack.Options{
			NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, ipv6.NewProtocol},
			TransportProtocols: []stack.TransportProtocolFactory{udp.NewProtocol},
		})
		t.Cleanup(s.Close)
		if err := s.CreateNIC(nicID, link); err != nil {
			t.Fatal(err)
		}
		for _, address := range []netip.Addr{pipeAddress(4, last), pipeAddress(6, last)} {
			protocol := tcpip.NetworkProtocolNumber(ipv4.ProtocolNumber)
			if address.Is6() {
				protocol = ipv6.ProtocolNumber
			}
			with := tcpip.ProtocolAddress{Protocol: protocol, AddressWithPrefix: tcpip.AddrFromSlice(address.AsSlice()).WithPrefix()}
			if err := s.AddProtocolAddress(nicID, with, stack.AddressProperties{}); err != nil {
				t.Fatal(err)
			}
		}
		all4, _ := tcpip.NewSubnet(tcpip.AddrFrom4([4]byte{}), tcpip.MaskFromBytes(make([]byte, 4)))
		all6, _ := tcpip.NewSubnet(tcpip.AddrFrom16([16]byte{}), tcpip.MaskFromBytes(make([]byte, 16)))
		s.SetRouteTable([]tcpip.Route{{Destination: all4, NIC: nicID}, {Destination: all6, NIC: nicID}})
		return s
	}
	return stackAt(a, 1), stackAt(b, 2)
}

func pipeAddress(version int, last byte) netip.Addr {
	if version == 4 {
		return netip.AddrFrom4([4]byte{100, 64, 0, last})
	}
	return netip.AddrFrom16([16]byte{0xfd, 0x7a, 15: last})
}

func TestDatagramsThroughNetstack(t *testing.T) {
	for _, version := range []int{4, 6} {
		near, far := pipeStacks(t)
		protocol := tcpip.NetworkProtocolNumber(ipv4.ProtocolNumber)
		if version == 6 {
			protocol = ipv6.ProtocolNumber
		}
		at := fullAddress(netip.AddrPortFrom(pipeAddress(version, 2), 7))
		server, err := gonet.DialUDP(far, &at, nil, protocol)
		if err != nil {
			t.Fatal(err)
		}
		echoes(t, server)
		d, err := connectStack(near, pipeAddress(version, 1), netip.AddrPortFrom(pipeAddress(version, 2), 7))
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{0, 1, 1200, 8000, 65507} {
			sent := randomBytes(size)
			if err := d.write(sent); err != nil {
				t.Fatalf("IPv%d, %d bytes: %v", version, size, err)
			}
			b, length, err := d.read()
			if err != nil || !bytes.Equal(b[:length], sent) {
				t.Errorf("IPv%d: %d bytes came back as %d, %v", version, size, length, err)
			}
			giveBuffer(b)
		}
		ended := make(chan error)
		go func() {
			_, _, err := d.read()
			ended <- err
		}()
		d.close()
		select {
		case err := <-ended:
			if err == nil {
				t.Error("a closed flow received something")
			}
		case <-time.After(patience):
			t.Fatal("the read did not end")
		}
	}
}
