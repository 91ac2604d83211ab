package main

import (
	"encoding/binary"
	"net/netip"
	"testing"
	"time"
)

func dnsName(labels ...string) []byte {
	var raw []byte
	for _, label := range labels {
		raw = append(append(raw, byte(len(label))), label...)
	}
	return append(raw, 0)
}

// query asks for A of Web.Tailnet.test.
func query() []byte {
	raw := []byte{0x12, 0x34, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0}
	raw = append(raw, dnsName("Web", "Tailnet", "test")...)
	return append(raw, 0, typeA, 0, 1)
}

func answerWith(ttl uint32, addresses ...netip.Addr) []byte {
	raw := query()
	raw[2] |= 0x80
	binary.BigEndian.PutUint16(raw[6:], uint16(len(addresses)))
	for _, address := range addresses {
		kind := byte(typeA)
		if address.Is6() {
			kind = typeAAAA
		}
		raw = append(raw, 0xc0, dnsHeader, 0, kind, 0, 1)
		raw = binary.BigEndian.AppendUint32(raw, ttl)
		raw = binary.BigEndian.AppendUint16(raw, uint16(address.BitLen()/8))
		raw = append(raw, address.AsSlice()...)
	}
	return raw
}

func TestNamesAreRememberedForTheirTime(t *testing.T) {
	four, six := netip.MustParseAddr("100.64.0.1"), netip.MustParseAddr("fd7a:115c:a1e0::1")
	told, err := parseDNS(answerWith(300, four, six))
	if err != nil {
		t.Fatal(err)
	}
	now := time.Unix(1000, 0)
	known := newLookups()
	known.now = func() time.Time { return now }
	known.learn(told)
	for _, address := range []netip.Addr{four, six} {
		if got := known.nameOf(address); got != "web.tailnet.test" {
			t.Errorf("%v is %q", address, got)
		}
	}
	now = now.Add(301 * time.Second)
	if got := known.nameOf(four); got != "" {
		t.Errorf("%v is still %q", four, got)
	}
}

func TestMemoryOfNamesHasAnEnd(t *testing.T) {
	known := newLookups()
	for i := range mostRemembered + 10 {
		address := netip.AddrFrom4([4]byte{10, byte(i >> 16), byte(i >> 8), byte(i)})
		known.learn(dnsMessage{name: "x", records: []record{{kind: typeA, ttl: 3600, data: address.AsSlice()}}})
	}
	if len(known.names) > mostRemembered {
		t.Errorf("%d names", len(known.names))
	}
}

func TestNoPrefixOfAMessageIsMisread(t *testing.T) {
	whole := answerWith(60, netip.MustParseAddr("100.64.0.1"), netip.MustParseAddr("fd7a:115c:a1e0::1"))
	for length := range len(whole) {
		if _, err := parseDNS(whole[:length]); err == nil {
			t.Errorf("%d bytes of %d are taken for a message", length, len(whole))
		}
	}
}

func TestWhatIsTooLongIsTruncated(t *testing.T) {
	var many []netip.Addr
	for i := range 100 {
		many = append(many, netip.AddrFrom4([4]byte{10, 0, 0, byte(i)}))
	}
	raw := answerWith(60, many...)
	told, err := parseDNS(raw)
	if err != nil {
		t.Fatal(err)
	}
	short, err := parseDNS(truncated(raw, told.questionEnd))
	if err != nil || short.name != "web.tailnet.test" || len(short.records) != 0 {
		t.Fatalf("%+v, %v", short, err)
	}
	if truncated(raw, told.questionEnd)[2]&flagTruncated == 0 {
		t.Error("it does not say so")
	}
}

func TestPayloadIsWhatTheClientSays(t *testing.T) {
	asked, err := parseDNS(query())
	if err != nil || asked.payload() != plainPayload {
		t.Fatalf("%d, %v", asked.payload(), err)
	}
	extended := append(query(), 0, 0, typeOPT, 0x04, 0xd0, 0, 0, 0, 0, 0, 0)
	extended[11] = 1
	if asked, err = parseDNS(extended); err != nil || asked.payload() != 1232 {
		t.Fatalf("%d, %v", asked.payload(), err)
	}
}
