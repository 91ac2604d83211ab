package main

import (
	"net/netip"
	"testing"
)

func TestFieldsOfOthersAreFound(t *testing.T) {
	if !stackField.known || !endpointField.known || !queueField.known {
		t.Error("netstack.Impl or gonet.TCPConn has another layout: resets and ports fall back")
	}
}

func TestFieldsMustMatchByNameAndType(t *testing.T) {
	type sample struct {
		_     int
		value string
	}
	if f := fieldOf[sample, string]("value"); !f.known || f.of(&sample{value: "x"}) != "x" {
		t.Errorf("%+v", f)
	}
	if fieldOf[sample, string]("other").known || fieldOf[sample, int]("value").known {
		t.Error("a field was found that is not there")
	}
}

func TestPortsToOneTargetComeInSequence(t *testing.T) {
	p := newPortSequence()
	target := netip.MustParseAddrPort("100.64.0.1:443")
	seen := make(map[uint16]bool)
	for range portCount {
		port := p.next(target)
		if port < firstPort || seen[port] {
			t.Fatalf("port %d is out of range or came twice within %d", port, portCount)
		}
		seen[port] = true
	}
}
