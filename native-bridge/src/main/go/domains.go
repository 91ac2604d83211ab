package main

import (
	"strings"

	"tailscale.com/types/netmap"
)

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
