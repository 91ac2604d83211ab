package main

import (
	"net/netip"
	"sync"

	"golang.org/x/sys/unix"
)

const mostTouched = 1 << 16

// datagrams has programs' UDP sockets talk to desks instead of the targets that are the agent's.
type datagrams struct {
	desks   *desks
	routes  *routes
	mutex   sync.Mutex
	touched map[uint64]struct{} // sockets, by the kernel's number, that may get something from a desk
}

func newDatagrams(desks *desks, routes *routes) *datagrams {
	return &datagrams{desks: desks, routes: routes, touched: make(map[uint64]struct{})}
}

// isAgents tells which targets are the agent's: name servers, the tailnet, and the subnets behind its nodes. The rest is none of it, as
// without exec.
func (d *datagrams) isAgents(target netip.AddrPort) bool {
	if target.Port() == dnsPort || isTailnet(target.Addr()) {
		return true
	}
	is, _ := d.routes.isAgents(target.Addr())
	return is
}

// mustAsk tells of a target of which it is not known whose it is.
func (d *datagrams) mustAsk(target netip.AddrPort) bool {
	if target.Port() == dnsPort || isTailnet(target.Addr()) || isOwnBusiness(target.Addr()) {
		return false
	}
	_, known := d.routes.isAgents(target.Addr())
	return !known
}

var (
	tailnetFour = netip.MustParsePrefix("100.64.0.0/10")
	tailnetSix  = netip.MustParsePrefix("fd7a:115c:a1e0::/48")
)

func isTailnet(address netip.Addr) bool {
	return tailnetFour.Contains(address) || tailnetSix.Contains(address)
}

func (d *datagrams) touch(s *socket) {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	if len(d.touched) >= mostTouched {
		clear(d.touched)
	}
	d.touched[s.cookie] = struct{}{}
}

func (d *datagrams) isTouched(s *socket) bool {
	d.mutex.Lock()
	defer d.mutex.Unlock()
	_, is := d.touched[s.cookie]
	return is
}

// connect answers a connect(2); the socket is its to close.
func (d *datagrams) connect(call *heldCall, s *socket, target netip.AddrPort) {
	defer s.close()
	if !d.isAgents(target) {
		call.pass()
		return
	}
	desk, err := d.desks.of(call.by, s, target)
	if err == nil {
		d.touch(s)
		err = s.connect(desk.address)
	}
	if err != nil {
		call.fail(errnoOf(err))
		return
	}
	call.succeed(0)
}

// send sends a datagram to the desk of its target.
func (d *datagrams) send(by program, s *socket, target netip.AddrPort, datagram, control []byte, flags int) (int, error) {
	desk, err := d.desks.of(by, s, target)
	if err != nil {
		return 0, err
	}
	d.touch(s)
	to := formatAddress(s.domain, desk.address)
	return sendRaw(s.fd, datagram, control, to, flags|unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
}

// trueSource is what a program is told about where a datagram came from.
func (d *datagrams) trueSource(s *socket, raw []byte) []byte {
	address, ok := parseAddress(raw)
	if !ok {
		return raw
	}
	if target, known := d.desks.targetAt(address); known {
		return formatAddress(s.domain, target)
	}
	return raw
}
