package main

import (
	"context"
	"log"
	"net"
	"net/http"
	"os"
	"sync"
	"syscall"
	"time"

	"tailscale.com/ipn/localapi"
	"tailscale.com/types/logid"
)

// localAPI serves the LocalAPI, on socket pairs to the node itself and on the sockets of clients.
type localAPI struct {
	mu     sync.Mutex
	server *http.Server
	conns  chan net.Conn
	done   chan struct{}
	closed bool
}

// clientConn is a connection to the LocalAPI that knows who is at its other end.
type clientConn struct {
	net.Conn
	caller localCaller
}

type callerKey struct{}

// localAPIPatience is how long a client may say nothing: any user of the host may be one.
const localAPIPatience = time.Minute

// localAPIConn opens a connection to the LocalAPI and returns the caller's end.
func (n *node) localAPIConn() (int, error) {
	if _, err := n.ready(); err != nil {
		return -1, apiErrorf(syscall.EAGAIN, "%v", err)
	}
	conn, fd, err := socketPair(syscall.SOCK_STREAM, true)
	if err != nil {
		return -1, err
	}
	if !n.localAPI.serve(n, clientConn{conn, thisProcess}) {
		conn.Close()
		syscall.Close(fd)
		return -1, errLocalAPIClosed
	}
	return fd, nil
}

// serveLocalAPI answers a client on the socket it connected, which is ours from here on.
func (n *node) serveLocalAPI(fd int, others permission) error {
	file := os.NewFile(uintptr(fd), "")
	if file == nil {
		return apiErrorf(syscall.EBADF, "%d is no file descriptor", fd)
	}
	defer file.Close()
	if !others.valid() {
		return apiErrorf(syscall.EINVAL, "there is no permission %d", others)
	}
	caller, err := callerAt(fd, others)
	if err != nil {
		return err
	}
	conn, err := net.FileConn(file)
	if err != nil {
		return err
	}
	if !n.localAPI.serve(n, clientConn{conn, caller}) {
		conn.Close()
		return errLocalAPIClosed
	}
	return nil
}

var errLocalAPIClosed = apiErrorf(syscall.EBADF, "the node is closed")

// serve hands a connection to the server, which it starts with the first one.
func (a *localAPI) serve(n *node, conn clientConn) bool {
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
	a.conns = make(chan net.Conn)
	a.done = make(chan struct{})
	a.server = &http.Server{
		ReadHeaderTimeout: localAPIPatience,
		IdleTimeout:       localAPIPatience,
		Handler:           http.HandlerFunc(n.answerLocalAPI),
		ErrorLog:          log.Default(),
		ConnContext: func(ctx context.Context, conn net.Conn) context.Context {
			return context.WithValue(ctx, callerKey{}, conn.(clientConn).caller)
		},
	}
	go a.server.Serve(a)
}

// answerLocalAPI waits for the node's start, as tailscaled does for its backend, and answers with what the caller may do by
// then: the operator can change from one request to the next.
func (n *node) answerLocalAPI(w http.ResponseWriter, r *http.Request) {
	select {
	case <-n.startDone:
	case <-n.ctx.Done():
	case <-r.Context().Done():
		return
	}
	backend, err := n.ready()
	if err != nil {
		http.Error(w, err.Error(), http.StatusServiceUnavailable)
		return
	}
	if r.URL.Path == dialPath {
		http.Error(w, "no connections are opened here: use tailnet-agent nc, or a proxy", http.StatusForbidden)
		return
	}
	caller := r.Context().Value(callerKey{}).(localCaller)
	allowed := caller.permission(backend.OperatorUserName())
	handler := localapi.NewHandler(localapi.HandlerConfig{
		Actor:    caller.actor(),
		Backend:  backend,
		Logf:     n.backendLogf,
		LogID:    logid.PublicID{},
		EventBus: backend.Sys().Bus.Get(),
	})
	handler.PermitRead = allowed >= permitRead
	handler.PermitWrite = allowed >= permitWrite
	handler.ServeHTTP(withoutVersion{w}, r)
}

// dialPath is where the tailscale command's nc opens connections to peers: past the policy and the audit of the process that has
// loaded this library.
const dialPath = "/localapi/v0/dial"

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
