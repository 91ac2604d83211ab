package main

import (
	"fmt"
	"sync"

	"tailscale.com/ipn"
	"tailscale.com/ipn/ipnlocal"
)

// shields keeps the preference ShieldsUp in step with what is exposed: while that is nothing, packets from the tailnet that
// answer none of ours are dropped before they reach netstack.
type shields struct {
	mu      sync.Mutex
	backend *ipnlocal.LocalBackend // nil until the node's start sets the preferences
}

// expose replaces what is exposed, before the start or at any time after.
func (n *node) expose(text string) error {
	table, err := parseExposures(text)
	if err != nil {
		return err
	}
	n.inbound.table.Store(table)
	// Connections are judged by the new table from here on. The preference is behind the backend's lock.
	go n.adjustShields()
	return nil
}

// shieldsUp is what the preference should be.
func (n *node) shieldsUp(opts options) bool {
	return valueOr(opts.shieldsUp, n.start == startBridge) && n.inbound.table.Load().empty()
}

// firstShields gives the preferences of the start to the backend; from then on expose changes them.
func (n *node) firstShields(backend *ipnlocal.LocalBackend, prefs *ipn.MaskedPrefs, opts options) error {
	n.shields.mu.Lock()
	defer n.shields.mu.Unlock()
	prefs.ShieldsUpSet = true
	prefs.ShieldsUp = n.shieldsUp(opts)
	_, err := backend.EditPrefs(prefs)
	n.shields.backend = backend
	return err
}

func (n *node) adjustShields() {
	n.shields.mu.Lock()
	defer n.shields.mu.Unlock()
	backend := n.shields.backend
	if backend == nil || n.ctx.Err() != nil {
		return
	}
	err := guarded(n, func(*node) error {
		prefs := &ipn.MaskedPrefs{ShieldsUpSet: true}
		prefs.ShieldsUp = n.shieldsUp(n.opts)
		_, err := backend.EditPrefs(prefs)
		return err
	})
	if err != nil {
		n.log(logError, "%v", fmt.Errorf("cannot change the preference shields-up: %w", err))
	}
}
