package main

import (
	"slices"
	"testing"

	"tailscale.com/tailcfg"
	"tailscale.com/types/dnstype"
	"tailscale.com/types/netmap"
)

func testDomains() domains {
	return domainsOf(&netmap.NetworkMap{
		SelfNode: (&tailcfg.Node{Name: "agent.tail.test."}).View(),
		DNS: tailcfg.DNSConfig{
			Proxied: true,
			Domains: []string{"tail.test", "Corp.Example.", "tail.test"},
			Routes: map[string][]*dnstype.Resolver{
				"Internal.Example.":      {{Addr: "192.0.2.53"}},
				"magic.internal.example": nil,
			},
			ExtraRecords: []tailcfg.DNSRecord{
				{Name: "Grafana.other.example.", Value: "100.64.0.7"},
				{Name: "text.other.example", Type: "TXT", Value: "not served"},
			},
		},
	})
}

func TestWhoseName(t *testing.T) {
	d := testDomains()
	for name, want := range map[string]uint8{
		"peer.tail.test":             sourceMagicDNS,
		"tail.test":                  sourceMagicDNS,
		"grafana.other.example":      sourceExtraRecord,
		"text.other.example":         0,
		"db.internal.example":        sourceSplitDNS,
		"x.magic.internal.example":   sourceMagicDNS,
		"other.example":              0,
		"notinternal.example":        0,
		"www.example.org":            0,
		"host.corp.example":          0,
		"10-1-2-3-via-7":             sourceVia,
		"10-1-2-3-via-0x7.tail.test": sourceVia,
		"10-1-2-3-via-7.example.org": 0,
		"10-1-2-via-7":               0,
		"10-1-2-3-via-seven":         0,
		"peer-via-7":                 0,
	} {
		if got := d.source(name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

func TestSearchedNames(t *testing.T) {
	d := testDomains()
	want := []string{"peer.tail.test", "peer.corp.example"}
	if got := d.searched("peer"); !slices.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

func TestNamesOfNodesAlone(t *testing.T) {
	d := namesOfNodes(&netmap.NetworkMap{
		SelfNode: (&tailcfg.Node{Name: "agent.tail.test."}).View(),
		Peers:    []tailcfg.NodeView{(&tailcfg.Node{Name: "Peer.tail.test."}).View()},
		DNS:      tailcfg.DNSConfig{Proxied: true, Routes: map[string][]*dnstype.Resolver{"internal.example": {{Addr: "192.0.2.53"}}}},
	})
	for name, want := range map[string]uint8{
		"agent.tail.test":     sourceMagicDNS,
		"peer.tail.test":      sourceMagicDNS,
		"other.tail.test":     0,
		"db.internal.example": 0,
		"peer":                0,
	} {
		if got := d.source(name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
	if got := d.searched("peer"); !slices.Equal(got, []string{"peer.tail.test"}) {
		t.Errorf("%v", got)
	}
	if got := d.searched("stranger"); len(got) != 0 {
		t.Errorf("%v", got)
	}
	if got := d.shortened("peer.tail.test"); !slices.Equal(got, []string{"peer"}) {
		t.Errorf("%v", got)
	}
	if got := d.shortened("other.tail.test"); len(got) != 0 {
		t.Errorf("%v", got)
	}
}

func TestReverseNames(t *testing.T) {
	v6 := "1.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.0.e.1.a.c.5.1.1.a.7.d.f.ip6.arpa"
	for name, want := range map[string]bool{
		"1.0.64.100.in-addr.arpa":   true,
		"1.0.0.10.in-addr.arpa":     false,
		"0.64.100.in-addr.arpa":     false,
		"256.0.64.100.in-addr.arpa": false,
		"x.0.64.100.in-addr.arpa":   false,
		v6:                          true,
		"f" + v6[1:]:                true,
		v6[2:]:                      false,
		"1." + v6:                   false,
		"x" + v6[1:]:                false,
		"10" + v6[2:]:               false,
		"ip6.arpa":                  false,
		"peer.tail.test":            false,
	} {
		if got := isTailnetReverse(name); got != want {
			t.Errorf("%s: %v", name, got)
		}
	}
}
