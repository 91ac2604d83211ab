package main

import (
	"net"
	"net/netip"
	"net/url"
	"sync"

	"golang.org/x/net/http/httpproxy"
	"tailscale.com/net/tshttpproxy"
)

// The tailscale packages use the proxies of HTTP_PROXY and HTTPS_PROXY, which a sandbox that can only leave through one
// depends on. When they name a proxy of this very process, which waits for the node, the node would wait for itself.
// tshttpproxy.SetSelfProxy is meant for that, but does not recognise a proxy written as a URL.
func init() {
	if err := tshttpproxy.SetProxyFunc(foreignProxy); err != nil {
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
	if addr, err := netip.ParseAddr(host); host == "localhost" || err == nil && (addr.IsLoopback() || addr.IsUnspecified()) {
		host = "localhost"
	}
	return net.JoinHostPort(host, port)
}

func isSelfProxy(proxy *url.URL) bool {
	port := proxy.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[proxy.Scheme]
	}
	selfProxies.RLock()
	defer selfProxies.RUnlock()
	return selfProxies.known[proxyKey(proxy.Hostname(), port)]
}

var environmentProxy = sync.OnceValue(func() func(*url.URL) (*url.URL, error) {
	return httpproxy.FromEnvironment().ProxyFunc()
})

// foreignProxy is the environment's proxy for a URL, unless it is one of this process.
func foreignProxy(target *url.URL) (*url.URL, error) {
	proxy, err := environmentProxy()(target)
	if err != nil || proxy == nil || isSelfProxy(proxy) {
		return nil, err
	}
	return proxy, nil
}
