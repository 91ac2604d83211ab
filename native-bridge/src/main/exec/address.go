package main

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

const (
	sizeInet4 = 16
	sizeInet6 = 28

	// The shortest that the kernel takes: without the scope.
	sizeInet6Least = 24
)

// family is a socket address's, AF_UNSPEC for one that is too short to have any.
func family(raw []byte) uint16 {
	if len(raw) < 2 {
		return unix.AF_UNSPEC
	}
	return binary.NativeEndian.Uint16(raw)
}

// parseAddress reads a struct sockaddr_in or sockaddr_in6; an IPv4-mapped address comes out as IPv4.
func parseAddress(raw []byte) (netip.AddrPort, bool) {
	switch {
	case family(raw) == unix.AF_INET && len(raw) >= sizeInet4:
		return netip.AddrPortFrom(netip.AddrFrom4([4]byte(raw[4:8])), binary.BigEndian.Uint16(raw[2:])), true
	case family(raw) == unix.AF_INET6 && len(raw) >= sizeInet6Least:
		return netip.AddrPortFrom(netip.AddrFrom16([16]byte(raw[8:24])).Unmap(), binary.BigEndian.Uint16(raw[2:])), true
	default:
		return netip.AddrPort{}, false
	}
}

// formatAddress writes an address as a socket of the domain has it.
func formatAddress(domain int, address netip.AddrPort) []byte {
	if domain == unix.AF_INET {
		raw := make([]byte, sizeInet4)
		binary.NativeEndian.PutUint16(raw, unix.AF_INET)
		binary.BigEndian.PutUint16(raw[2:], address.Port())
		ip := address.Addr().As4()
		copy(raw[4:], ip[:])
		return raw
	}
	raw := make([]byte, sizeInet6)
	binary.NativeEndian.PutUint16(raw, unix.AF_INET6)
	binary.BigEndian.PutUint16(raw[2:], address.Port())
	ip := address.Addr().As16()
	copy(raw[8:], ip[:])
	return raw
}

// isOwnBusiness tells what never leaves this machine, or has no single receiver.
func isOwnBusiness(address netip.Addr) bool {
	return address.IsLoopback() || address.IsUnspecified() || address.IsMulticast() || address.IsLinkLocalUnicast() ||
		address == netip.AddrFrom4([4]byte{255, 255, 255, 255})
}
