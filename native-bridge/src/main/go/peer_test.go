package main

import (
	"net/netip"
	"testing"
)

func TestPeerFilter(t *testing.T) {
	laptop := peer{addr: netip.MustParseAddrPort("100.64.0.9:50000"), name: "Laptop.tail.example", host: "Laptop", user: "alice@example.com"}
	local := peer{addr: netip.MustParseAddrPort("[fd7a:115c:a1e0::9]:50000"), name: "desk.tail.example", host: "desk", user: "alice"}
	runner := peer{addr: netip.MustParseAddrPort("100.64.0.10:50000"), name: "runner.tail.example", host: "runner", tags: []string{"tag:ci", "tag:web"}}
	unknown := peer{addr: netip.MustParseAddrPort("192.0.2.7:50000")}
	for _, test := range []struct {
		rules   []string
		allowed []peer
		refused []peer
	}{
		{nil, []peer{laptop, local, runner, unknown}, nil},
		{[]string{"tag:ci"}, []peer{runner}, []peer{laptop, local, unknown}},
		{[]string{"tag:c"}, nil, []peer{runner}},
		{[]string{"user:Alice@example.com"}, []peer{laptop}, []peer{local, runner, unknown}},
		{[]string{"user:alice@"}, []peer{local}, []peer{laptop, runner, unknown}},
		{[]string{"user:alice"}, []peer{local}, []peer{laptop}},
		{[]string{"node:laptop"}, []peer{laptop}, []peer{local, runner, unknown}},
		{[]string{"node:desk.tail.example."}, []peer{local}, []peer{laptop}},
		{[]string{"node:desk.tail"}, nil, []peer{local}},
		{[]string{"100.64.0.10"}, []peer{runner}, []peer{laptop}},
		{[]string{"100.64.0.8/30"}, []peer{laptop, runner}, []peer{local, unknown}},
		{[]string{"fd7a:115c:a1e0::/48"}, []peer{local}, []peer{laptop}},
		{[]string{"tag:ci", "node:laptop"}, []peer{laptop, runner}, []peer{local}},
	} {
		var filter peerFilter
		for _, rule := range test.rules {
			if err := filter.add(rule); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range test.allowed {
			if !filter.allows(p) {
				t.Errorf("%v does not let in %+v", test.rules, p)
			}
		}
		for _, p := range test.refused {
			if filter.allows(p) {
				t.Errorf("%v lets in %+v", test.rules, p)
			}
		}
	}
}
