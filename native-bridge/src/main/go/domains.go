package main

import (
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"tailscale.com/net/tsaddr"
	"tailscale.com/types/netmap"
)

// domains tells which names are the tailnet's.
type domains struct {
	magic  []string        // suffixes that MagicDNS answers for
	split  []string        // suffixes that a resolver of the tailnet answers for
	search []string        // what a name that nobody knows is tried with
	extra  map[string]bool // names of extra records
	nodes  map[string]bool // names of nodes, where no suffix is MagicDNS's
}

func domainsOf(netMap *netmap.NetworkMap) domains {
	d := domains{extra: make(map[string]bool)}
	if suffix := netMap.MagicDNSSuffix(); suffix != "" && netMap.DNS.Proxied {
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
		// The tailscale packages answer with addresses only.
		if record.Type == "" || record.Type == "A" || record.Type == "AAAA" {
			d.extra[canonical(record.Name)] = true
		}
	}
	for _, domain := range netMap.DNS.Domains {
		if domain = canonical(domain); domain != "" && !slices.Contains(d.search, domain) {
			d.search = append(d.search, domain)
		}
	}
	return d
}

// namesOfNodes is all that is the tailnet's for a node that does not use its DNS settings.
func namesOfNodes(netMap *netmap.NetworkMap) domains {
	d := domains{nodes: make(map[string]bool)}
	if netMap == nil {
		return d
	}
	d.nodes[canonical(netMap.SelfName())] = true
	for _, peer := range netMap.Peers {
		d.nodes[canonical(peer.Name())] = true
	}
	if suffix := canonical(netMap.MagicDNSSuffix()); suffix != "" {
		d.search = []string{suffix}
	}
	return d
}

func canonical(name string) string { return strings.ToLower(strings.TrimSuffix(name, ".")) }

// source tells who in the tailnet answers for a name; 0 is nobody.
func (d *domains) source(name string) uint8 {
	switch {
	case d.nodes[name]:
		return sourceMagicDNS
	case d.extra[name]:
		return sourceExtraRecord
	case d.isVia(name):
		return sourceVia
	case longestSuffix(d.magic, name) > longestSuffix(d.split, name):
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

// isVia tells whether a name spells an IPv4 address behind a 4via6 subnet router, as 10-1-2-3-via-7 does: alone, or in a
// domain of MagicDNS.
func (d *domains) isVia(name string) bool {
	label, domain, _ := strings.Cut(name, ".")
	address, site, ok := strings.Cut(label, "-via-")
	if !ok || domain != "" && !slices.Contains(d.magic, domain) {
		return false
	}
	ip, err := netip.ParseAddr(strings.ReplaceAll(address, "-", "."))
	if err != nil {
		return false
	}
	number, err := strconv.ParseUint(site, 0, 32)
	if err != nil {
		return false
	}
	_, err = tsaddr.MapVia(uint32(number), netip.PrefixFrom(ip, ip.BitLen()))
	return err == nil
}

// searched returns what a name that is not the tailnet's may be short for.
func (d *domains) searched(name string) []string {
	var full []string
	for _, domain := range d.search {
		if longer := name + "." + domain; d.nodes == nil || d.nodes[longer] {
			full = append(full, longer)
		}
	}
	return full
}

// shortened returns what is enough of a full name.
func (d *domains) shortened(name string) []string {
	var short []string
	for _, domain := range d.search {
		if start, ok := strings.CutSuffix(name, "."+domain); ok && (d.nodes == nil || d.nodes[name]) {
			short = append(short, start)
		}
	}
	return short
}

// isTailnetReverse tells whether a name is that of a reverse lookup (RFC 1035, section 3.5; RFC 3596, section 2.5) of an
// address in the ranges that nodes get theirs from.
func isTailnetReverse(name string) bool {
	var raw []byte
	if labels, ok := strings.CutSuffix(name, ".in-addr.arpa"); ok {
		for _, label := range slices.Backward(strings.Split(labels, ".")) {
			number, err := strconv.ParseUint(label, 10, 8)
			if err != nil {
				return false
			}
			raw = append(raw, byte(number))
		}
	} else if labels, ok := strings.CutSuffix(name, ".ip6.arpa"); ok {
		nibbles := strings.Split(labels, ".")
		if len(nibbles) != 32 {
			return false
		}
		slices.Reverse(nibbles)
		for pair := range slices.Chunk(nibbles, 2) {
			number, err := strconv.ParseUint(pair[0]+pair[1], 16, 8)
			if err != nil || len(pair[0]) != 1 {
				return false
			}
			raw = append(raw, byte(number))
		}
	}
	addr, ok := netip.AddrFromSlice(raw)
	return ok && isTailnetAddress(addr)
}
