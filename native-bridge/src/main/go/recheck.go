package main

import (
	"sync"
	"time"

	"tailscale.com/control/controlclient"
	"tailscale.com/ipn"
)

// A control server need not tell a node that it was removed: Headscale goes on with the poll that it has, and refuses the next
// request. What the node notices first is that its peers do not answer. So when one does not, the server is asked.

// askedAgainAfter bounds how often: peers may be silent for reasons of their own.
const askedAgainAfter = 30 * time.Second

// control is the client of the control server that the backend uses now.
type control struct {
	mu     sync.Mutex
	client controlclient.Client
	asked  time.Time
}

func (c *control) use(client controlclient.Client) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.client = client
}

// toAsk returns the client when it is time to ask again.
func (c *control) toAsk(now time.Time) controlclient.Client {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.client == nil || now.Sub(c.asked) < askedAgainAfter {
		return nil
	}
	c.asked = now
	return c.client
}

// peerSilent has the control server asked whether it still knows this node. The answer arrives in the log, where removal
// looks for it.
func (n *node) peerSilent() {
	backend := n.backend.Load()
	if backend == nil || backend.State() != ipn.Running {
		return
	}
	if client := n.control.toAsk(time.Now()); client != nil {
		// The one message that is sent though nothing has changed.
		client.SetDiscoPublicKey(backend.MagicConn().DiscoPublicKey())
	}
}
