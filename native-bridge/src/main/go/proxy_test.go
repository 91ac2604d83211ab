package main

import (
	"net/url"
	"testing"
)

func TestOwnProxiesAreRecognised(t *testing.T) {
	addSelfProxies([]string{"127.0.0.1:1055", "[::1]:1080", "192.0.2.1:3128", "nonsense"})
	for proxy, want := range map[string]bool{
		"http://127.0.0.1:1055":       true,
		"http://localhost:1055":       true,
		"http://127.0.0.2:1055/":      true,
		"http://LOCALHOST.:1055":      true,
		"http://[::ffff:7f00:1]:1055": true,
		"http://0.0.0.0:1055":         true,
		"socks5h://user@[::1]":        true,
		"http://u:p@192.0.2.1:3128":   true,
		"http://127.0.0.1:1056":       false,
		"http://192.0.2.2:3128":       false,
		"http://proxy.example":        false,
	} {
		u, err := url.Parse(proxy)
		if err != nil {
			t.Fatal(err)
		}
		if proxy, err := newUpstream(u); err != nil || isSelf(proxy.host, proxy.port) != want {
			t.Errorf("%s: %v %v", u, proxy, err)
		}
	}
}
