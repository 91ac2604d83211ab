package main

import (
	"net/netip"
	"strings"
	"syscall"

	"tailscale.com/ipn/ipnlocal"
)

// peer is who connects from the tailnet.
type peer struct {
	addr netip.AddrPort
	name string   // the node's full name without the trailing dot; empty when the netmap has no such node
	host string   // the first label of the name
	user string   // the login name of the node's owner; empty for a tagged node, which has none
	tags []string // "tag:ci"
}

// lookUpPeer asks the netmap, which is in memory.
func lookUpPeer(backend *ipnlocal.LocalBackend, t transport, from netip.AddrPort) peer {
	found := peer{addr: from}
	if backend == nil {
		return found
	}
	node, user, ok := backend.WhoIs(t.String(), from)
	if !ok {
		return found
	}
	found.name = strings.TrimSuffix(node.Name(), ".")
	found.host, _, _ = strings.Cut(found.name, ".")
	found.tags = node.Tags().AsSlice()
	if len(found.tags) == 0 {
		found.user = user.LoginName
	}
	return found
}

// peerFilter says who may connect; the empty one lets everybody who the tailnet's own rules let.
type peerFilter struct {
	networks           []netip.Prefix
	tags, users, nodes []string
}

// add reads a rule: "tag:ci", "user:alice@example.com", "node:web", or an address or network.
func (f *peerFilter) add(rule string) error {
	kind, value, _ := strings.Cut(rule, ":")
	switch {
	case value != "" && kind == "tag":
		f.tags = append(f.tags, rule)
		return nil
	case value != "" && kind == "user":
		f.users = append(f.users, value)
		return nil
	case value != "" && kind == "node":
		f.nodes = append(f.nodes, strings.TrimSuffix(value, "."))
		return nil
	}
	network, err := netip.ParsePrefix(rule)
	if err != nil {
		var addr netip.Addr
		if addr, err = netip.ParseAddr(rule); err == nil {
			network, err = addr.Unmap().WithZone("").Prefix(addr.Unmap().BitLen())
		}
	}
	if err != nil {
		return apiErrorf(syscall.EINVAL, "%q is no tag:NAME, user:NAME, node:NAME, address or network", rule)
	}
	f.networks = append(f.networks, network.Masked())
	return nil
}

func (f *peerFilter) allows(p peer) bool {
	if len(f.networks)+len(f.tags)+len(f.users)+len(f.nodes) == 0 {
		return true
	}
	for _, network := range f.networks {
		if network.Contains(p.addr.Addr()) {
			return true
		}
	}
	for _, tag := range f.tags {
		for _, has := range p.tags {
			if tag == has {
				return true
			}
		}
	}
	for _, user := range f.users {
		if p.user != "" && sameUser(user, p.user) {
			return true
		}
	}
	for _, node := range f.nodes {
		if p.name != "" && (strings.EqualFold(node, p.host) || strings.EqualFold(node, p.name)) {
			return true
		}
	}
	return false
}

// sameUser compares login names. A local user of Headscale is written "alice@" in its policy, and has no @ in its netmap.
func sameUser(rule, login string) bool {
	return strings.EqualFold(strings.TrimSuffix(rule, "@"), strings.TrimSuffix(login, "@"))
}
