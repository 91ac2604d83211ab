package main

import (
	"context"
	"encoding/binary"
	"errors"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	associationIdle = 2 * time.Minute
	socksPatience   = 10 * time.Second
	mostSenders     = 256 // of one target
)

// tailnetDesk carries datagrams to a target by UDP associations of the agent's SOCKS5 (RFC 1928, section 7): one for each
// socket that sends.
type tailnetDesk struct {
	desk     *desk
	agent    controlAgent
	header   []byte
	complain func(error)
	mutex    sync.Mutex
	bySender map[netip.AddrPort]*association
}

type association struct {
	ready   chan struct{} // closed when conn, or its absence, is known
	conn    *net.UDPConn
	control net.Conn
}

func newTailnetDesk(d *desk, agent controlAgent, complain func(error)) *tailnetDesk {
	return &tailnetDesk{
		desk: d, agent: agent, header: socksHeader(d.target), complain: complain,
		bySender: make(map[netip.AddrPort]*association),
	}
}

// socksHeader begins each datagram to a target.
func socksHeader(target netip.AddrPort) []byte {
	return append([]byte{0, 0, 0}, socksAddress(target)...)
}

func socksAddress(address netip.AddrPort) []byte {
	kind := byte(1)
	if address.Addr().Is6() {
		kind = 4
	}
	return binary.BigEndian.AppendUint16(append([]byte{kind}, address.Addr().AsSlice()...), address.Port())
}

func (t *tailnetDesk) receive(from netip.AddrPort, datagram []byte) {
	t.mutex.Lock()
	known := t.bySender[from]
	if known == nil {
		if len(t.bySender) >= mostSenders {
			t.mutex.Unlock()
			return
		}
		known = &association{ready: make(chan struct{})}
		t.bySender[from] = known
		go t.carry(from, known)
	}
	t.mutex.Unlock()
	select {
	case <-known.ready:
		t.send(known, datagram)
	default:
		go func() {
			<-known.ready
			t.send(known, datagram)
		}()
	}
}

func (t *tailnetDesk) send(by *association, datagram []byte) {
	if by.conn != nil {
		_, _ = by.conn.Write(append(append([]byte(nil), t.header...), datagram...))
	}
}

// carry opens an association and returns what comes back, until nothing has for a while.
func (t *tailnetDesk) carry(from netip.AddrPort, by *association) {
	defer t.forget(from)
	err := by.open(t.agent)
	close(by.ready)
	if err != nil {
		t.complain(err)
		return
	}
	defer by.close()
	go func() {
		_, _ = io.Copy(io.Discard, by.control) // the association ends with its connection
		by.close()
	}()
	buffer := make([]byte, mostDatagram)
	for {
		_ = by.conn.SetReadDeadline(time.Now().Add(associationIdle))
		n, err := by.conn.Read(buffer)
		if err != nil {
			return
		}
		if payload, ok := socksPayload(buffer[:n]); ok {
			t.desk.send(payload, from)
		}
	}
}

func (t *tailnetDesk) forget(from netip.AddrPort) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.bySender, from)
}

func (t *tailnetDesk) close() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, one := range t.bySender {
		select {
		case <-one.ready:
			one.close()
		default:
		}
	}
}

func socksPayload(datagram []byte) ([]byte, bool) {
	lengths := map[byte]int{1: 10, 4: 22}
	if len(datagram) < 10 || datagram[2] != 0 {
		return nil, false
	}
	length, ok := lengths[datagram[3]]
	if !ok || len(datagram) < length {
		return nil, false
	}
	return datagram[length:], true
}

func (a *association) close() {
	if a.conn != nil {
		_ = a.conn.Close()
		_ = a.control.Close()
	}
}

func (a *association) open(agent controlAgent) error {
	listener, err := agent.socksListener(context.Background())
	if err != nil {
		return err
	}
	control, err := net.DialTimeout("tcp", listener.String(), socksPatience)
	if err != nil {
		return err
	}
	relay, err := associate(control)
	if err != nil {
		_ = control.Close()
		return err
	}
	conn, err := net.DialUDP("udp", nil, net.UDPAddrFromAddrPort(relay))
	if err != nil {
		_ = control.Close()
		return err
	}
	a.control, a.conn = control, conn
	return nil
}

var errPassword = &refusal{
	errno:  unix.EACCES,
	reason: "datagrams go by way of the agent's SOCKS5 listener, which wants a password here (--users-file)",
}

// associate asks for an association and returns where its datagrams go.
func associate(control net.Conn) (netip.AddrPort, error) {
	_ = control.SetDeadline(time.Now().Add(socksPatience))
	defer func() { _ = control.SetDeadline(time.Time{}) }()
	if _, err := control.Write([]byte{5, 1, 0}); err != nil {
		return netip.AddrPort{}, err
	}
	var method [2]byte
	if _, err := io.ReadFull(control, method[:]); err != nil {
		return netip.AddrPort{}, err
	}
	if method != [2]byte{5, 0} {
		return netip.AddrPort{}, errPassword
	}
	request := append([]byte{5, 3, 0}, socksAddress(netip.AddrPortFrom(netip.IPv4Unspecified(), 0))...)
	if _, err := control.Write(request); err != nil {
		return netip.AddrPort{}, err
	}
	head := make([]byte, 4)
	if _, err := io.ReadFull(control, head); err != nil {
		return netip.AddrPort{}, err
	}
	if head[1] != 0 {
		return netip.AddrPort{}, &refusal{errno: unix.ENETUNREACH, reason: "the agent refuses a UDP association"}
	}
	rest := make([]byte, map[byte]int{1: 6, 4: 18}[head[3]])
	if _, err := io.ReadFull(control, rest); err != nil || len(rest) == 0 {
		return netip.AddrPort{}, errors.New("the agent's answer to a UDP association is not understood")
	}
	address, _ := netip.AddrFromSlice(rest[:len(rest)-2])
	return netip.AddrPortFrom(address, binary.BigEndian.Uint16(rest[len(rest)-2:])), nil
}
