package main

import (
	"context"
	"errors"
	"math"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"tailscale.com/ipn"
	"tailscale.com/util/dnsname"
)

// Sources of an answer: enum tailnet_source.
const (
	sourceMagicDNS    = 1
	sourceSplitDNS    = 2
	sourceSystem      = 3
	sourceExtraRecord = 4
	sourceVia         = 5
	sourceGlobalDNS   = 6
)

// ttlUnknown is the time to live of an answer that came without one: TAILNET_TTL_UNKNOWN.
const ttlUnknown = math.MaxUint32

// maxAliases bounds a chain of CNAME records that no server followed by itself.
const maxAliases = 8

// answer is what a name resolves to. Without addresses, ttl says for how long the name has none (RFC 2308).
type answer struct {
	source  uint8
	ttl     uint32
	addrs   []netip.Addr
	servers string // who was asked, where that is known
	// alsoCalled are the other names that the host goes by: the complete one where a short one was asked for, the short one
	// where the complete one was. Not the names behind an alias (CNAME), which the owner of any name may choose.
	alsoCalled []string
}

// lookUpFunc finds a name's addresses.
type lookUpFunc func(ctx context.Context, name string) (answer, error)

// resolve looks a name up under id; the event stream tells the answer.
func (n *node) resolve(id uint64, name string, timeout time.Duration) error {
	return n.resolveBy(n.lookUp, id, name, timeout)
}

// resolveInTailnet is resolve for the tailnet's names: codeNotOwned is the answer for any other.
func (n *node) resolveInTailnet(id uint64, name string, timeout time.Duration) error {
	return n.resolveBy(n.lookUpInTailnet, id, name, timeout)
}

func (n *node) resolveBy(lookUp lookUpFunc, id uint64, name string, timeout time.Duration) error {
	if name == "" {
		return apiErrorf(syscall.EINVAL, "there is no name to look up")
	}
	ctx, cancel, err := n.operations.beginWithin(n.ctx, id)
	if err != nil {
		return err
	}
	go func() {
		defer cancel(nil)
		found, err := lookUpWithin(ctx, lookUp, name, timeout)
		n.operations.done(id, func() { n.stream.Load().resolved(id, found, err) })
	}()
	return nil
}

func lookUpWithin(ctx context.Context, lookUp lookUpFunc, name string, timeout time.Duration) (found answer, err error) {
	defer func() {
		if r := recover(); r != nil {
			err = failf(codeInternal, "panic: %v", r)
		}
	}()
	limited, stop := context.WithTimeout(ctx, timeout)
	defer stop()
	found, err = lookUp(limited, name)
	if err = contextError(limited, err); err != nil && errors.Is(limited.Err(), context.DeadlineExceeded) {
		err = failf(codeTimeout, "no answer for %s within %s", name, timeout)
	}
	return found, err
}

// lookUp asks the tailnet for the names that are its own, and the system for the rest.
func (n *node) lookUp(ctx context.Context, name string) (answer, error) {
	lookup := lookup{host: &n.host, tailnet: n.tailnetResolver()}
	return lookup.start(ctx, name)
}

// lookUpInTailnet asks the tailnet for the names that are its own, and nobody for the rest. It does not take a name for a
// stranger's because the node has not heard, or not any more, what the tailnet's names are.
func (n *node) lookUpInTailnet(ctx context.Context, name string) (answer, error) {
	if state, _, _ := n.status.get(); state != ipn.Running {
		return answer{}, failf(codeNodeDown, "the node is not running (%s)", state)
	}
	lookup := lookup{host: &n.host, tailnet: n.tailnetResolver(), ownOnly: true}
	return lookup.start(ctx, name)
}

// noSuchName is the answer that there is no address, with its words.
func noSuchName(ttl uint32, source uint8, format string, args ...any) (answer, error) {
	return answer{source: source, ttl: ttl}, failf(codeNoSuchName, format, args...)
}

// lookup is the order in which a name is looked up, with those it asks.
type lookup struct {
	host    *hostResolver
	tailnet *tailnetResolver // nil while the tailnet's DNS is not to be asked
	ownOnly bool             // whether a name that is not the tailnet's is left alone: codeNotOwned
}

func (l *lookup) start(ctx context.Context, name string) (answer, error) {
	name = canonical(name)
	if _, err := dnsname.ToFQDN(name); err != nil || name == "" {
		return noSuchName(ttlUnknown, 0, "%q is no valid name", name)
	}
	return l.find(ctx, name, maxAliases)
}

// ask looks a name up that is not the tailnet's.
func (l *lookup) ask(ctx context.Context, name string) (answer, error) {
	if l.ownOnly {
		return answer{}, failf(codeNotOwned, "%s is no name of the tailnet", name)
	}
	return l.host.lookUp(ctx, name)
}

// find tries a name as it is and, when nobody knows it, in the tailnet's search domains; a name of one label the other way
// round, as the C library does.
func (l *lookup) find(ctx context.Context, name string, aliases int) (answer, error) {
	if l.tailnet == nil {
		return l.ask(ctx, name)
	}
	if l.tailnet.config.source(name) != 0 {
		found, err := l.exactly(ctx, name, aliases)
		found.alsoCalled = append(found.alsoCalled, l.tailnet.config.shortened(name)...)
		return found, err
	}
	searched := l.tailnet.config.searched(name)
	names := append([]string{name}, searched...)
	if !strings.Contains(name, ".") {
		names = append(searched, name)
	}
	ttl := uint32(ttlUnknown)
	var first error
	for _, candidate := range names {
		found, err := l.exactly(ctx, candidate, aliases)
		switch {
		case err == nil && candidate == name:
			found.alsoCalled = append(found.alsoCalled, l.tailnet.config.shortened(name)...)
			return found, nil
		case err == nil:
			found.alsoCalled = append(found.alsoCalled, candidate)
			return found, nil
		case classify(err) != codeNoSuchName && first == nil:
			return found, err
		case classify(err) != codeNoSuchName:
			return answer{}, first // the name itself does not exist: a search domain that cannot tell changes little
		}
		ttl = min(ttl, found.ttl)
		if candidate == name {
			first = err
		}
	}
	return answer{ttl: ttl, source: sourceSystem}, first
}

// exactly looks a full name up. A name of the tailnet's is nobody else's.
func (l *lookup) exactly(ctx context.Context, name string, aliases int) (answer, error) {
	if l.tailnet.config.source(name) != 0 {
		return l.askTailnet(ctx, name, aliases)
	}
	if l.tailnet.global && !l.ownOnly {
		// The tailnet overrides the host's resolvers, but neither its hosts file nor names only its resolvers know.
		if found, err := l.host.lookUpHosts(ctx, name); err == nil {
			return found, nil
		}
		if found, err := l.askTailnet(ctx, name, aliases); err == nil {
			return found, nil
		}
	}
	return l.ask(ctx, name)
}

// askTailnet goes on with the alias where the tailnet's server knows only that.
func (l *lookup) askTailnet(ctx context.Context, name string, aliases int) (answer, error) {
	found, alias, err := l.tailnet.query(ctx, name)
	if err != nil || alias == "" {
		return found, err
	}
	if aliases == 0 {
		return answer{}, failf(codeResolveFailed, "%s is an alias of an alias, more than %d times", name, maxAliases)
	}
	anyName := lookup{host: l.host, tailnet: l.tailnet}
	behind, err := anyName.find(ctx, alias, aliases-1)
	behind.source, behind.servers, behind.alsoCalled = found.source, found.servers, nil
	behind.ttl = min(behind.ttl, found.ttl)
	return behind, err
}
