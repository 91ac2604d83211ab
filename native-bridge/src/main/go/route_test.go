package main

import (
	"net/netip"
	"testing"
)

func TestRouteKinds(t *testing.T) {
	none := netip.Prefix{}
	for _, test := range []struct {
		addr    string
		carrier netip.Prefix
		want    route
	}{
		{"100.64.0.1", netip.MustParsePrefix("100.64.0.1/32"), routePeer},
		{"fd7a:115c:a1e0::1", netip.MustParsePrefix("fd7a:115c:a1e0::1/128"), routePeer},
		{"192.0.2.10", netip.MustParsePrefix("192.0.2.0/24"), routeSubnet},
		{"fd7a:115c:a1e0:b1a:0:7:c000:20a", netip.MustParsePrefix("fd7a:115c:a1e0:b1a:0:7:c000:200/120"), routeSubnet},
		{"8.8.8.8", netip.MustParsePrefix("0.0.0.0/0"), routeExitNode},
		{"2001:db8::1", netip.MustParsePrefix("::/0"), routeExitNode},
		{"100.64.0.9", netip.MustParsePrefix("0.0.0.0/0"), routeUnowned},
		{"100.64.0.9", none, routeUnowned},
		{"100.115.92.1", none, routeUnowned},
		{"fd7a:115c:a1e0::9", none, routeUnowned},
		{"8.8.8.8", none, routeNone},
	} {
		if got := routeKind(netip.MustParseAddr(test.addr), test.carrier); got != test.want {
			t.Errorf("%s by %s: %d, want %d", test.addr, test.carrier, got, test.want)
		}
	}
}

func TestThisHostIsNotTheTailnets(t *testing.T) {
	for _, addr := range []string{"127.0.0.1", "::1", "169.254.169.254", "fe80::1", "0.0.0.0", "::", "224.0.0.1", "ff02::1"} {
		if got := lookUpRoute(nil, netip.MustParseAddr(addr)); got != routeNone {
			t.Errorf("%s: %d", addr, got)
		}
	}
}

func TestRouteBeforeTheNodeIsUp(t *testing.T) {
	n := newNode()
	if got := n.routeOf(address(0, 0xffff_6440_0001)); got != routeUnowned {
		t.Errorf("100.64.0.1: %d", got)
	}
	if got := n.routeOf(address(0xfd7a_115c_a1e0_0000, 1)); got != routeUnowned {
		t.Errorf("fd7a:115c:a1e0::1: %d", got)
	}
	if got := n.routeOf(address(0x2001_0db8_0000_0000, 1)); got != routeNone {
		t.Errorf("2001:db8::1: %d", got)
	}
}
