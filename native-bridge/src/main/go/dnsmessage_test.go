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
