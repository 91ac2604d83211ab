package main

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
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

func response(t *testing.T, rcode dnsmessage.RCode, build func(*dnsmessage.Builder)) []byte {
	t.Helper()
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{Response: true, RCode: rcode})
	if err := b.StartQuestions(); err != nil {
		t.Fatal(err)
	}
	name := dnsmessage.MustNewName("x.test.")
	if err := b.Question(dnsmessage.Question{Name: name, Type: dnsmessage.TypeA, Class: dnsmessage.ClassINET}); err != nil {
		t.Fatal(err)
	}
	if err := b.StartAnswers(); err != nil {
		t.Fatal(err)
	}
	if build != nil {
		build(&b)
	}
	raw, err := b.Finish()
	if err != nil {
		t.Fatal(err)
	}
	return raw
}

func TestResponses(t *testing.T) {
	name := dnsmessage.MustNewName("x.test.")
	header := func(ttl uint32) dnsmessage.ResourceHeader {
		return dnsmessage.ResourceHeader{Name: name, Class: dnsmessage.ClassINET, TTL: ttl}
	}
	raw := response(t, dnsmessage.RCodeSuccess, func(b *dnsmessage.Builder) {
		b.CNAMEResource(header(9), dnsmessage.CNAMEResource{CNAME: dnsmessage.MustNewName("Y.test.")})
		b.TXTResource(header(1), dnsmessage.TXTResource{TXT: []string{"not me"}})
		b.AResource(header(300), dnsmessage.AResource{A: [4]byte{192, 0, 2, 1}})
		b.AResource(header(60), dnsmessage.AResource{A: [4]byte{192, 0, 2, 2}})
	})
	got, alias, err := parseResponse(raw, "x.test", dnsmessage.TypeA)
	want := []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}
	if err != nil || alias != "y.test" || got.ttl != 60 || !slices.Equal(got.addrs, want) {
		t.Errorf("%+v %q %v", got, alias, err)
	}
	for _, test := range []struct {
		raw  []byte
		want code
	}{
		{response(t, dnsmessage.RCodeNameError, nil), codeNoSuchName},
		{response(t, dnsmessage.RCodeServerFailure, nil), codeResolveFailed},
		{response(t, dnsmessage.RCodeRefused, nil), codeResolveFailed},
		{nil, codeResolveFailed},
		{raw[:len(raw)-2], codeResolveFailed},
	} {
		if _, _, err := parseResponse(test.raw, "x.test", dnsmessage.TypeA); classify(err) != test.want {
			t.Errorf("%v, want %d", err, test.want)
		}
	}
}

func TestLookUpWithoutATailnet(t *testing.T) {
	n := newNode()
	found, err := n.lookUp(context.Background(), "localhost")
	if err != nil || found.source != sourceSystem || !slices.ContainsFunc(found.addrs, netip.Addr.IsLoopback) {
		t.Errorf("%+v %v", found, err)
	}
	for _, name := range []string{".", "a..b", string(make([]byte, 300))} {
		if _, err := n.lookUp(context.Background(), name); classify(err) != codeNoSuchName {
			t.Errorf("%q: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errCancelled)
	if _, err := n.lookUpWithin(ctx, "name.invalid", 1); !errors.Is(err, errCancelled) {
		t.Errorf("%v", err)
	}
}
