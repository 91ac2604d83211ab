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
	shieldsUp    *bool
	memory       bool
	timeWait     time.Duration
	selfProxy    []string
	selfDNS      []netip.AddrPort
	exitNode     string
	operator     string
	upstream     string // the URL of the proxy for the node's own traffic
	noProxy      []string
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
	case "shields-up":
		return setBool(&o.shieldsUp, name, value)
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
