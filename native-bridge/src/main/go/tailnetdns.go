package main

import (
	"context"
	"errors"
	"net/netip"
	"strings"
	"sync"

	"golang.org/x/net/dns/dnsmessage"
	"tailscale.com/ipn"
	"tailscale.com/net/dns"
)

// maxAliases bounds a chain of CNAME records.
const maxAliases = 8

// tailnetResolver is what the tailnet says about names at the moment.
type tailnetResolver struct {
	manager *dns.Manager
	config  domains
	global  bool // the tailnet names resolvers for everything
}

// tailnetResolver returns nil while the node is not running, or does not use the tailnet's DNS.
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
	if netMap == nil || !ok || !backend.Prefs().CorpDNS() {
		return nil
	}
	return &tailnetResolver{manager: manager, config: domainsOf(netMap), global: len(netMap.DNS.Resolvers) > 0}
}

// candidates returns the names to ask the tailnet for.
func (r *tailnetResolver) candidates(name string) []string {
	if r.config.source(name) != 0 {
		return []string{name}
	}
	if strings.Contains(name, ".") {
		return nil
	}
	var full []string
	for _, domain := range r.config.search {
		if candidate := name + "." + domain; r.config.source(candidate) != 0 {
			full = append(full, candidate)
		}
	}
	return full
}

// query asks the tailnet's DNS manager for both families.
func (r *tailnetResolver) query(ctx context.Context, name string) (answer, error) {
	source := r.config.source(name)
	if source == 0 {
		source = sourceSplitDNS
	}
	var results [2]answer
	var errs [2]error
	var both sync.WaitGroup
	for i, kind := range []dnsmessage.Type{dnsmessage.TypeA, dnsmessage.TypeAAAA} {
		both.Go(func() { results[i], errs[i] = r.queryType(ctx, name, kind) })
	}
	both.Wait()
	found := answer{source: source}
	for i := range results {
		if errs[i] == nil && len(results[i].addrs) > 0 {
			if found.ttl == 0 || results[i].ttl < found.ttl {
				found.ttl = results[i].ttl
			}
			found.addrs = append(found.addrs, results[i].addrs...)
		}
	}
	if len(found.addrs) > 0 {
		return found, nil
	}
	for _, err := range errs {
		if err != nil && classify(err) != codeNoSuchName {
			return answer{}, err
		}
	}
	if err := errors.Join(errs[0], errs[1]); err != nil {
		return answer{}, failf(codeNoSuchName, "%s does not exist", name)
	}
	return answer{}, failf(codeNoSuchName, "%s has no address", name)
}

// queryType asks for one type of record, along a chain of aliases.
func (r *tailnetResolver) queryType(ctx context.Context, name string, kind dnsmessage.Type) (answer, error) {
	asked := name
	for range maxAliases {
		request, err := buildQuery(asked, kind)
		if err != nil {
			return answer{}, failf(codeNoSuchName, "%q is no valid name", asked)
		}
		raw, err := r.queryRaw(ctx, request)
		if err != nil {
			return answer{}, failf(codeResolveFailed, "the tailnet's resolver cannot look up %s: %v", asked, err)
		}
		found, alias, err := parseResponse(raw, asked, kind)
		if err != nil || len(found.addrs) > 0 || alias == "" {
			return found, err
		}
		asked = alias
	}
	return answer{}, failf(codeResolveFailed, "%s is an alias of an alias, more than %d times", name, maxAliases)
}

// queryRaw returns when ctx ends, even if the manager does not.
func (r *tailnetResolver) queryRaw(ctx context.Context, request []byte) ([]byte, error) {
	type result struct {
		raw []byte
		err error
	}
	results := make(chan result, 1)
	go func() {
		raw, err := r.manager.Query(ctx, request, "tcp", queryFrom)
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
