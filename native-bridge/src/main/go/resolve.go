package main

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"tailscale.com/ipn"
	"tailscale.com/net/dns"
	"tailscale.com/types/netmap"
	"tailscale.com/util/dnsname"
)

// Sources of an answer: enum tailnet_source.
const (
	sourceMagicDNS = 1
	sourceSplitDNS = 2
	sourceSystem   = 3
)

// maxAliases bounds a chain of CNAME records.
const maxAliases = 8

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

// domains tells which names are the tailnet's.
type domains struct {
	magic    []string        // suffixes that MagicDNS answers for
	split    []string        // suffixes that a resolver of the tailnet answers for
	search   []string        // what a short name is tried with
	extra    map[string]bool // names of extra records
	magicDNS bool
}

func domainsOf(netMap *netmap.NetworkMap) domains {
	d := domains{extra: make(map[string]bool), magicDNS: netMap.DNS.Proxied}
	if suffix := netMap.MagicDNSSuffix(); suffix != "" && d.magicDNS {
		d.magic = append(d.magic, canonical(suffix))
	}
	for suffix, resolvers := range netMap.DNS.Routes {
		if suffix = canonical(suffix); suffix == "" {
			continue
		}
		if len(resolvers) == 0 {
			d.magic = append(d.magic, suffix)
		} else {
			d.split = append(d.split, suffix)
		}
	}
	for _, record := range netMap.DNS.ExtraRecords {
		d.extra[canonical(record.Name)] = true
	}
	for _, domain := range netMap.DNS.Domains {
		d.search = append(d.search, canonical(domain))
	}
	return d
}

func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// source tells who in the tailnet answers for a name; 0 is nobody.
func (d *domains) source(name string) uint8 {
	switch {
	case d.extra[name], longestSuffix(d.magic, name) > longestSuffix(d.split, name):
		return sourceMagicDNS
	case longestSuffix(d.split, name) > 0:
		return sourceSplitDNS
	default:
		return 0
	}
}

func longestSuffix(suffixes []string, name string) int {
	longest := 0
	for _, suffix := range suffixes {
		if (name == suffix || strings.HasSuffix(name, "."+suffix)) && len(suffix) > longest {
			longest = len(suffix)
		}
	}
	return longest
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

func buildQuery(name string, kind dnsmessage.Type) ([]byte, error) {
	full, err := dnsmessage.NewName(name + ".")
	if err != nil {
		return nil, err
	}
	builder := dnsmessage.NewBuilder(nil, dnsmessage.Header{ID: 1, RecursionDesired: true})
	if err := builder.StartQuestions(); err != nil {
		return nil, err
	}
	if err := builder.Question(dnsmessage.Question{Name: full, Type: kind, Class: dnsmessage.ClassINET}); err != nil {
		return nil, err
	}
	return builder.Finish()
}

// parseResponse takes the addresses out of a response. When it has none but ends in an alias, it returns that.
func parseResponse(raw []byte, name string, kind dnsmessage.Type) (found answer, alias string, err error) {
	var parser dnsmessage.Parser
	header, err := parser.Start(raw)
	if err != nil {
		return answer{}, "", failf(codeResolveFailed, "bad answer for %s: %v", name, err)
	}
	switch header.RCode {
	case dnsmessage.RCodeSuccess:
	case dnsmessage.RCodeNameError:
		return answer{}, "", failf(codeNoSuchName, "%s does not exist", name)
	default:
		return answer{}, "", failf(codeResolveFailed, "the resolver of %s answers %s", name, rcodeName(header.RCode))
	}
	if err := parser.SkipAllQuestions(); err != nil {
		return answer{}, "", failf(codeResolveFailed, "bad answer for %s: %v", name, err)
	}
	for {
		record, err := parser.AnswerHeader()
		if errors.Is(err, dnsmessage.ErrSectionDone) {
			return found, alias, nil
		}
		if err == nil {
			err = takeRecord(&parser, record, kind, &found, &alias)
		}
		if err != nil {
			return answer{}, "", failf(codeResolveFailed, "bad answer for %s: %v", name, err)
		}
	}
}

func takeRecord(parser *dnsmessage.Parser, record dnsmessage.ResourceHeader, kind dnsmessage.Type, found *answer, alias *string) error {
	switch {
	case record.Type == dnsmessage.TypeA && kind == dnsmessage.TypeA:
		a, err := parser.AResource()
		if err != nil {
			return err
		}
		found.add(netip.AddrFrom4(a.A), record.TTL)
	case record.Type == dnsmessage.TypeAAAA && kind == dnsmessage.TypeAAAA:
		aaaa, err := parser.AAAAResource()
		if err != nil {
			return err
		}
		found.add(netip.AddrFrom16(aaaa.AAAA), record.TTL)
	case record.Type == dnsmessage.TypeCNAME:
		cname, err := parser.CNAMEResource()
		if err != nil {
			return err
		}
		*alias = canonical(cname.CNAME.String())
	default:
		return parser.SkipAnswer()
	}
	return nil
}

func (a *answer) add(addr netip.Addr, ttl uint32) {
	if len(a.addrs) == 0 || ttl < a.ttl {
		a.ttl = ttl
	}
	a.addrs = append(a.addrs, addr)
}

func rcodeName(code dnsmessage.RCode) string {
	switch code {
	case dnsmessage.RCodeServerFailure:
		return "SERVFAIL"
	case dnsmessage.RCodeRefused:
		return "REFUSED"
	default:
		return code.String()
	}
}

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
