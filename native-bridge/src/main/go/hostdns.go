package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
)

var systemResolver = net.Resolver{PreferGo: true}

// hostsResolver has no server to ask, so it answers from the hosts file alone.
var hostsResolver = net.Resolver{
	PreferGo: true,
	Dial: func(context.Context, string, string) (net.Conn, error) {
		return nil, errors.ErrUnsupported
	},
}

func lookUpHosts(ctx context.Context, name string) (answer, error) {
	addrs, err := hostsResolver.LookupNetIP(ctx, "ip", name)
	return answer{source: sourceSystem, addrs: unmapAll(addrs)}, err
}

// lookUpSystem asks the host's resolver, which knows its hosts file and search domains.
func lookUpSystem(ctx context.Context, name string) (answer, error) {
	addrs, err := systemResolver.LookupNetIP(ctx, "ip", name)
	if err == nil && len(addrs) > 0 {
		return answer{source: sourceSystem, addrs: unmapAll(addrs)}, nil
	}
	if ctx.Err() != nil {
		return answer{}, ctx.Err()
	}
	var failed *net.DNSError
	switch {
	case err == nil:
		return answer{}, failf(codeNoSuchName, "%s has no address", name)
	case errors.As(err, &failed) && failed.IsNotFound:
		return answer{}, failf(codeNoSuchName, "%s does not exist", name)
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
