package main

import (
	"errors"
	"net/netip"
	"slices"
	"syscall"
	"testing"
	"time"
)

func TestOptions(t *testing.T) {
	o := defaultOptions()
	for name, value := range map[string]string{
		"tags": "tag:a, tag:b,", "accept-routes": "false", "shields-up": "true", "state": "memory",
		"time-wait-ms": "2500", "self-proxy": "127.0.0.1:1055,[::1]:1055",
		"self-dns": "127.0.0.1:53,[::ffff:127.0.0.2]:53", "exit-node": "gate",
		"accept-dns": "false", "port": "41641", "advertise-routes": "10.1.0.0/16, fd00::/64", "yielding": "hostname,accept-dns",
	} {
		if err := o.set(name, value); err != nil {
			t.Errorf("%s=%s: %v", name, value, err)
		}
	}
	if !slices.Equal(o.tags, []string{"tag:a", "tag:b"}) || valueOr(o.acceptRoutes, true) || o.shieldsUp != shieldsUp || valueOr(o.acceptDNS, true) ||
		o.port != 41641 || len(o.advertiseRoutes) != 2 || !o.yields("hostname") || o.yields("tags") ||
		!o.memory || o.timeWait != 2500*time.Millisecond || len(o.selfProxy) != 2 ||
		o.exitNode != "gate" || !slices.Equal(o.selfDNS, []netip.AddrPort{netip.MustParseAddrPort("127.0.0.1:53"), netip.MustParseAddrPort("127.0.0.2:53")}) {
		t.Errorf("%+v", o)
	}
}

func TestOptionsNotSaid(t *testing.T) {
	o := defaultOptions()
	if !valueOr(o.acceptRoutes, true) || valueOr(o.acceptRoutes, false) {
		t.Error("accept-routes has a default of its own")
	}
	if o.timeWait != time.Second || o.memory {
		t.Errorf("%+v", o)
	}
}

func TestBadOptions(t *testing.T) {
	for name, value := range map[string]string{
		"nonsense": "1", "tags": "ci", "accept-routes": "yes", "shields-up": "", "state": "disk", "time-wait-ms": "0", "self-dns": "localhost",
		"accept-dns": "", "port": "65536",
	} {
		o := defaultOptions()
		var err *apiError
		if got := o.set(name, value); !errors.As(got, &err) || err.errno != syscall.EINVAL {
			t.Errorf("%s=%s: %v", name, value, got)
		}
	}
}

func TestOptionsAreFixedByTheStart(t *testing.T) {
	n := newNode()
	n.start = startBridge
	var err *apiError
	if got := n.configure(func(*options) error { return nil }); !errors.As(got, &err) || err.errno != syscall.EBUSY {
		t.Errorf("%v", got)
	}
}

func TestRoutesThatCannotBeAdvertised(t *testing.T) {
	for _, value := range []string{"10.1.2.3/16", "10.1.0.0", "0.0.0.0/0", "::/0", "127.0.0.0/8", "169.254.0.0/16", "fe80::/64"} {
		o := defaultOptions()
		if o.set("advertise-routes", value) == nil {
			t.Errorf("%s was taken", value)
		}
	}
}
