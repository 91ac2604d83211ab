package main

import (
	"net/netip"
	"sync"

	"golang.org/x/sys/unix"
)

// connection is what the supervisor knows of a program's TCP socket.
type connection struct {
	target netip.AddrPort
	done   chan struct{} // closed when it is known how the connection ended

	mutex  sync.Mutex
	failed unix.Errno // why there is none, until the program has been told
}

// isForNames tells of one to a name server, whose answers are read along.
func (c *connection) isForNames() bool {
	return c.target.Port() == dnsPort
}

func newConnection(target netip.AddrPort) *connection {
	return &connection{target: target, done: make(chan struct{})}
}

// fail notes the outcome. It must be there before the program can be woken.
func (c *connection) fail(errno unix.Errno) {
	c.mutex.Lock()
	c.failed = errno
	c.mutex.Unlock()
	close(c.done)
}

func (c *connection) succeed() {
	close(c.done)
}

func (c *connection) isPending() bool {
	select {
	case <-c.done:
		return false
	default:
		return true
	}
}

// takeFailure returns the error once, as SO_ERROR does; 0 without any.
func (c *connection) takeFailure() unix.Errno {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	errno := c.failed
	c.failed = 0
	return errno
}

// isOver tells that nothing is left to tell but the target.
func (c *connection) isOver() bool {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.failed == 0 && !c.isPending()
}

const (
	fewConnections  = 1 << 12
	mostConnections = 1 << 17
)

// connections are those by the kernel's number of their socket. Nobody tells when a socket is closed: now and then the kernel is
// asked which there are.
type connections struct {
	mutex  sync.Mutex
	all    map[uint64]*connection
	enough int // so many, and it is time to ask
}

func newConnections() *connections {
	return &connections{all: make(map[uint64]*connection), enough: fewConnections}
}

func (c *connections) of(cookie uint64) *connection {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.all[cookie]
}

func (c *connections) put(cookie uint64, added *connection) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if len(c.all) >= c.enough {
		c.sweep()
	}
	c.all[cookie] = added
}

// sweep forgets the connections whose sockets are gone. Where the kernel does not say, those that are over when there are too many.
func (c *connections) sweep() {
	open, err := openSockets()
	for cookie, one := range c.all {
		if _, isOpen := open[cookie]; one.isOver() && !isOpen && (err == nil || len(c.all) > mostConnections) {
			delete(c.all, cookie)
		}
	}
	c.enough = max(fewConnections, 2*len(c.all))
}

// forget drops an entry, unless it is another one by now.
func (c *connections) forget(cookie uint64, gone *connection) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.all[cookie] == gone {
		delete(c.all, cookie)
	}
}
