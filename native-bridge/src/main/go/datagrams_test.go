package main

import (
	"bytes"
	"net/netip"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	gvisorpipe "gvisor.dev/gvisor/pkg/tcpip/link/pipe"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/udp"
)

// pipeStacks returns two stacks with a link between them that has the MTU of a tailnet, and the addresses of both.
func pipeStacks(t *testing.T) (near, far *stack.Stack) {
	t.Helper()
	a, b := gvisorpipe.New("\x02\x00\x00\x00\x00\x01", "\x02\x00\x00\x00\x00\x02", 1280)
	stackAt := func(link stack.LinkEndpoint, last byte) *stack.Stack {
		s := stack.New(stack.Options{
			NetworkProtocols:   []stack.NetworkProtocolFactory{ipv4.NewProtocol, ipv6.NewProtocol},
			TransportProtocols: []stack.TransportProtocolFactory{udp.NewProtocol},
		})
		t.Cleanup(s.Close)
		if err := s.CreateNIC(nicID, link); err != nil {
			t.Fatal(err)
		}
		for _, address := range []netip.Addr{pipeAddress(4, last), pipeAddress(6, last)} {
			protocol := tcpip.NetworkProtocolNumber(ipv4.ProtocolNumber)
			if address.Is6() {
				protocol = ipv6.ProtocolNumber
			}
			with := tcpip.ProtocolAddress{Protocol: protocol, AddressWithPrefix: tcpip.AddrFromSlice(address.AsSlice()).WithPrefix()}
			if err := s.AddProtocolAddress(nicID, with, stack.AddressProperties{}); err != nil {
				t.Fatal(err)
			}
		}
		all4, _ := tcpip.NewSubnet(tcpip.AddrFrom4([4]byte{}), tcpip.MaskFromBytes(make([]byte, 4)))
		all6, _ := tcpip.NewSubnet(tcpip.AddrFrom16([16]byte{}), tcpip.MaskFromBytes(make([]byte, 16)))
		s.SetRouteTable([]tcpip.Route{{Destination: all4, NIC: nicID}, {Destination: all6, NIC: nicID}})
		return s
	}
	return stackAt(a, 1), stackAt(b, 2)
}

func pipeAddress(version int, last byte) netip.Addr {
	if version == 4 {
		return netip.AddrFrom4([4]byte{100, 64, 0, last})
	}
	return netip.AddrFrom16([16]byte{0xfd, 0x7a, 15: last})
}

func TestDatagramsThroughNetstack(t *testing.T) {
	for _, version := range []int{4, 6} {
		near, far := pipeStacks(t)
		protocol := tcpip.NetworkProtocolNumber(ipv4.ProtocolNumber)
		if version == 6 {
			protocol = ipv6.ProtocolNumber
		}
		at := fullAddress(netip.AddrPortFrom(pipeAddress(version, 2), 7))
		server, err := gonet.DialUDP(far, &at, nil, protocol)
		if err != nil {
			t.Fatal(err)
		}
		echoes(t, server)
		d, err := connectStack(near, pipeAddress(version, 1), netip.AddrPortFrom(pipeAddress(version, 2), 7))
		if err != nil {
			t.Fatal(err)
		}
		for _, size := range []int{0, 1, 1200, 8000, 65507} {
			sent := randomBytes(size)
			if err := d.write(sent); err != nil {
				t.Fatalf("IPv%d, %d bytes: %v", version, size, err)
			}
			b, length, err := d.read()
			if err != nil || !bytes.Equal(b[:length], sent) {
				t.Errorf("IPv%d: %d bytes came back as %d, %v", version, size, length, err)
			}
			giveBuffer(b)
		}
		ended := make(chan error)
		go func() {
			_, _, err := d.read()
			ended <- err
		}()
		d.close()
		select {
		case err := <-ended:
			if err == nil {
				t.Error("a closed flow received something")
			}
		case <-time.After(patience):
			t.Fatal("the read did not end")
		}
	}
}
