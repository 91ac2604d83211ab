package main

import (
	"encoding/binary"
	"io"
	"math/rand/v2"
	"net"
	"net/netip"
	"syscall"
	"testing"
	"time"
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
