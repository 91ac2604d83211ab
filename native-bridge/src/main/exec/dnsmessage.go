package main

import (
	"encoding/binary"
	"errors"
	"net/netip"
	"strings"
	"time"
)

const (
	dnsPort      = 53
	dnsHeader    = 12
	plainPayload = 512 // of a client without EDNS (RFC 6891)

	typeA    = 1
	typeAAAA = 28
	typeOPT  = 41

	flagTruncated = 0x02 // in the third byte
)

var errMalformed = errors.New("not a DNS message")

// record is what a resource record (RFC 1035, section 3.2.1) says.
type record struct {
	kind, class uint16
	ttl         uint32
	data        []byte
}

// dnsMessage is one that was taken apart as far as it is of interest here.
type dnsMessage struct {
	name        string // asked for, in lower case and without the last dot
	questionEnd int
	records     []record
}

func parseDNS(raw []byte) (dnsMessage, error) {
	var parsed dnsMessage
	if len(raw) < dnsHeader || binary.BigEndian.Uint16(raw[4:]) != 1 {
		return parsed, errMalformed
	}
	name, at, err := readName(raw, dnsHeader)
	if err != nil || at+4 > len(raw) {
		return parsed, errMalformed
	}
	parsed.name = strings.ToLower(name)
	at += 4
	parsed.questionEnd = at
	count := int(binary.BigEndian.Uint16(raw[6:])) + int(binary.BigEndian.Uint16(raw[8:])) + int(binary.BigEndian.Uint16(raw[10:]))
	for range count {
		if at, err = skipName(raw, at); err != nil || at+10 > len(raw) {
			return parsed, errMalformed
		}
		length := int(binary.BigEndian.Uint16(raw[at+8:]))
		if at+10+length > len(raw) {
			return parsed, errMalformed
		}
		parsed.records = append(parsed.records, record{
			kind:  binary.BigEndian.Uint16(raw[at:]),
			class: binary.BigEndian.Uint16(raw[at+2:]),
			ttl:   binary.BigEndian.Uint32(raw[at+4:]),
			data:  raw[at+10 : at+10+length],
		})
		at += 10 + length
	}
	return parsed, nil
}

// readName reads the question's name, which no resolver compresses.
func readName(raw []byte, at int) (string, int, error) {
	var labels []string
	for at < len(raw) {
		length := int(raw[at])
		at++
		switch {
		case length == 0:
			return strings.Join(labels, "."), at, nil
		case length > 63 || at+length > len(raw):
			return "", 0, errMalformed
		}
		labels = append(labels, string(raw[at:at+length]))
		at += length
	}
	return "", 0, errMalformed
}

func skipName(raw []byte, at int) (int, error) {
	for at < len(raw) {
		length := int(raw[at])
		switch {
		case length == 0:
			return at + 1, nil
		case length >= 0xc0:
			return at + 2, nil
		}
		at += 1 + length
	}
	return 0, errMalformed
}

// payload is how much the sender of a query takes over UDP.
func (m dnsMessage) payload() int {
	for _, one := range m.records {
		if one.kind == typeOPT {
			return max(plainPayload, int(one.class))
		}
	}
	return plainPayload
}

// addresses are those of an answer, with the shortest of their times to live.
func (m dnsMessage) addresses() ([]netip.Addr, time.Duration) {
	var found []netip.Addr
	shortest := ^uint32(0)
	for _, one := range m.records {
		if one.kind == typeA || one.kind == typeAAAA {
			if address, ok := netip.AddrFromSlice(one.data); ok {
				found = append(found, address)
				shortest = min(shortest, one.ttl)
			}
		}
	}
	return found, time.Duration(shortest) * time.Second
}

// truncated is a response that tells to come back over TCP.
func truncated(response []byte, questionEnd int) []byte {
	short := append([]byte(nil), response[:questionEnd]...)
	short[2] |= flagTruncated
	clear(short[6:dnsHeader])
	return short
}
