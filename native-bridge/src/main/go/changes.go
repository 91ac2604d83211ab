package main

import (
	"tailscale.com/ipn"
)

// changes wakes a goroutine when something about the tailnet has changed that answers of the past may depend on.
type changes struct {
	pending chan struct{}
}

func newChanges() changes { return changes{pending: make(chan struct{}, 1)} }

// noticed looks at a notification on its way to the bus. It runs with the backend's lock held.
func (c *changes) noticed(notify *ipn.Notify) {
	// DNS settings come with a whole netmap, which is told as a change of the node itself.
	if notify.SelfChange != nil || notify.State != nil || notify.Prefs != nil ||
		len(notify.PeersChanged) > 0 || len(notify.PeersRemoved) > 0 {
		select {
		case c.pending <- struct{}{}:
		default:
		}
	}
}

// followChanges acts on what changes until the node is closed.
func (n *node) followChanges() {
	for {
		select {
		case <-n.changes.pending:
		case <-n.ctx.Done():
			return
		}
		n.reviewChanges()
	}
}

func (n *node) reviewChanges() {
	defer func() {
		if r := recover(); r != nil {
			n.log(logError, "panic: %v", r)
		}
	}()
	backend := n.backend.Load()
	backend.Prefs() // waits for the backend's lock: whoever notified us has finished what it was about
	n.furnish(backend)
	n.exitNode.review(n, backend)
	n.adjustShields()
	n.stream.Load().changed()
}
