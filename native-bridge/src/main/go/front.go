package main

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/hex"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"net/http/httputil"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"time"
)

// front is an HTTP proxy on the loopback, for the tailscale packages of this process only, that goes through an upstream.
type front struct {
	upstream *upstream
	plain    *httputil.ReverseProxy
	address  string
	told     atomic.Pointer[string] // the last failure
}

const (
	frontUser = "tailnet-agent"

	// upstreamTimeout bounds a connection through the upstream proxy; who wants it earlier hangs up.
	upstreamTimeout = 30 * time.Second
)

// frontToken keeps the other programs of the host out.
var frontToken = sync.OnceValue(func() string {
	var token [16]byte
	rand.Read(token[:])
	return hex.EncodeToString(token[:])
})

// fronts are by the upstream's address and user; each stays until the process ends.
var fronts struct {
	sync.Mutex
	known map[upstream]*front
}

// frontURL returns the URL of the front for an upstream.
func frontURL(u *upstream) (*url.URL, error) {
	fronts.Lock()
	defer fronts.Unlock()
	key := *u
	key.user = nil
	f := fronts.known[key]
	if f == nil || f.upstream.user.String() != u.user.String() {
		var err error
		if f, err = startFront(u); err != nil {
			return nil, err
		}
		if fronts.known == nil {
			fronts.known = make(map[upstream]*front)
		}
		fronts.known[key] = f
	}
	return &url.URL{Scheme: "http", Host: f.address, User: url.UserPassword(frontUser, frontToken())}, nil
}

func startFront(u *upstream) (*front, error) {
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return nil, fmt.Errorf("cannot listen for the way through %s: %w", u, err)
	}
	f := &front{upstream: u, address: listener.Addr().String()}
	f.plain = &httputil.ReverseProxy{
		Rewrite:       func(*httputil.ProxyRequest) {},
		FlushInterval: -1,
		ErrorHandler:  f.failed,
		Transport: &http.Transport{
			DialContext:        func(ctx context.Context, _, target string) (net.Conn, error) { return u.dial(ctx, target) },
			DisableCompression: true,
			IdleConnTimeout:    time.Minute,
		},
	}
	server := &http.Server{Handler: f, ReadHeaderTimeout: upstreamTimeout, ErrorLog: log.Default()}
	go server.Serve(listener)
	return f, nil
}

func (f *front) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	switch {
	case !isAuthorized(r):
		w.WriteHeader(http.StatusProxyAuthRequired)
	case r.Method == http.MethodConnect:
		f.tunnel(w, r)
	default:
		f.plain.ServeHTTP(w, r)
	}
}

func isAuthorized(r *http.Request) bool {
	claim := http.Request{Header: http.Header{"Authorization": r.Header["Proxy-Authorization"]}}
	_, token, _ := claim.BasicAuth()
	return subtle.ConstantTimeCompare([]byte(token), []byte(frontToken())) == 1
}

func (f *front) tunnel(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), upstreamTimeout)
	defer cancel()
	far, err := f.upstream.dial(ctx, r.Host)
	client, early, hijackErr := http.NewResponseController(w).Hijack()
	if hijackErr != nil {
		if err == nil {
			far.Close()
		}
		return
	}
	defer client.Close()
	if err != nil {
		// Who asked for the tunnel makes an error of the words behind the code, and of no others.
		fmt.Fprintf(client, "HTTP/1.1 502 %s\r\n\r\n", f.tell(err))
		return
	}
	defer far.Close()
	if _, err := io.WriteString(client, "HTTP/1.1 200 OK\r\n\r\n"); err != nil {
		return
	}
	var upward sync.WaitGroup
	upward.Go(func() {
		io.CopyN(far, early, int64(early.Reader.Buffered()))
		carry(far, client)
	})
	carry(client, far)
	upward.Wait()
}

// carry is one direction of a tunnel: its end is passed on, a break ends both.
func carry(to, from net.Conn) {
	if _, err := io.Copy(to, from); err != nil {
		to.Close()
		from.Close()
		return
	}
	closeWrite(to)
}

// failed answers a plain request that did not get through. Status and body would not reach the user: the tailscale packages
// tell the number only. What is no response at all they quote, up to the first blank.
func (f *front) failed(w http.ResponseWriter, r *http.Request, err error) {
	words := f.tell(err)
	client, _, hijackErr := http.NewResponseController(w).Hijack()
	if hijackErr != nil {
		w.WriteHeader(http.StatusBadGateway)
		return
	}
	defer client.Close()
	fmt.Fprintf(client, "%s\r\n", strings.ReplaceAll(words, " ", "_"))
}

// tell logs a failure, as a warning when it is another than the one before, and returns it in one line.
func (f *front) tell(err error) string {
	words := strings.Join(strings.Fields(err.Error()), " ")
	level := logWarning
	if before := f.told.Swap(&words); before != nil && *before == words {
		level = logDebug
	}
	table.each(func(n *node) { n.log(level, "%s", words) })
	return words
}
