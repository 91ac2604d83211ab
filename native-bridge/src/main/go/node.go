package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"tailscale.com/ipn"
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

// startKind tells which interface started a node; each has its own defaults.
type startKind int

const (
	notStarted  startKind = iota
	startLibC             // tailscale_start and what implies it: like tsnet
	startBridge           // tailnet_start
)

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

// startAsync starts the node on a goroutine and reports the outcome on the event stream.
func (n *node) startAsync() error {
	n.mu.Lock()
	defer n.mu.Unlock()
	switch {
	case n.closing:
		return apiErrorf(syscall.EBADF, "the node is closed")
	case n.start != notStarted:
		return apiErrorf(syscall.EBUSY, "the node has been started already")
	}
	n.start = startBridge
	go func() {
		n.run(n.opts)
		if n.startErr != nil {
			n.stream.Load().started(codeInternal, n.startErr.Error())
		} else {
			n.stream.Load().started(codeOK, "")
		}
	}()
	return nil
}

// startSync starts the node unless that has been done, and waits for the outcome.
func (n *node) startSync() error {
	n.mu.Lock()
	if n.closing {
		n.mu.Unlock()
		return errClosed
	}
	if n.start == notStarted {
		n.start = startLibC
		if n.opts.authKey == "" {
			n.opts.authKey = authKeyFromEnvironment()
		}
		go n.run(n.opts)
	}
	n.mu.Unlock()
	select {
	case <-n.startDone:
		return n.startErr
	case <-n.ctx.Done():
		return errClosed
	}
}

// run starts the server with the options as they are now final.
func (n *node) run(opts options) {
	defer close(n.startDone)
	defer func() {
		if r := recover(); r != nil {
			n.startErr = fmt.Errorf("panic during the start: %v", r)
		}
	}()
	n.startErr = n.startServer(opts)
	if n.startErr != nil {
		n.removeTempDir()
	}
}

func (n *node) startServer(opts options) error {
	neutraliseEnvironment()
	keepHostRoutes()
	addSelfProxies(opts.selfProxy)
	n.host.setOwn(opts.selfDNS)
	n.exitNode.wanted = opts.exitNode
	useProxy(opts.upstream, opts.noProxy)
	server := &tsnet.Server{
		Ephemeral: opts.ephemeral,
		Port:      opts.port,
		Logf:      n.backendLogf,
		UserLogf:  n.userLogf,
		Dir:       opts.dir,
	}
	if err := n.prepareState(server, opts); err != nil {
		return err
	}
	var saved *ipn.Prefs
	if n.start == startBridge {
		saved = savedPrefs(server.Store)
		opts.underlay(saved)
	}
	key, err := n.firstKey(opts, saved)
	if err != nil {
		return err
	}
	server.Hostname, server.ControlURL, server.AdvertiseTags = opts.hostname, opts.controlURL, opts.tags
	server.AuthKey = key
	n.server = server
	if err := server.Start(); err != nil {
		return err
	}
	os.Remove(filepath.Join(server.GetRootPath(), logIDFile))
	if n.tempDir != "" {
		os.Remove(n.tempDir) // empty by now; what needs it makes it again, and a killed process leaves nothing behind
	}
	return n.finishStart(opts, saved)
}

// finishStart applies what tsnet has no field for.
func (n *node) finishStart(opts options, saved *ipn.Prefs) error {
	backend := n.backend.Load()
	if backend == nil {
		return errors.New("the tailscale backend did not call its extension")
	}
	impl, ok := n.server.Sys().Netstack.Get().(*netstack.Impl)
	if !ok {
		return errors.New("the tailscale backend runs without netstack")
	}
	n.netstack.Store(impl)
	timeWait := tcpip.TCPTimeWaitTimeoutOption(opts.timeWait)
	if err := impl.SetTransportProtocolOption(tcp.ProtocolNumber, &timeWait); err != nil {
		return fmt.Errorf("option time-wait-ms: %s", err)
	}
	if opts.operator != "" {
		n.checkOperator(opts.operator)
	}
	if err := n.firstShields(backend, startPrefs(opts, saved, n.start == startBridge), opts); err != nil {
		return fmt.Errorf("cannot set the preferences: %w", err)
	}
	return nil
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
