package main

import (
	"encoding/json"
	"fmt"
	"sync/atomic"

	"tailscale.com/control/controlclient"
	"tailscale.com/ipn"
	"tailscale.com/ipn/ipnext"
	"tailscale.com/ipn/ipnlocal"
	"tailscale.com/types/logger"
	"tailscale.com/wgengine/netstack"
)

// extensionName registers this library with the LocalBackend of each tsnet.Server.
const extensionName = "libtailscale"

func init() {
	ipnext.RegisterExtension(extensionName, newExtension)
}

// extension gives a node its LocalBackend and the notifications of the bus from the first on.
type extension struct {
	node     *node
	backend  *ipnlocal.LocalBackend
	watching atomic.Bool
}

func newExtension(_ logger.Logf, safe ipnext.SafeBackend) (ipnext.Extension, error) {
	state, ok := safe.Sys().StateStore.GetOK()
	if !ok {
		return nil, ipnext.SkipExtension
	}
	own, ok := state.(*nodeStore)
	if !ok {
		return nil, ipnext.SkipExtension
	}
	backend, ok := safe.(*ipnlocal.LocalBackend)
	if !ok {
		return nil, fmt.Errorf("unexpected backend %T", safe)
	}
	return &extension{node: own.node, backend: backend}, nil
}

func (e *extension) Name() string { return extensionName }

func (e *extension) Shutdown() error { return nil }

// Init runs inside LocalBackend.Start, with its lock held. The watch therefore begins on a goroutine, a moment later;
// until then the hook sees the errors, which the bus does not repeat.
func (e *extension) Init(host ipnext.Host) error {
	host.Hooks().MutateNotifyLocked.Add(func(n *ipn.Notify) {
		if n.ErrMessage != nil && !e.watching.Load() {
			e.node.notified(&ipn.Notify{Version: n.Version, ErrMessage: n.ErrMessage})
		}
		e.node.changes.noticed(n)
	})
	host.Hooks().ProfileStateChange.Add(e.node.freshProfile.changed)
	host.Hooks().NewControlClient.Add(func(client controlclient.Client, _ ipn.LoginProfileView) func() {
		e.node.control.use(client)
		return nil
	})
	if !limitBacklog(e.backend.Sys().Engine.Get()) {
		e.node.log(logWarning, "WireGuard's backlog cannot be limited: many downloads at once may take gigabytes of memory")
	}
	e.node.backend.Store(e.backend)
	go e.node.followChanges()
	if impl, ok := e.backend.Sys().Netstack.Get().(*netstack.Impl); ok {
		e.node.hookInbound(impl)
	}
	if tun, ok := e.backend.Sys().Tun.GetOK(); ok {
		e.node.refusals.hook(tun)
	}
	go e.backend.WatchNotifications(e.node.ctx,
		ipn.NotifyInitialState|ipn.NotifyInitialPrefs|ipn.NotifyInitialHealthState|ipn.NotifyNoNetMap|
			ipn.NotifyInProcessNoDisconnect,
		func() { e.watching.Store(true) },
		func(n *ipn.Notify) bool {
			e.node.notified(n)
			return true
		})
	return nil
}

// notified takes a notification of the bus. It must not block, nor call the backend.
func (n *node) notified(notify *ipn.Notify) {
	n.status.update(notify)
	stream := n.stream.Load()
	if stream == nil {
		return
	}
	text, err := json.Marshal(notify)
	if err != nil {
		n.log(logError, "cannot encode a notification of the bus: %v", err)
		return
	}
	stream.notify(text)
}
