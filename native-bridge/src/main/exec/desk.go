package main

import (
	"net"
	"net/netip"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

const (
	mostDesks    = 1024
	mostDatagram = 1 << 16
)

// desks stand in for targets of datagrams: a loopback socket each, which programs' sockets send to instead, and which sends
// them what comes back. A program that asks who that was from is told the target.
type desks struct {
	open      func(d *desk) receiver
	mutex     sync.Mutex
	byTarget  map[deskKey]*desk
	byAddress map[netip.AddrPort]*desk
}

type deskKey struct {
	target   netip.AddrPort
	loopback netip.Addr
}

// receiver takes what programs send.
type receiver interface {
	receive(from netip.AddrPort, datagram []byte)
	close()
}

type desk struct {
	target  netip.AddrPort
	address netip.AddrPort
	conn    *net.UDPConn
	used    time.Time
	by      atomic.Uint32 // the thread that used it last
	refusedFor
}

func newDesks(open func(d *desk) receiver) *desks {
	return &desks{open: open, byTarget: make(map[deskKey]*desk), byAddress: make(map[netip.AddrPort]*desk)}
}

// of returns the desk for a target that a socket can reach; an error while the target is one that was refused.
func (d *desks) of(by program, s *socket, target netip.AddrPort) (*desk, error) {
	found, err := d.find(s, target)
	if err != nil {
		return nil, err
	}
	found.by.Store(by.tid)
	return found, found.refusal()
}

func (d *desks) find(s *socket, target netip.AddrPort) (*desk, error) {
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	if needsIPv6(s) {
		loopback = netip.IPv6Loopback()
	}
	d.mutex.Lock()
	defer d.mutex.Unlock()
	key := deskKey{target, loopback}
	if known := d.byTarget[key]; known != nil {
		known.used = time.Now()
		return known, nil
	}
	if len(d.byTarget) >= mostDesks {
		d.closeOldest()
	}
	conn, err := net.ListenUDP("udp", net.UDPAddrFromAddrPort(netip.AddrPortFrom(loopback, 0)))
	if err != nil {
		return nil, err
	}
	made := &desk{target: target, address: conn.LocalAddr().(*net.UDPAddr).AddrPort(), conn: conn, used: time.Now()}
	d.byTarget[key] = made
	d.byAddress[made.address] = made
	go made.serve(d.open(made))
	return made, nil
}

func (d *desks) closeOldest() {
	var oldest deskKey
	var found *desk
	for key, one := range d.byTarget {
		if found == nil || one.used.Before(found.used) {
			oldest, found = key, one
		}
	}
	delete(d.byTarget, oldest)
	delete(d.byAddress, found.address)
	_ = found.conn.Close()
}

// targetAt tells whom a loopback address stands for.
func (d *desks) targetAt(address netip.AddrPort) (netip.AddrPort, bool) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if known := d.byAddress[address]; known != nil {
		known.used = time.Now()
		return known.target, true
	}
	return netip.AddrPort{}, false
}

func (d *desk) serve(to receiver) {
	defer to.close()
	buffer := make([]byte, mostDatagram)
	for {
		n, from, err := d.conn.ReadFromUDPAddrPort(buffer)
		if err != nil {
			return
		}
		to.receive(from, append([]byte(nil), buffer[:n]...))
	}
}

func (d *desk) send(datagram []byte, to netip.AddrPort) {
	_, _ = d.conn.WriteToUDPAddrPort(datagram, to) // as datagrams are: they arrive or not
}

// needsIPv6 tells of a socket that reaches no address of IPv4.
func needsIPv6(s *socket) bool {
	if s.domain == unix.AF_INET {
		return false
	}
	only, err := unix.GetsockoptInt(s.fd, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY)
	local, errLocal := s.localAddress()
	isBound := errLocal == nil && !local.Addr().IsUnspecified()
	return err != nil || only != 0 || isBound && local.Addr().Is6()
}

// nameDesk answers DNS queries, whichever server they were for.
type nameDesk struct {
	desk     *desk
	resolver *resolver
	room     chan struct{}
}

const mostQueries = 256 // of one desk at a time

func newNameDesk(d *desk, r *resolver) *nameDesk {
	return &nameDesk{desk: d, resolver: r, room: make(chan struct{}, mostQueries)}
}

func (n *nameDesk) receive(from netip.AddrPort, query []byte) {
	select {
	case n.room <- struct{}{}:
	default:
		return // programs ask again
	}
	go func() {
		defer func() { <-n.room }()
		if response := n.resolver.answer(query); response != nil {
			n.desk.send(response, from)
		}
	}()
}

func (n *nameDesk) close() {}
