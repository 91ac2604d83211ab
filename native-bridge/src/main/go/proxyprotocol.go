package main

import (
	"encoding/binary"
	"net/netip"
)

// The PROXY protocol, version 2 (https://www.haproxy.org/download/3.2/doc/proxy-protocol.txt, section 2.2).
const (
	proxySignature = "\r\n\r\n\x00\r\nQUIT\n"
	proxyVersion2  = 0x21 // and the command PROXY
	proxyTCP4      = 0x11
	proxyTCP6      = 0x21
)

// proxyHeader tells a service whose TCP connection it has been given: from a peer to an address of this node, both of the
// same family.
func proxyHeader(from, to netip.AddrPort) []byte {
	family := byte(proxyTCP4)
	if from.Addr().Is6() {
		family = proxyTCP6
	}
	addresses := append(from.Addr().AsSlice(), to.Addr().AsSlice()...)
	header := append([]byte(proxySignature), proxyVersion2, family)
	header = binary.BigEndian.AppendUint16(header, uint16(len(addresses)+4))
	header = append(header, addresses...)
	header = binary.BigEndian.AppendUint16(header, from.Port())
	return binary.BigEndian.AppendUint16(header, to.Port())
}
