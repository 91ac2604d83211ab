package main

import (
	"net"
	"net/netip"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"

	"golang.org/x/net/http/httpproxy"
	"tailscale.com/net/tshttpproxy"
)

// The tailscale packages reach the control server and the relays through the proxies of HTTP_PROXY and HTTPS_PROXY, which a
// sandbox that can only leave through one depends on. They log the URL, password and all, and know SOCKS for half of their
// connections; so what they get to see is a proxy of this library's own (front.go), which goes through the real one.
//
// When the real one is a proxy of this very process, which waits for the node, the node would wait for itself.
// tshttpproxy.SetSelfProxy is meant for that, but does not recognise a proxy written as a URL.
func init() {
	if err := tshttpproxy.SetProxyFunc(proxyFor); err != nil {
		panic(err)
	}
}

// selfProxies are the addresses of this process's own proxies.
var selfProxies struct {
	sync.RWMutex
	known map[string]bool
}

func addSelfProxies(addrs []string) {
	selfProxies.Lock()
	defer selfProxies.Unlock()
	if selfProxies.known == nil {
		selfProxies.known = make(map[string]bool)
	}
	for _, addr := range addrs {
		if host, port, err := net.SplitHostPort(addr); err == nil {
			selfProxies.known[proxyKey(host, port)] = true
		}
	}
}

// proxyKey names a listener: all addresses of the loopback are one.
func proxyKey(host, port string) string {
	host = strings.ToLower(strings.TrimSuffix(host, "."))
	addr, err := netip.ParseAddr(host)
	switch {
	case host == "localhost", strings.HasSuffix(host, ".localhost"):
		host = "localhost"
	case err == nil && (addr.Unmap().IsLoopback() || addr.Unmap().IsUnspecified()):
		host = "localhost"
	case err == nil:
		host = addr.Unmap().String()
	}
	return net.JoinHostPort(host, port)
}

func isSelf(host, port string) bool {
	selfProxies.RLock()
	defer selfProxies.RUnlock()
	return selfProxies.known[proxyKey(host, port)]
}

// proxyFunc tells the proxy for a URL, nil for none.
type proxyFunc func(*url.URL) (*url.URL, error)

// askedProxy is the one that option upstream-proxy names; nil when there is none.
var askedProxy atomic.Pointer[proxyFunc]

var environmentProxy = sync.OnceValue(func() proxyFunc {
	return httpproxy.FromEnvironment().ProxyFunc()
})

// useProxy makes the node's own traffic go through a proxy, that of the environment when it is empty.
func useProxy(proxy string, except []string) {
	if proxy == "" {
		askedProxy.Store(nil)
		return
	}
	config := httpproxy.Config{HTTPProxy: proxy, HTTPSProxy: proxy, NoProxy: strings.Join(except, ",")}
	f := proxyFunc(config.ProxyFunc())
	askedProxy.Store(&f)
}

// realProxy is the proxy that leads to a URL, unless it is one of this process.
func realProxy(target *url.URL) (*upstream, error) {
	find := environmentProxy()
	if asked := askedProxy.Load(); asked != nil {
		find = *asked
	}
	proxy, err := find(target)
	if err != nil || proxy == nil {
		return nil, err
	}
	u, err := newUpstream(proxy)
	if err != nil {
		return nil, err
	}
	if isSelf(u.host, u.port) {
		warnOfSelf(u)
		return nil, nil
	}
	return u, nil
}

var warnedOfSelf sync.Once

func warnOfSelf(u *upstream) {
	warnedOfSelf.Do(func() {
		table.each(func(n *node) {
			n.log(logWarning, "the environment's proxy %s is this process itself: the node does without it", u)
		})
	})
}

// proxyFor is what the tailscale packages ask.
func proxyFor(target *url.URL) (*url.URL, error) {
	u, err := realProxy(target)
	if err != nil || u == nil {
		return nil, err
	}
	return frontURL(u)
}
