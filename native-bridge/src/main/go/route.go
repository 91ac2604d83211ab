package main

import (
	"encoding/binary"
	"net/netip"

	"tailscale.com/ipn/ipnlocal"
	"tailscale.com/net/tsaddr"
)

// route is enum tailnet_route.
type route int

const (
	routeNone     route = 0
	routePeer     route = 1
	routeSubnet   route = 2
	routeExitNode route = 3
	routeUnowned  route = 4
)

// address makes one of its 16 bytes; IPv4 is what is mapped to IPv6.
func address(high, low uint64) netip.Addr {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], high)
	binary.BigEndian.PutUint64(b[8:], low)
	return netip.AddrFrom16(b).Unmap()
}

// routeOf says how the tailnet would carry packets to an address.
func (n *node) routeOf(addr netip.Addr) route {
	backend, err := n.ready()
	if err != nil {
		backend = nil
	}
	return lookUpRoute(backend, addr)
}

// lookUpRoute asks the tables that netstack's packets are routed by, so it is never out of step with them. They are in
// memory, behind a lock that is never held over I/O.
func lookUpRoute(backend *ipnlocal.LocalBackend, addr netip.Addr) route {
	if !isRoutable(addr) {
		return routeNone
	}
	if backend == nil {
		return routeKind(addr, netip.Prefix{})
	}
	peer, _ := backend.PeerForIP(addr)
	return routeKind(addr, peer.Route)
}

// routeKind tells what the prefix that carries packets to addr is; the zero prefix is none.
func routeKind(addr netip.Addr, carrier netip.Prefix) route {
	ofTailnet := isTailnetAddress(addr)
	switch {
	case ofTailnet && carrier.Bits() <= 0:
		return routeUnowned // also when an exit node is in use: it has no way to it either
	case !carrier.IsValid():
		return routeNone
	case carrier.Bits() == 0:
		return routeExitNode
	case ofTailnet && carrier.IsSingleIP():
		return routePeer
	default:
		return routeSubnet
	}
}

// isRoutable is false for what means this host or this link. The tailnet never carries it, whatever routes there are.
func isRoutable(addr netip.Addr) bool {
	return !addr.IsLoopback() && !addr.IsUnspecified() && !addr.IsMulticast() && !addr.IsLinkLocalUnicast()
}

// isTailnetAddress tells whether addr is in a range that nodes get their addresses from.
func isTailnetAddress(addr netip.Addr) bool {
	return tsaddr.CGNATRange().Contains(addr) || tsaddr.TailscaleULARange().Contains(addr)
}
