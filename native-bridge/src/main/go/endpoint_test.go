package main

import (
	"net/netip"
	"testing"
)

func TestPortsToOneTargetComeInSequence(t *testing.T) {
	p := newPortSequence()
	target := netip.MustParseAddrPort("100.64.0.1:443")
	seen := make(map[uint16]bool)
	for range portCount {
		port := p.next(target)
		if port < firstPort || seen[port] {
			t.Fatalf("port %d is out of range or came twice within %d", port, portCount)
		}
		seen[port] = true
	}
}
