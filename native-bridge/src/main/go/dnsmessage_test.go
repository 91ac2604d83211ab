package main

import (
	"net/netip"
	"slices"
	"testing"

	"golang.org/x/net/dns/dnsmessage"
)

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
	got := parseResponse(raw, "x.test", dnsmessage.TypeA)
	want := []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("192.0.2.2")}
	if got.err != nil || got.alias != "y.test" || got.ttl != 9 || !slices.Equal(got.addrs, want) {
		t.Errorf("%+v", got)
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
		if got := parseResponse(test.raw, "x.test", dnsmessage.TypeA); classify(got.err) != test.want {
			t.Errorf("%v, want %d", got.err, test.want)
		}
	}
}

func TestHowLongANameHasNoAddress(t *testing.T) {
	soa := func(ttl, minimum uint32) func(*dnsmessage.Builder) {
		return func(b *dnsmessage.Builder) {
			if err := b.StartAuthorities(); err != nil {
				t.Fatal(err)
			}
			zone := dnsmessage.MustNewName("test.")
			b.SOAResource(dnsmessage.ResourceHeader{Name: zone, Class: dnsmessage.ClassINET, TTL: ttl},
				dnsmessage.SOAResource{NS: zone, MBox: zone, MinTTL: minimum})
		}
	}
	for _, test := range []struct {
		rcode dnsmessage.RCode
		build func(*dnsmessage.Builder)
		want  uint32
	}{
		{dnsmessage.RCodeNameError, soa(300, 20), 20},
		{dnsmessage.RCodeNameError, soa(10, 20), 10},
		{dnsmessage.RCodeSuccess, soa(30, 20), 20},
		{dnsmessage.RCodeNameError, nil, ttlUnknown},
		{dnsmessage.RCodeSuccess, nil, ttlUnknown},
	} {
		got := parseResponse(response(t, test.rcode, test.build), "x.test", dnsmessage.TypeAAAA)
		if got.ttl != test.want || len(got.addrs) != 0 || (got.err != nil) != (test.rcode == dnsmessage.RCodeNameError) {
			t.Errorf("%+v, want %d", got, test.want)
		}
	}
}
