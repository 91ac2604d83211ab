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
			Domains: []string{"tail.test", "corp.example"},
			Routes: map[string][]*dnstype.Resolver{
				"Internal.Example.":      {{Addr: "192.0.2.53"}},
				"magic.internal.example": nil,
			},
			ExtraRecords: []tailcfg.DNSRecord{{Name: "Grafana.other.example.", Value: "100.64.0.7"}},
		},
	})
}

func TestWhoseName(t *testing.T) {
	d := testDomains()
	for name, want := range map[string]uint8{
		"peer.tail.test":           sourceMagicDNS,
		"tail.test":                sourceMagicDNS,
		"grafana.other.example":    sourceMagicDNS,
		"db.internal.example":      sourceSplitDNS,
		"x.magic.internal.example": sourceMagicDNS,
		"other.example":            0,
		"notinternal.example":      0,
		"www.example.org":          0,
		"host.corp.example":        0,
	} {
		if got := d.source(name); got != want {
			t.Errorf("%s: %d, want %d", name, got, want)
		}
	}
}

func TestShortNames(t *testing.T) {
	r := tailnetResolver{config: testDomains()}
	for name, want := range map[string][]string{
		"peer":                {"peer.tail.test"},
		"db.internal.example": {"db.internal.example"},
		"www.example.org":     nil,
	} {
		if got := r.candidates(name); !slices.Equal(got, want) {
			t.Errorf("%s: %v, want %v", name, got, want)
		}
	}
}
