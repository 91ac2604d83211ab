package main

import (
	"bufio"
	"context"
	"encoding/base64"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"

	"tailscale.com/net/socks5"
)

const (
	testUser     = "box"
	testPassword = "s3cret@1"
)

func serveTCP(t *testing.T, handle func(net.Conn)) string {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			go func() {
				defer conn.Close()
				handle(conn)
			}()
		}
	}()
	return listener.Addr().String()
}

// httpProxy is an HTTP proxy with a user.
func httpProxy(t *testing.T) string {
	want := "Basic " + base64.StdEncoding.EncodeToString([]byte(testUser+":"+testPassword))
	return serveTCP(t, func(client net.Conn) {
		reader := bufio.NewReader(client)
		request, err := http.ReadRequest(reader)
		if err != nil || request.Method != http.MethodConnect {
			return
		}
		if request.Header.Get("Proxy-Authorization") != want {
			io.WriteString(client, "HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n")
			return
		}
		target, err := net.Dial("tcp", request.Host)
		if err != nil {
			io.WriteString(client, "HTTP/1.1 502 Bad Gateway\r\nContent-Length: 0\r\n\r\n")
			return
		}
		defer target.Close()
		io.WriteString(client, "HTTP/1.1 200 Connection established\r\n\r\n")
		go func() { io.Copy(target, reader); closeWrite(target) }()
		io.Copy(client, target)
		closeWrite(client)
	})
}

func socksProxy(t *testing.T) string {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	server := &socks5.Server{Username: testUser, Password: testPassword, Logf: t.Logf}
	go server.Serve(listener)
	return listener.Addr().String()
}

// eachProxy runs a test with a proxy of each kind; user and password are still to be set.
func eachProxy(t *testing.T, test func(t *testing.T, proxy url.URL)) {
	t.Run("http", func(t *testing.T) { test(t, url.URL{Scheme: "http", Host: httpProxy(t)}) })
	t.Run("socks5", func(t *testing.T) { test(t, url.URL{Scheme: "socks5h", Host: socksProxy(t)}) })
}

func mustUpstream(t *testing.T, proxy url.URL, user *url.Userinfo) *upstream {
	t.Helper()
	proxy.User = user
	u, err := newUpstream(&proxy)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func mustFront(t *testing.T, u *upstream) *url.URL {
	t.Helper()
	front, err := frontURL(u)
	if err != nil {
		t.Fatal(err)
	}
	return front
}

// through is a client that uses a proxy whatever the target.
func through(t *testing.T, proxy *url.URL) *http.Client {
	transport := &http.Transport{Proxy: http.ProxyURL(proxy)}
	t.Cleanup(transport.CloseIdleConnections)
	return &http.Client{Transport: transport}
}

func TestFrontLeadsThroughTheUpstream(t *testing.T) {
	plain := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Header.Get("Proxy-Authorization") != "" || r.Header.Get("X-Forwarded-For") != "" {
			t.Errorf("the target sees %v", r.Header)
		}
		fmt.Fprintf(w, "%s %s", r.Method, r.URL)
	}))
	defer plain.Close()
	secure := httptest.NewTLSServer(plain.Config.Handler)
	defer secure.Close()
	eachProxy(t, func(t *testing.T, proxy url.URL) {
		front := mustFront(t, mustUpstream(t, proxy, url.UserPassword(testUser, testPassword)))
		for _, target := range []*httptest.Server{plain, secure} {
			client := through(t, front)
			client.Transport.(*http.Transport).TLSClientConfig = target.Client().Transport.(*http.Transport).TLSClientConfig
			response, err := client.Get(target.URL + "/key?v=1")
			if err != nil {
				t.Fatal(err)
			}
			body, _ := io.ReadAll(response.Body)
			response.Body.Close()
			if string(body) != "GET /key?v=1" {
				t.Errorf("%s %q", response.Status, body)
			}
		}
	})
}

func TestFrontCarriesAnUpgrade(t *testing.T) {
	target := serveTCP(t, func(conn net.Conn) {
		reader := bufio.NewReader(conn)
		if _, err := http.ReadRequest(reader); err != nil {
			return
		}
		io.WriteString(conn, "HTTP/1.1 101 Switching Protocols\r\nUpgrade: test\r\nConnection: upgrade\r\n\r\nhello")
		io.Copy(conn, reader)
	})
	eachProxy(t, func(t *testing.T, proxy url.URL) {
		front := mustFront(t, mustUpstream(t, proxy, url.UserPassword(testUser, testPassword)))
		request, _ := http.NewRequest(http.MethodPost, "http://"+target+"/ts2021", nil)
		request.Header.Set("Upgrade", "test")
		request.Header.Set("Connection", "upgrade")
		response, err := through(t, front).Transport.RoundTrip(request)
		if err != nil {
			t.Fatal(err)
		}
		conn := response.Body.(io.ReadWriteCloser)
		defer conn.Close()
		io.WriteString(conn, " and back")
		got := make([]byte, len("hello and back"))
		if _, err := io.ReadFull(conn, got); err != nil || string(got) != "hello and back" {
			t.Errorf("%q %v", got, err)
		}
	})
}

func TestFrontTellsWhyInTheErrorOfItsClient(t *testing.T) {
	gone := serveTCP(t, func(net.Conn) {})
	eachProxy(t, func(t *testing.T, proxy url.URL) {
		for _, scheme := range []string{"http", "https"} {
			front := mustFront(t, mustUpstream(t, proxy, url.UserPassword(testUser, "wrong-password")))
			_, err := through(t, front).Get(scheme + "://" + gone)
			if err == nil || !strings.Contains(strings.ReplaceAll(err.Error(), "_", " "), "upstream proxy "+proxy.String()) {
				t.Errorf("%s: %v", scheme, err)
			} else if strings.Contains(err.Error(), "wrong-password") {
				t.Errorf("%s shows the password: %v", scheme, err)
			}
		}
	})
}

func TestFrontIsForThisProcessOnly(t *testing.T) {
	front := *mustFront(t, mustUpstream(t, url.URL{Scheme: "http", Host: httpProxy(t)}, url.UserPassword(testUser, testPassword)))
	for _, user := range []*url.Userinfo{nil, url.UserPassword(frontUser, "guess")} {
		front.User = user
		response, err := through(t, &front).Get("http://192.0.2.1/")
		if err != nil {
			t.Fatal(err)
		}
		response.Body.Close()
		if response.StatusCode != http.StatusProxyAuthRequired {
			t.Error(response.Status)
		}
	}
}

func TestUpstreamFailures(t *testing.T) {
	refused := serveTCP(t, func(net.Conn) {})
	garbage := serveTCP(t, func(conn net.Conn) { io.WriteString(conn, "220 smtp ready\r\n") })
	addSelfProxies([]string{refused})
	for proxy, words := range map[string]string{
		"http://127.0.0.1:1":   "cannot be reached: connect: connection refused",
		"http://" + garbage:    "does not answer as a proxy",
		"socks5h://" + garbage: "does not connect to",
		"http://" + refused:    "is this process itself",
		"socks5://" + refused:  "is this process itself",
	} {
		address, _ := url.Parse(proxy)
		u := mustUpstream(t, *address, nil)
		conn, err := u.dial(context.Background(), "192.0.2.1:443")
		if err == nil {
			conn.Close()
		}
		if err == nil || !strings.HasPrefix(err.Error(), "upstream proxy "+proxy+" "+words) {
			t.Errorf("%s: %v", proxy, err)
		}
	}
}

func TestRealProxy(t *testing.T) {
	addSelfProxies([]string{"127.0.0.1:1055"})
	defer useProxy("", nil)
	for _, test := range []struct{ proxy, target, want string }{
		{"http://box:pw@proxy.example", "https://control.example/", "http://proxy.example:80"},
		{"socks5h://proxy.example", "http://control.example/", "socks5h://proxy.example:1080"},
		{"http://proxy.example:3128", "https://relay.internal/", ""},
		{"http://proxy.example:3128", "https://10.1.2.3/", ""},
		{"http://localhost:1055", "https://control.example/", ""},
		{"socks5://[::1]:1055", "https://control.example/", ""},
		{"http://0.0.0.0:1055", "https://control.example/", ""},
	} {
		useProxy(test.proxy, []string{".internal", "10.0.0.0/8"})
		target, _ := url.Parse(test.target)
		u, err := realProxy(target)
		got := ""
		if u != nil {
			got = u.String()
		}
		if err != nil || got != test.want {
			t.Errorf("%s for %s: %q %v, want %q", test.proxy, test.target, got, err, test.want)
		}
	}
}

func TestWhatComesWithTheAnswerOfTheProxyIsKept(t *testing.T) {
	proxy := serveTCP(t, func(client net.Conn) {
		if _, err := http.ReadRequest(bufio.NewReader(client)); err == nil {
			io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\nSSH-2.0-test\r\n")
		}
	})
	conn, err := mustUpstream(t, url.URL{Scheme: "http", Host: proxy}, nil).dial(context.Background(), "192.0.2.1:22")
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if greeting, err := io.ReadAll(conn); err != nil || string(greeting) != "SSH-2.0-test\r\n" {
		t.Errorf("%q %v", greeting, err)
	}
}
