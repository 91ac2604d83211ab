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

// connections are those by the kernel's number of their socket.
type connections struct {
	mutex sync.Mutex
	all   map[uint64]*connection
}

func newConnections() *connections {
	return &connections{all: make(map[uint64]*connection)}
}

func (c *connections) of(cookie uint64) *connection {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.all[cookie]
}

func (c *connections) put(cookie uint64, added *connection) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.all[cookie] = added
}

// forget drops an entry, unless it is another one by now.
func (c *connections) forget(cookie uint64, gone *connection) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.all[cookie] == gone {
		delete(c.all, cookie)
	}
}
