package main

import (
	"net"
	"net/netip"

	"tailscale.com/net/tsaddr"
)

// routed returns where a connection to an address that is not this node's own leads: to that address, from the host's own
// network stack, if this node advertises a route to it. The packet filter has judged the peer by then. The host itself stays
// out of reach by its loopback addresses, as do the ports of this process by any.
func (n *node) routed(t transport, to netip.AddrPort) *exposure {
	backend := n.backend.Load()
	if backend == nil || n.ctx.Err() != nil || n.inbound.owns(to.Addr()) {
		return nil
	}
	advertised := false
	for _, route := range backend.Prefs().AdvertiseRoutes().All() {
		advertised = advertised || route.Contains(to.Addr())
	}
	target := tsaddr.UnmapVia(to.Addr())
	if !advertised || !isRoutable(target) || isTailnetAddress(target) {
		return nil
	}
	if n.inbound.table.Load().of(t).private[to.Port()] && isOfThisHost(target) {
		return nil
	}
	return &exposure{target: serviceAddress{target, to.Port()}}
}

func isOfThisHost(addr netip.Addr) bool {
	own, err := net.InterfaceAddrs()
	if err != nil {
		return true
	}
	for _, address := range own {
		if prefix, ok := address.(*net.IPNet); ok {
			if ip, ok := netip.AddrFromSlice(prefix.IP); ok && ip.Unmap() == addr {
				return true
			}
		}
	}
	return false
}
