package main

import (
	"bytes"
	"context"
	"net"
	"net/netip"

	"golang.org/x/sys/unix"
	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
	"gvisor.dev/gvisor/pkg/waiter"
	"tailscale.com/wgengine/netstack"
)

// datagramBuffer is what a netstack endpoint may hold of received datagrams; its default of 32 KiB is less than one large one.
const datagramBuffer = 256 << 10

// connectNetstack makes a datagramConn from an address of this node.
func connectNetstack(impl *netstack.Impl, source netip.Addr, target netip.AddrPort) (datagramConn, error) {
	s, ok := stackOf(impl)
	if !ok {
		conn, err := impl.DialContextUDPWithBind(context.Background(), source, target)
		if err != nil {
			return nil, err
		}
		return &plainDatagrams{conn}, nil
	}
	return connectStack(s, source, target)
}

func connectStack(s *stack.Stack, source netip.Addr, target netip.AddrPort) (datagramConn, error) {
	var protocol tcpip.NetworkProtocolNumber = ipv4.ProtocolNumber
	if target.Addr().Is6() {
		protocol = ipv6.ProtocolNumber
	}
	d := &netstackDatagrams{queue: new(waiter.Queue)}
	ep, err := s.NewEndpoint(udp.ProtocolNumber, protocol, d.queue)
	if err != nil {
		return nil, netstackError{err}
	}
	d.ep = ep
	d.prepare()
	if err := ep.Bind(fullAddress(netip.AddrPortFrom(source, 0))); err != nil {
		d.close()
		return nil, netstackError{err}
	}
	if err := ep.Connect(fullAddress(target)); err != nil {
		d.close()
		return nil, netstackError{err}
	}
	return d, nil
}

func fullAddress(at netip.AddrPort) tcpip.FullAddress {
	return tcpip.FullAddress{NIC: nicID, Addr: tcpip.AddrFromSlice(at.Addr().AsSlice()), Port: at.Port()}
}

// netstackDatagrams is a UDP endpoint of netstack, which fragments what is longer than the tunnel's packets.
type netstackDatagrams struct {
	ep      tcpip.Endpoint
	queue   *waiter.Queue
	entry   waiter.Entry
	canRead <-chan struct{}
	payload bytes.Reader
}

func (d *netstackDatagrams) prepare() {
	d.ep.SocketOptions().SetReceiveBufferSize(datagramBuffer, true)
	d.entry, d.canRead = waiter.NewChannelEntry(waiter.ReadableEvents | waiter.EventErr | waiter.EventHUp)
	d.queue.EventRegister(&d.entry)
}

func (d *netstackDatagrams) read() (*buffer, int, error) {
	for {
		b := takeBuffer()
		w := tcpip.SliceWriter(b[:])
		result, err := d.ep.Read(&w, tcpip.ReadOptions{})
		switch err.(type) {
		case nil:
			return b, result.Count, nil
		case *tcpip.ErrBadBuffer:
			return b, 0, nil // what netstack makes of an empty datagram
		case *tcpip.ErrWouldBlock:
			giveBuffer(b)
			<-d.canRead
		default:
			giveBuffer(b)
			return nil, 0, netstackError{err}
		}
	}
}

func (d *netstackDatagrams) write(b []byte) error {
	d.payload.Reset(b)
	_, err := d.ep.Write(&d.payload, tcpip.WriteOptions{})
	switch err.(type) {
	case nil:
		return nil
	case *tcpip.ErrWouldBlock, *tcpip.ErrNoBufferSpace:
		return errQueueFull
	default:
		return netstackError{err}
	}
}

func (d *netstackDatagrams) close() { d.ep.Close() }

// socketDatagrams is a UDP socket of the host.
type socketDatagrams struct {
	descriptorReader
	conn *net.UDPConn
}

func connectSocket(target netip.AddrPort) (datagramConn, error) {
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(target))
	if err != nil {
		return nil, err
	}
	raw, err := conn.SyscallConn()
	if err != nil {
		conn.Close()
		return nil, err
	}
	d := &socketDatagrams{conn: conn}
	d.init(raw)
	return d, nil
}

func (d *socketDatagrams) write(b []byte) error {
	var sent error
	err := d.raw.Write(func(fd uintptr) bool {
		sent = unix.Send(int(fd), b, unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
		return true
	})
	if err == nil {
		err = wouldBlock(sent)
	}
	return err
}

func (d *socketDatagrams) close() { d.conn.Close() }

// plainDatagrams is any other connection for datagrams.
type plainDatagrams struct{ conn net.Conn }

func (d *plainDatagrams) read() (*buffer, int, error) {
	b := takeBuffer()
	length, err := d.conn.Read(b[:])
	if err != nil {
		giveBuffer(b)
		return nil, 0, err
	}
	return b, length, nil
}

func (d *plainDatagrams) write(b []byte) error {
	_, err := d.conn.Write(b)
	return err
}

func (d *plainDatagrams) close() { d.conn.Close() }
