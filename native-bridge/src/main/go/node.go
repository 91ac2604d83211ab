package main

import (
	"context"
	"fmt"
	"os"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"tailscale.com/ipn/ipnlocal"
	"tailscale.com/tsnet"
	"tailscale.com/wgengine/netstack"
)

// table holds every node of the process.
var table handles

// node is one tailscale_new: options, then a running tsnet.Server, then gone.
type node struct {
	handle int32
	ctx    context.Context // done once the node is being closed
	cancel context.CancelCauseFunc
	stream atomic.Pointer[stream]

	logFile  atomic.Pointer[os.File]
	warnings warnings
	secrets  atomic.Pointer[[]string] // for redacting

	mu        sync.Mutex // guards the fields up to startDone
	opts      options
	start     startKind
	closing   bool
	stopLogin context.CancelFunc // of the latest login after the start

	startDone chan struct{} // closed when the start has ended, either way
	startErr  error         // valid after startDone
	closed    chan struct{} // closed when the node is gone

	server   *tsnet.Server
	tempDir  string
	backend  atomic.Pointer[ipnlocal.LocalBackend]
	netstack atomic.Pointer[netstack.Impl]

	status       status
	changes      changes
	exitNode     exitNode
	host         hostResolver
	removal      removal
	freshProfile freshProfile
	control      control
	operations   operations
	refusals     refusals
	inbound      inbound
	shields      shields
	localAPI     localAPI
	conduits     conduits

	datagramsDropped struct{ up, down atomic.Uint64 } // for want of room in a queue
}

func newNode() *node {
	n := &node{
		opts:      defaultOptions(),
		startDone: make(chan struct{}),
		closed:    make(chan struct{}),
		changes:   newChanges(),
	}
	n.ctx, n.cancel = context.WithCancelCause(context.Background())
	n.status.changed = make(chan struct{})
	n.inbound.table.Store(&exposures{})
	n.inbound.owns = n.ownsAddress
	return n
}

// configure changes an option, which only makes sense before the start.
func (n *node) configure(change func(*options) error) error {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.start != notStarted {
		return apiErrorf(syscall.EBUSY, "the node has been started: set options before")
	}
	return change(&n.opts)
}

// ready returns the backend of a started node, or why there is none.
func (n *node) ready() (*ipnlocal.LocalBackend, error) {
	select {
	case <-n.startDone:
	default:
		return nil, failf(codeNodeDown, "the node has not been started")
	}
	if n.startErr != nil {
		return nil, failf(codeNodeDown, "the node did not start: %v", n.startErr)
	}
	if n.ctx.Err() != nil {
		return nil, errClosed
	}
	return n.backend.Load(), nil
}

// up starts the node and waits until it is usable, rejected, or closed.
func (n *node) up() error {
	if err := n.startSync(); err != nil {
		return err
	}
	if err := n.awaitRunning(n.ctx); err != nil {
		return err
	}
	_, err := n.server.Up(n.ctx) // running by now: this clears what an older run has left in the serve configuration
	return contextError(n.ctx, err)
}

// beginClose makes the node unusable and returns at once; the rest happens on a goroutine that closes n.closed.
func (n *node) beginClose() {
	n.mu.Lock()
	first := !n.closing
	n.closing = true
	if n.start == notStarted {
		n.startErr = errClosed
		close(n.startDone)
	}
	n.mu.Unlock()
	if first {
		n.cancel(errClosed)
		go n.finishClose()
	}
}

func (n *node) finishClose() {
	defer close(n.closed)
	n.operations.end()
	n.conduits.end()
	n.inbound.end()
	<-n.startDone
	outcome, words := codeOK, ""
	if err := n.closeServer(); err != nil {
		outcome, words = codeInternal, err.Error()
	}
	n.localAPI.close()
	n.removeTempDir()
	if stream := n.stream.Load(); stream != nil {
		stream.stopped(outcome, words)
		stream.close()
		<-stream.done
	}
	if file := n.logFile.Swap(nil); file != nil {
		file.Close()
	}
}

func (n *node) closeServer() (err error) {
	if n.server == nil || n.startErr != nil {
		return nil
	}
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic during the close: %v", r)
		}
	}()
	if impl := n.netstack.Load(); impl != nil {
		abortConnections(impl)
	}
	return n.server.Close()
}

// eventStream makes the event stream and returns the caller's end of it.
func (n *node) eventStream() (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	if n.closing {
		return -1, apiErrorf(syscall.EBADF, "the node is closed")
	}
	if n.stream.Load() != nil {
		return -1, apiErrorf(syscall.EBUSY, "the event stream has been taken already")
	}
	conn, fd, err := socketPair(syscall.SOCK_STREAM, true)
	if err != nil {
		return -1, err
	}
	n.stream.Store(newStream(conn))
	return fd, nil
}

// addresses returns the node's addresses in the tailnet, IPv4 first.
func (n *node) addresses() string {
	if _, err := n.ready(); err != nil {
		return ""
	}
	var ips []string
	ip4, ip6 := n.server.TailscaleIPs()
	if ip4.IsValid() {
		ips = append(ips, ip4.String())
	}
	if ip6.IsValid() {
		ips = append(ips, ip6.String())
	}
	return strings.Join(ips, ",")
}

// loopback starts tsnet's proxy on a loopback address.
func (n *node) loopback() (addr, proxyCred, localAPICred string, err error) {
	if err := n.startSync(); err != nil {
		return "", "", "", err
	}
	n.mu.Lock() // tsnet does not guard it
	defer n.mu.Unlock()
	if n.closing {
		return "", "", "", errClosed
	}
	return n.server.Loopback()
}
