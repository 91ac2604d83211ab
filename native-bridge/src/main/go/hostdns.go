package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"sync"

	"tailscale.com/net/dns/resolvconffile"
)

// hostResolver is this machine's way to look names up: its hosts file, and the servers of /etc/resolv.conf.
type hostResolver struct {
	own  map[netip.AddrPort]bool // this process's DNS listeners, which must not be asked in turn
	once sync.Once
	all  *net.Resolver
	file *net.Resolver
}

// setOwn names this process's DNS listeners, before the first lookup.
func (h *hostResolver) setOwn(listeners []netip.AddrPort) {
	h.own = make(map[netip.AddrPort]bool)
	for _, listener := range listeners {
		h.own[listener] = true
	}
}

func (h *hostResolver) resolvers() (all, file *net.Resolver) {
	h.once.Do(func() {
		h.all = &net.Resolver{PreferGo: true, Dial: h.dial}
		// One that has no server to ask answers from the hosts file alone.
		h.file = &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
			return nil, errors.ErrUnsupported
		}}
	})
	return h.all, h.file
}

var errOwnListener = errors.New("/etc/resolv.conf names this process's own DNS listener, which asks in turn: add the server that is to know the other names")

// dial connects to a DNS server.
func (h *hostResolver) dial(ctx context.Context, network, address string) (net.Conn, error) {
	if server, err := netip.ParseAddrPort(address); err == nil && h.own[netip.AddrPortFrom(server.Addr().Unmap(), server.Port())] {
		return nil, errOwnListener
	}
	return new(net.Dialer).DialContext(ctx, network, address)
}

// lookUpHosts asks the hosts file. The first name of its line is the full one (hosts(5)).
func (h *hostResolver) lookUpHosts(ctx context.Context, name string) (answer, error) {
	_, file := h.resolvers()
	addrs, err := file.LookupNetIP(ctx, "ip", name)
	found := answer{source: sourceSystem, ttl: ttlUnknown, addrs: unmapAll(addrs)}
	if err != nil {
		return found, err
	}
	if full, err := file.LookupCNAME(ctx, name); err == nil && canonical(full) != name {
		found.alsoCalled = []string{canonical(full)}
	}
	return found, nil
}

// lookUp asks as the host's programs do: hosts file, then servers, with the host's search domains.
func (h *hostResolver) lookUp(ctx context.Context, name string) (answer, error) {
	if found, err := h.lookUpHosts(ctx, name); err == nil {
		return found, nil
	}
	search := readHostSearch(resolvconffile.Path)
	found, err := answer{}, error(nil)
	for _, candidate := range search.names(name) {
		got, failure := h.lookUpExactly(ctx, candidate)
		if failure == nil && candidate != name {
			got.alsoCalled = []string{candidate}
		}
		if failure == nil || ctx.Err() != nil {
			return got, failure
		}
		if err == nil || candidate == name {
			found, err = got, failure // what the name itself is said to be tells more
		}
	}
	return found, err
}

func (h *hostResolver) lookUpExactly(ctx context.Context, name string) (answer, error) {
	all, _ := h.resolvers()
	addrs, err := all.LookupNetIP(ctx, "ip", name+".")
	if err == nil && len(addrs) > 0 {
		return answer{source: sourceSystem, ttl: ttlUnknown, addrs: unmapAll(addrs)}, nil
	}
	if ctx.Err() != nil {
		return answer{}, ctx.Err()
	}
	var failed *net.DNSError
	switch {
	case err == nil:
		return noSuchName(ttlUnknown, sourceSystem, "%s has no address", name)
	case errors.As(err, &failed) && failed.IsNotFound:
		return noSuchName(ttlUnknown, sourceSystem, "%s does not exist", name)
	case errors.As(err, &failed) && failed.IsTimeout:
		return answer{}, failf(codeTimeout, "the host's resolver does not answer for %s", name)
	default:
		return answer{}, failf(codeResolveFailed, "the host's resolver cannot look up %s: %v", name, err)
	}
}

func unmapAll(addrs []netip.Addr) []netip.Addr {
	for i, addr := range addrs {
		addrs[i] = addr.Unmap().WithZone("")
	}
	return addrs
}
