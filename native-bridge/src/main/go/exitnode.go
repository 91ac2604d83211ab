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
// offers to be one, until somebody else sets them: from then on that one is wanted. For one goroutine.
type exitNode struct {
	wanted string // name, address or id; empty for none
	set    string // what the preferences had when we last looked at them or set them
	told   struct {
		once            bool
		wanted, problem string
	}
}

// chosenExitNode is the id, or as long as it is not known the address, of the exit node in the preferences.
func chosenExitNode(prefs ipn.PrefsView) string {
	if id := prefs.ExitNodeID(); id != "" {
		return string(id)
	}
	if ip := prefs.ExitNodeIP(); ip.IsValid() {
		return ip.String()
	}
	return ""
}

// review looks for the wanted node and reports what has changed about it.
func (e *exitNode) review(n *node, backend *ipnlocal.LocalBackend) {
	if chosen := chosenExitNode(backend.Prefs()); chosen != e.set {
		e.set, e.wanted = chosen, chosen
	}
	if e.wanted == "" {
		if e.told.wanted != "" {
			e.tell(n, "", "")
		}
		return
	}
	if backend.State() != ipn.Running {
		return
	}
	netMap := backend.NetMapWithPeers()
	if netMap == nil {
		return
	}
	id, name, problem := findExitNode(netMap, e.wanted)
	if problem == "" && backend.Prefs().ExitNodeID() != id {
		prefs := &ipn.MaskedPrefs{ExitNodeIDSet: true, ExitNodeIPSet: true}
		prefs.ExitNodeID = id
		if _, err := backend.EditPrefs(prefs); err != nil {
			problem = fmt.Sprintf("exit node %s cannot be used: %v", name, err)
		} else {
			e.set = string(id)
		}
	}
	e.tell(n, name, problem)
}

func (e *exitNode) tell(n *node, wanted, problem string) {
	if e.told.once && wanted == e.told.wanted && problem == e.told.problem {
		return
	}
	e.told.once, e.told.wanted, e.told.problem = true, wanted, problem
	n.stream.Load().exitNode(wanted, problem)
}

// findExitNode returns the wanted peer and what to call it: as it was asked for, unless that was by its id. Or why it is none
// to go through.
func findExitNode(netMap *netmap.NetworkMap, wanted string) (id tailcfg.StableNodeID, name, problem string) {
	address, err := netip.ParseAddr(wanted)
	byAddress := err == nil
	suffix := canonical(netMap.MagicDNSSuffix())
	for _, peer := range netMap.Peers {
		byID := string(peer.StableID()) == wanted
		if !byID && !(byAddress && hasAddress(peer, address)) && (byAddress || !isCalled(peer, wanted, suffix)) {
			continue
		}
		name = wanted
		if byID {
			name = strings.TrimSuffix(canonical(peer.Name()), "."+suffix)
		}
		if !tsaddr.ContainsExitRoutes(peer.AllowedIPs()) {
			return "", name, fmt.Sprintf("%s is not an exit node: have it advertise one (tailscale up --advertise-exit-node)"+
				" and approve its routes at the control server", name)
		}
		return peer.StableID(), name, ""
	}
	return "", wanted, fmt.Sprintf("no peer of the tailnet is called %s: check --exit-node, and whether an ACL hides that node", wanted)
}

func hasAddress(peer tailcfg.NodeView, address netip.Addr) bool {
	return peer.Addresses().ContainsFunc(func(prefix netip.Prefix) bool { return prefix.Addr() == address })
}

// isCalled accepts the MagicDNS name, with or without the tailnet's domain.
func isCalled(peer tailcfg.NodeView, wanted, suffix string) bool {
	name, wanted := canonical(peer.Name()), canonical(wanted)
	return name == wanted || strings.TrimSuffix(name, "."+suffix) == wanted
}
