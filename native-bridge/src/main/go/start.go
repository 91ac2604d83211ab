package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"tailscale.com/ipn"
	"tailscale.com/tsnet"
	"tailscale.com/wgengine/netstack"
)

// startKind tells which interface started a node; each has its own defaults.
type startKind int

const (
	notStarted  startKind = iota
	startLibC             // tailscale_start and what implies it: like tsnet
	startBridge           // tailnet_start
)

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
	keepLogsIn(server.Dir)
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
	// Told only of changes, health would never say that there was no network to begin with.
	system := n.server.Sys()
	system.HealthTracker.Get().SetAnyInterfaceUp(system.NetMon.Get().InterfaceState().AnyInterfaceUp())
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
