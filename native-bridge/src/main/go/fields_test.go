package main

import (
	"testing"

	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"tailscale.com/wgengine/netstack"
)

func TestFieldsOfOthersAreFound(t *testing.T) {
	if _, ok := reach[*stack.Stack](new(netstack.Impl), "ipstack"); !ok {
		t.Error("netstack.Impl has another layout: ports are chosen at random")
	}
	if _, _, ok := endpointOf(new(gonet.TCPConn)); !ok {
		t.Error("gonet.TCPConn has another layout: connections cannot be reset")
	}
	if _, _, ok := endpointOf(new(gonet.UDPConn)); !ok {
		t.Error("gonet.UDPConn has another layout: reads that wait make garbage")
	}
}

func TestFieldsMustMatchByNameAndType(t *testing.T) {
	type inner struct{ value string }
	type outer struct {
		_     int
		inner *inner
		any   any
		plain string
	}
	o := &outer{inner: &inner{"x"}, any: &inner{"y"}, plain: "z"}
	for _, test := range []struct {
		path []string
		want string
	}{{[]string{"inner", "value"}, "x"}, {[]string{"any", "value"}, "y"}, {[]string{"plain"}, "z"}} {
		if found, ok := reach[string](o, test.path...); !ok || *found != test.want {
			t.Errorf("%v: a field that is there was not found", test.path)
		}
	}
	if _, ok := reach[int](o, "inner", "value"); ok {
		t.Error("a field was found as what it is not")
	}
	for _, path := range [][]string{{"other"}, {"inner", "other"}, {"inner", "other", "value"}, {"plain", "value"}} {
		if _, ok := reach[string](o, path...); ok {
			t.Errorf("%v: a field was found that is not there", path)
		}
	}
	if _, ok := reach[string](*o, "plain"); ok {
		t.Error("a field of a copy was found")
	}
	if _, ok := reach[string](&outer{}, "inner", "value"); ok {
		t.Error("a field was found behind nil")
	}
}
