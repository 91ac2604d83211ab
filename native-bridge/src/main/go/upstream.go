package main

import (
	"bufio"
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"golang.org/x/net/proxy"
)

// upstream is a proxy that leads out of the host's network.
type upstream struct {
	scheme     string
	host, port string
	user       *url.Userinfo
}

func newUpstream(u *url.URL) (*upstream, error) {
	port := u.Port()
	if port == "" {
		port = map[string]string{"http": "80", "https": "443", "socks5": "1080", "socks5h": "1080"}[u.Scheme]
	}
	if port == "" || u.Hostname() == "" {
		return nil, fmt.Errorf("%s is no proxy: write http://host:port or socks5://host:port", u.Redacted())
	}
	return &upstream{scheme: u.Scheme, host: u.Hostname(), port: port, user: u.User}, nil
}

func (u *upstream) address() string { return net.JoinHostPort(u.host, u.port) }

// String does not have the password.
func (u *upstream) String() string { return u.scheme + "://" + u.address() }

func (u *upstream) failf(format string, args ...any) error {
	return fmt.Errorf("upstream proxy %s "+format, append([]any{u}, args...)...)
}

// dial connects to target, host:port, through the proxy; the host may be a name. Errors name the proxy.
func (u *upstream) dial(ctx context.Context, target string) (net.Conn, error) {
	conn, err := directDialer.DialContext(ctx, "tcp", u.address())
	if err != nil {
		return nil, u.failf("cannot be reached: %v", shortened(err))
	}
	if host, port, err := net.SplitHostPort(conn.RemoteAddr().String()); err == nil && isSelf(host, port) {
		conn.Close()
		return nil, u.failf("is this process itself (%s)", conn.RemoteAddr())
	}
	// The handshake knows no context: its end ends the waiting.
	stop := context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })
	through, err := u.shakeHands(ctx, conn, target)
	if !stop() && err == nil {
		err = ctx.Err()
	}
	if err != nil {
		conn.Close()
		if ctx.Err() != nil {
			return nil, u.failf("did not get through to %s in time", target)
		}
		return nil, err
	}
	return through, nil
}

func (u *upstream) shakeHands(ctx context.Context, conn net.Conn, target string) (net.Conn, error) {
	switch u.scheme {
	case "socks5", "socks5h":
		return u.shakeSOCKS(ctx, conn, target)
	case "https":
		conn = tls.Client(conn, &tls.Config{ServerName: u.host})
	}
	return u.shakeHTTP(conn, target)
}

func (u *upstream) shakeSOCKS(ctx context.Context, conn net.Conn, target string) (net.Conn, error) {
	var auth *proxy.Auth
	if u.user != nil {
		password, _ := u.user.Password()
		auth = &proxy.Auth{User: u.user.Username(), Password: password}
	}
	dialer, err := proxy.SOCKS5("tcp", u.address(), auth, connected{conn})
	if err != nil {
		return nil, u.failf("cannot be used: %v", err)
	}
	// What it returns only wraps the connection: it has read no byte too many.
	if _, err := dialer.(proxy.ContextDialer).DialContext(ctx, "tcp", target); err != nil {
		return nil, u.failf("does not connect to %s: %v", target, shortened(err))
	}
	return conn, nil
}

// connected is a dialer that has dialed already.
type connected struct{ conn net.Conn }

func (c connected) Dial(string, string) (net.Conn, error) { return c.conn, nil }

func (c connected) DialContext(context.Context, string, string) (net.Conn, error) { return c.conn, nil }

func (u *upstream) shakeHTTP(conn net.Conn, target string) (net.Conn, error) {
	request := &http.Request{Method: http.MethodConnect, URL: &url.URL{Opaque: target}, Host: target, Header: make(http.Header)}
	if u.user != nil {
		password, _ := u.user.Password()
		request.SetBasicAuth(u.user.Username(), password)
		request.Header.Set("Proxy-Authorization", request.Header.Get("Authorization"))
		request.Header.Del("Authorization")
	}
	if err := request.Write(conn); err != nil {
		return nil, u.failf("broke off: %v", shortened(err))
	}
	reader := bufio.NewReader(conn)
	response, err := http.ReadResponse(reader, request)
	switch {
	case err != nil:
		return nil, u.failf("does not answer as a proxy: %v", shortened(err))
	case response.StatusCode == http.StatusProxyAuthRequired:
		return nil, u.failf("refuses the credentials (%s)", response.Status)
	case response.StatusCode != http.StatusOK:
		return nil, u.failf("makes no tunnel to %s (%s)", target, response.Status)
	}
	if reader.Buffered() > 0 {
		return &readAhead{conn, reader}, nil
	}
	return conn, nil
}

// readAhead is a connection whose first bytes have been read already.
type readAhead struct {
	net.Conn
	reader io.Reader
}

func (r *readAhead) Read(p []byte) (int, error) { return r.reader.Read(p) }

// CloseWrite ends the direction to the other side.
func (r *readAhead) CloseWrite() error { return closeWrite(r.Conn) }

func closeWrite(conn net.Conn) error {
	if half, ok := conn.(interface{ CloseWrite() error }); ok {
		return half.CloseWrite()
	}
	return conn.Close()
}

// shortened drops what the sentence around an error says already.
func shortened(err error) string {
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		err = op.Err
	}
	return strings.TrimPrefix(err.Error(), "unknown error ")
}
