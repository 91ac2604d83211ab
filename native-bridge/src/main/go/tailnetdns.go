package main

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"tailscale.com/ipn"
	"tailscale.com/net/dns"
	"tailscale.com/util/dnsname"
)

// familyGrace is how long the addresses of one family wait for those of the other: some servers never answer for AAAA.
const familyGrace = time.Second

// tailnetResolver is what the tailnet says about names at the moment.
type tailnetResolver struct {
	manager *dns.Manager
	config  domains
	global  bool // the tailnet names resolvers for everything
}

// tailnetResolver returns nil while the node is not running. Where it does not use the tailnet's DNS settings, the names of the
// nodes are all that the tailnet is asked for.
func (n *node) tailnetResolver() *tailnetResolver {
	backend, err := n.ready()
	if err != nil {
		return nil
	}
	if state, _, _ := n.status.get(); state != ipn.Running {
		return nil
	}
	netMap := backend.NetMapNoPeers()
	manager, ok := n.server.Sys().DNSManager.GetOK()
	prefs := backend.Prefs()
	if netMap == nil || !ok {
		return nil
	}
	if !prefs.CorpDNS() {
		return &tailnetResolver{manager: manager, config: namesOfNodes(backend.NetMapWithPeers())}
	}
	r := &tailnetResolver{manager: manager, config: domainsOf(netMap)}
	r.global = len(netMap.DNS.Resolvers) > 0 || !prefs.ExitNodeID().IsZero() && r.asksExitNode()
	return r
}

// asksExitNode tells whether the exit node in use resolves names: its resolver speaks HTTP in the tailnet.
func (r *tailnetResolver) asksExitNode() bool {
	return strings.HasPrefix(r.servers("."), "http://")
}

// servers names those that are asked for a name outside MagicDNS, comma-separated.
func (r *tailnetResolver) servers(name string) string {
	full, err := dnsname.ToFQDN(name)
	if err != nil {
		return ""
	}
	var servers []string
	for _, server := range r.manager.Resolver().GetUpstreamResolvers(full) {
		servers = append(servers, server.Addr)
	}
	return strings.Join(servers, ",")
}

// query asks for both families at once. Where the answer is but another name, it returns that as the alias.
func (r *tailnetResolver) query(ctx context.Context, name string) (found answer, alias string, err error) {
	source, servers := r.config.source(name), ""
	switch source {
	case sourceVia:
		name, _, _ = strings.Cut(name, ".") // all that the tailscale packages understand outside their own domains
	case sourceSplitDNS:
		servers = r.servers(name)
	case 0:
		source, servers = sourceGlobalDNS, r.servers(name)
	}
	v4, v6 := r.bothFamilies(ctx, name)
	found = answer{source: source, servers: servers, ttl: ttlUnknown}
	for _, part := range []records{v4, v6} {
		if part.err == nil && len(part.addrs) > 0 {
			found.ttl = min(found.ttl, part.ttl)
			found.addrs = append(found.addrs, part.addrs...)
		}
	}
	if len(found.addrs) > 0 {
		return found, "", nil
	}
	for _, part := range []records{v4, v6} {
		if part.err != nil && classify(part.err) != codeNoSuchName {
			return answer{}, "", part.err
		}
		found.ttl = min(found.ttl, part.ttl)
		if part.alias != "" {
			alias = part.alias
		}
	}
	switch {
	case alias != "":
		return found, alias, nil
	case v4.err != nil:
		return found, "", v4.err
	case v6.err != nil:
		return found, "", v6.err
	default:
		return found, "", failf(codeNoSuchName, "%s has no address", name)
	}
}

func (r *tailnetResolver) bothFamilies(ctx context.Context, name string) (v4, v6 records) {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	type family struct {
		into *records
		got  records
	}
	done := make(chan family, 2)
	ask := func(kind dnsmessage.Type, into *records) { done <- family{into, r.queryType(ctx, name, kind)} }
	go ask(dnsmessage.TypeA, &v4)
	go ask(dnsmessage.TypeAAAA, &v6)
	first := <-done
	*first.into = first.got
	if len(first.got.addrs) > 0 {
		defer time.AfterFunc(familyGrace, stop).Stop()
	}
	second := <-done
	*second.into = second.got
	return v4, v6
}

func (r *tailnetResolver) queryType(ctx context.Context, name string, kind dnsmessage.Type) records {
	request, err := buildQuery(name, kind)
	if err != nil {
		return records{err: failf(codeNoSuchName, "%q is no valid name", name), ttl: ttlUnknown}
	}
	raw, err := r.queryRaw(ctx, request)
	if err != nil {
		return records{err: failf(codeResolveFailed, "the tailnet's resolver cannot look up %s: %v", name, err)}
	}
	return parseResponse(raw, name, kind)
}

// queryRaw returns when ctx ends, even if the manager does not. The request is not used after that.
func (r *tailnetResolver) queryRaw(ctx context.Context, request []byte) ([]byte, error) {
	type result struct {
		raw []byte
		err error
	}
	results := make(chan result, 1)
	own := append([]byte(nil), request...) // the manager writes to it
	go func() {
		raw, err := func() (raw []byte, err error) {
			defer func() {
				if recover() != nil {
					err = errors.New("a fault of the tailscale packages")
				}
			}()
			return r.manager.Query(ctx, own, "tcp", queryFrom)
		}()
		results <- result{raw, err}
	}()
	select {
	case got := <-results:
		if got.err != nil && ctx.Err() != nil {
			return nil, ctx.Err()
		}
		return got.raw, got.err
	case <-ctx.Done():
		return nil, ctx.Err()
	}
}

var queryFrom = netip.MustParseAddrPort("127.0.0.1:0")
