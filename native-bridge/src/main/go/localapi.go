package main

import (
	"log"
	"net"
	"net/http"
	"sync"
	"syscall"

	"tailscale.com/ipn/ipnauth"
	"tailscale.com/ipn/localapi"
	"tailscale.com/types/logid"
)

// localAPI serves the LocalAPI on socket pairs, one per connection, as the node itself.
type localAPI struct {
	mu     sync.Mutex
	server *http.Server
	conns  chan net.Conn
	done   chan struct{}
	closed bool
}

// localAPIConn opens a connection to the LocalAPI and returns the caller's end.
func (n *node) localAPIConn() (int, error) {
	if _, err := n.ready(); err != nil {
		return -1, apiErrorf(syscall.EAGAIN, "%v", err)
	}
	conn, fd, err := socketPair(syscall.SOCK_STREAM, true)
	if err != nil {
		return -1, err
	}
	if !n.localAPI.serve(n, conn) {
		conn.Close()
		syscall.Close(fd)
		return -1, apiErrorf(syscall.EBADF, "the node is closed")
	}
	return fd, nil
}

// serve hands a connection to the server, which it starts with the first one.
func (a *localAPI) serve(n *node, conn net.Conn) bool {
	a.mu.Lock()
	if a.closed {
		a.mu.Unlock()
		return false
	}
	if a.server == nil {
		a.start(n)
	}
	a.mu.Unlock()
	select {
	case a.conns <- conn:
		return true
	case <-a.done:
		return false
	}
}

func (a *localAPI) start(n *node) {
	handler := localapi.NewHandler(localapi.HandlerConfig{
		Actor:    ipnauth.Self,
		Backend:  n.backend.Load(),
		Logf:     n.backendLogf,
		LogID:    logid.PublicID{},
		EventBus: n.server.Sys().Bus.Get(),
	})
	handler.PermitRead = true
	handler.PermitWrite = true
	a.conns = make(chan net.Conn)
	a.done = make(chan struct{})
	a.server = &http.Server{Handler: handler, ErrorLog: log.Default()}
	go a.server.Serve(a)
}

// close ends the server and its connections.
func (a *localAPI) close() {
	a.mu.Lock()
	a.closed = true
	server := a.server
	a.mu.Unlock()
	if server != nil {
		server.Close()
	}
}

// Accept, Close and Addr make localAPI the listener of its server.
func (a *localAPI) Accept() (net.Conn, error) {
	select {
	case conn := <-a.conns:
		return conn, nil
	case <-a.done:
		return nil, net.ErrClosed
	}
}

func (a *localAPI) Close() error {
	a.mu.Lock()
	defer a.mu.Unlock()
	select {
	case <-a.done:
	default:
		close(a.done)
	}
	return nil
}

func (a *localAPI) Addr() net.Addr { return &net.UnixAddr{Name: "localapi", Net: "unix"} }
