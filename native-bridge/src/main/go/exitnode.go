package main

import (
	"fmt"
	"net/netip"
	"strings"

	"tailscale.com/ipn"
	"tailscale.com/ipn/ipnlocal"
	"tailscale.com/net/tsaddr"
	"tailscale.com/tailcfg"
	"tailscale.com/types/netmap"
)

// exitNode keeps the node that the caller wants as exit node in the preferences, from the moment on that it is known and
// offers to be one, until somebody else sets them. For one goroutine.
type exitNode struct {
	wanted string               // name, address or id; empty for none
	set    tailcfg.StableNodeID // what the preferences had when we last looked at them or set them
	told   bool
	last   string
}

// review looks for the wanted node and reports what has changed about it.
func (e *exitNode) review(n *node, backend *ipnlocal.LocalBackend) {
	if chosen := backend.Prefs().ExitNodeID(); chosen != e.set {
		e.set, e.wanted, e.told = chosen, string(chosen), false
	}
	if e.wanted == "" {
		return
	}
	if backend.State() != ipn.Running {
		return
	}
	netMap := backend.NetMapWithPeers()
	if netMap == nil {
		return
	}
	id, problem := findExitNode(netMap, e.wanted)
	if problem == "" && backend.Prefs().ExitNodeID() != id {
		prefs := &ipn.MaskedPrefs{ExitNodeIDSet: true, ExitNodeIPSet: true}
		prefs.ExitNodeID = id
		if _, err := backend.EditPrefs(prefs); err != nil {
			problem = fmt.Sprintf("exit node %s cannot be used: %v", e.wanted, err)
		} else {
			e.set = id
		}
	}
	if e.told && problem == e.last {
		return
	}
	e.told, e.last = true, problem
	n.stream.Load().exitNode(problem)
}

// findExitNode returns the wanted peer, or why it is none to go through.
func findExitNode(netMap *netmap.NetworkMap, wanted string) (id tailcfg.StableNodeID, problem string) {
	address, err := netip.ParseAddr(wanted)
	byAddress := err == nil
	suffix := canonical(netMap.MagicDNSSuffix())
	for _, peer := range netMap.Peers {
		byName := !byAddress && (isCalled(peer, wanted, suffix) || string(peer.StableID()) == wanted)
		if !byName && !(byAddress && hasAddress(peer, address)) {
			continue
		}
		if !tsaddr.ContainsExitRoutes(peer.AllowedIPs()) {
			return "", fmt.Sprintf("%s is not an exit node: have it advertise one (tailscale up --advertise-exit-node)"+
				" and approve its routes at the control server", wanted)
		}
		return peer.StableID(), ""
	}
	return "", fmt.Sprintf("no peer of the tailnet is called %s: check --exit-node, and whether an ACL hides that node", wanted)
}

func hasAddress(peer tailcfg.NodeView, address netip.Addr) bool {
	return peer.Addresses().ContainsFunc(func(prefix netip.Prefix) bool { return prefix.Addr() == address })
}

// isCalled accepts the MagicDNS name, with or without the tailnet's domain.
func isCalled(peer tailcfg.NodeView, wanted, suffix string) bool {
	name, wanted := canonical(peer.Name()), canonical(wanted)
	return name == wanted || strings.TrimSuffix(name, "."+suffix) == wanted
}
