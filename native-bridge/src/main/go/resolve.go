package main

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"tailscale.com/util/dnsname"
)

// Sources of an answer: enum tailnet_source.
const (
	sourceMagicDNS = 1
	sourceSplitDNS = 2
	sourceSystem   = 3
)

// answer is what a name resolves to. A ttl of 0 is unknown.
type answer struct {
	source uint8
	ttl    uint32
	addrs  []netip.Addr
}

// resolve looks a name up under id; the event stream tells the answer.
func (n *node) resolve(id uint64, name string, timeout time.Duration) error {
	if name == "" {
		return apiErrorf(syscall.EINVAL, "there is no name to look up")
	}
	ctx, cancel := context.WithCancelCause(n.ctx)
	if err := n.operations.begin(id, &operation{cancel: cancel}); err != nil {
		cancel(nil)
		return err
	}
	go func() {
		defer cancel(nil)
		found, err := n.lookUpWithin(ctx, name, timeout)
		n.operations.done(id, func() {
			stream := n.stream.Load()
			if err != nil {
				stream.resolveFailed(id, classify(err), err.Error())
			} else {
				stream.resolved(id, found.source, found.ttl, found.addrs)
			}
		})
	}()
	return nil
}

func (n *node) lookUpWithin(ctx context.Context, name string, timeout time.Duration) (found answer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = failf(codeInternal, "panic: %v", r)
		}
	}()
	limited, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	found, err = n.lookUp(limited, name)
	if err = contextError(limited, err); err != nil && errors.Is(limited.Err(), context.DeadlineExceeded) {
		err = failf(codeTimeout, "no answer for %s within %s", name, timeout)
	}
	return found, err
}

// lookUp asks the tailnet for the names that are its own, and the system for the rest.
func (n *node) lookUp(ctx context.Context, name string) (answer, error) {
	name = strings.ToLower(strings.TrimSuffix(name, "."))
	if _, err := dnsname.ToFQDN(name); err != nil || name == "" {
		return answer{}, failf(codeNoSuchName, "%q is no valid name", name)
	}
	resolver := n.tailnetResolver()
	if resolver == nil {
		return lookUpSystem(ctx, name)
	}
	for _, candidate := range resolver.candidates(name) {
		found, err := resolver.query(ctx, candidate)
		if err == nil {
			return found, nil
		}
		// A short name may belong to another search domain, or to the host; a full one of the tailnet's is nobody else's.
		if strings.Contains(name, ".") || classify(err) != codeNoSuchName {
			return answer{}, err
		}
	}
	if !resolver.global {
		return lookUpSystem(ctx, name)
	}
	// The tailnet overrides the host's resolvers, but neither its hosts file nor names only its resolvers know.
	if found, err := lookUpHosts(ctx, name); err == nil {
		return found, nil
	}
	if found, err := resolver.query(ctx, name); err == nil {
		return found, nil
	}
	return lookUpSystem(ctx, name)
}

func (a *answer) add(addr netip.Addr, ttl uint32) {
	if len(a.addrs) == 0 || ttl < a.ttl {
		a.ttl = ttl
	}
	a.addrs = append(a.addrs, addr)
}
