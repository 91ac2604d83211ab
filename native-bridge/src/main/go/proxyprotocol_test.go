package main

import (
	"encoding/hex"
	"net/netip"
	"testing"
)

func TestProxyHeader(t *testing.T) {
	for _, test := range []struct{ from, to, want string }{
		{"100.64.0.1:40000", "100.64.0.2:3000", "0d0a0d0a000d0a515549540a" + "21" + "11" + "000c" + "64400001" + "64400002" + "9c40" + "0bb8"},
		{"[fd7a::1]:1", "[fd7a::2]:65535", "0d0a0d0a000d0a515549540a" + "21" + "21" + "0024" +
			"fd7a0000000000000000000000000001" + "fd7a0000000000000000000000000002" + "0001" + "ffff"},
	} {
		got := proxyHeader(netip.MustParseAddrPort(test.from), netip.MustParseAddrPort(test.to))
		if hex.EncodeToString(got) != test.want {
			t.Errorf("%s to %s: %x", test.from, test.to, got)
		}
	}
}
