package main

import (
	"context"
	"io"
	"net"
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
