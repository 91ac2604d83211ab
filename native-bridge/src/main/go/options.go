package main

import (
	"net/netip"
	"net/url"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// options is what a caller set before the start. A nil pointer is "not said": the default then depends on which of the
// two interfaces starts the node.
type options struct {
	dir          string
	hostname     string
	authKey      string
	controlURL   string
	ephemeral    bool
	tags         []string
	acceptRoutes *bool
	acceptDNS    *bool
	shieldsUp    shieldsMode
	memory       bool
	timeWait     time.Duration
	selfProxy    []string
	selfDNS      []netip.AddrPort
	exitNode     string
	operator     string
	upstream     string // the URL of the proxy for the node's own traffic
	noProxy      []string
	port         uint16 // of WireGuard; 0 for any

	advertiseRoutes []netip.Prefix
	yielding        []string // names of options that give way to what the state has
	credential      credential
}

const defaultTimeWait = time.Second

func defaultOptions() options {
	return options{timeWait: defaultTimeWait}
}

// set stores an option by its name in tailnet_bridge.h.
func (o *options) set(name, value string) error {
	switch name {
	case "tags":
		tags := splitList(value)
		for _, tag := range tags {
			if !strings.HasPrefix(tag, "tag:") || len(tag) == len("tag:") {
				return apiErrorf(syscall.EINVAL, "option tags: %q is not a tag; tags look like tag:ci", tag)
			}
		}
		o.tags = tags
	case "accept-routes":
		return setBool(&o.acceptRoutes, name, value)
	case "accept-dns":
		return setBool(&o.acceptDNS, name, value)
	case "shields-up":
		switch mode := shieldsMode(value); mode {
		case shieldsAuto, shieldsUp, shieldsDown:
			o.shieldsUp = mode
		default:
			return apiErrorf(syscall.EINVAL, "option shields-up: %q is neither true nor false nor auto", value)
		}
	case "advertise-routes":
		return o.setAdvertiseRoutes(value)
	case "port":
		port, err := strconv.ParseUint(value, 10, 16)
		if err != nil {
			return apiErrorf(syscall.EINVAL, "option port: %q is no port", value)
		}
		o.port = uint16(port)
	case "yielding":
		o.yielding = splitList(value)
	case "state":
		switch value {
		case "memory":
			o.memory = true
		case "dir":
			o.memory = false
		default:
			return apiErrorf(syscall.EINVAL, "option state: %q is neither memory nor dir", value)
		}
	case "time-wait-ms":
		ms, err := strconv.Atoi(value)
		if err != nil || ms < 1 || ms > 240_000 {
			return apiErrorf(syscall.EINVAL, "option time-wait-ms: %q is not a number from 1 to 240000", value)
		}
		o.timeWait = time.Duration(ms) * time.Millisecond
	case "self-proxy":
		o.selfProxy = splitList(value)
	case "self-dns":
		o.selfDNS = nil
		for _, item := range splitList(value) {
			listener, err := netip.ParseAddrPort(item)
			if err != nil {
				return apiErrorf(syscall.EINVAL, "option self-dns: %q is not of the form address:port", item)
			}
			o.selfDNS = append(o.selfDNS, netip.AddrPortFrom(listener.Addr().Unmap(), listener.Port()))
		}
	case "exit-node":
		o.exitNode = value
	case "operator":
		o.operator = value
	case "upstream-proxy":
		proxy, err := url.Parse(value)
		if err == nil {
			_, err = newUpstream(proxy)
		}
		if err != nil {
			return apiErrorf(syscall.EINVAL, "option upstream-proxy: not a URL like http://host:port or socks5://host:port")
		}
		o.upstream = value
	case "no-proxy":
		o.noProxy = splitList(value)
	default:
		return apiErrorf(syscall.EINVAL, "unknown option %q", name)
	}
	return nil
}

func (o *options) setAdvertiseRoutes(value string) error {
	o.advertiseRoutes = nil
	for _, item := range splitList(value) {
		route, err := netip.ParsePrefix(item)
		switch {
		case err != nil || route.Masked() != route:
			return apiErrorf(syscall.EINVAL, "option advertise-routes: %q is no network", item)
		case route.Bits() == 0:
			return apiErrorf(syscall.EINVAL, "option advertise-routes: %s would make this node an exit node, which it cannot be", item)
		case !isRoutable(route.Addr()):
			return apiErrorf(syscall.EINVAL, "option advertise-routes: %s is this host or this link only", item)
		}
		o.advertiseRoutes = append(o.advertiseRoutes, route)
	}
	return nil
}

func setBool(target **bool, name, value string) error {
	switch value {
	case "true", "false":
		on := value == "true"
		*target = &on
		return nil
	default:
		return apiErrorf(syscall.EINVAL, "option %s: %q is neither true nor false", name, value)
	}
}

func splitList(value string) []string {
	var items []string
	for item := range strings.SplitSeq(value, ",") {
		if item = strings.TrimSpace(item); item != "" {
			items = append(items, item)
		}
	}
	return items
}

func valueOr(value *bool, otherwise bool) bool {
	if value != nil {
		return *value
	}
	return otherwise
}
