package main

import (
	"bufio"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"syscall"
	"time"
)

// Types of a conduit's frames: enum tailnet_datagram_frame.
const (
	frameFlowOpen   = 1
	frameFlowClose  = 2
	frameDatagram   = 3
	frameFlowOpened = 4
	frameFlowClosed = 5
)

// maxDatagram is the payload that UDP over IPv6 can have; over IPv4 it is 20 bytes less.
const maxDatagram = 65527

// conduitBacklog is how many bytes may wait for a caller that does not read, before datagrams to it are dropped.
const conduitBacklog = 1 << 20

// conduit carries datagrams between a socket pair, on which each belongs to a flow of the caller's, and the flows.
type conduit struct {
	node     *node
	in       net.Conn
	out      *stream
	maxFlows int
	idle     idleTimes

	mu       sync.Mutex
	flows    map[uint64]*flow
	ended    bool
	sweeping bool
}

// openConduit makes a conduit and returns the caller's end of it.
func (n *node) openConduit(maxFlows int) (int, error) {
	if maxFlows < 1 {
		return -1, apiErrorf(syscall.EINVAL, "a conduit of at most %d flows", maxFlows)
	}
	conn, fd, err := socketPair(syscall.SOCK_STREAM, true)
	if err != nil {
		return -1, err
	}
	c := newConduit(n, conn, maxFlows)
	if !n.conduits.add(c) {
		conn.Close()
		syscall.Close(fd)
		return -1, apiErrorf(syscall.EBADF, "the node is closed")
	}
	go c.run()
	return fd, nil
}

func newConduit(n *node, conn net.Conn, maxFlows int) *conduit {
	return &conduit{
		node:     n,
		in:       conn,
		out:      newStream(conn),
		maxFlows: maxFlows,
		idle:     usualIdleTimes,
		flows:    make(map[uint64]*flow),
	}
}

// run serves the caller's frames until there are no more; then everything ends.
func (c *conduit) run() {
	defer c.node.conduits.remove(c)
	if err := c.serve(); err != nil {
		c.node.log(logError, "a conduit of datagrams ends: %v", err)
	}
	c.endFlows()
	c.out.close()
	<-c.out.done
}

// serve returns nil when the caller, or the node, has closed the conduit.
func (c *conduit) serve() (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fmt.Errorf("panic: %v", r)
		}
	}()
	in := bufio.NewReader(c.in)
	var header [frameHeader]byte
	for {
		if _, err := io.ReadFull(in, header[:]); err != nil {
			if err == io.EOF || errors.Is(err, net.ErrClosed) || classify(err) == codeReset {
				return nil
			}
			return err
		}
		length := int(binary.BigEndian.Uint32(header[:4])) - (frameHeader - 4)
		if length < 0 || length > maxDatagram {
			return fmt.Errorf("a frame has a payload of %d bytes", length)
		}
		// On loan only while there is a frame: an idle conduit has no buffer of this size.
		b := takeBuffer()
		_, err := io.ReadFull(in, b[:length])
		if err == nil {
			err = c.take(header[4], header[5], binary.BigEndian.Uint64(header[8:]), b[:length])
		}
		giveBuffer(b)
		if err != nil {
			return err
		}
	}
}

func (c *conduit) take(kind, code uint8, id uint64, payload []byte) error {
	switch kind {
	case frameFlowOpen:
		if err := c.open(id, int(code), payload); err != nil {
			c.out.send(frameFlowOpened, uint8(classifyDial(err)), id, []byte(err.Error()))
		}
	case frameFlowClose:
		if f := c.flow(id); f != nil && c.remove(f) {
			f.conn.close()
		}
	case frameDatagram:
		if f := c.flow(id); f != nil {
			f.send(payload)
		}
	default:
		return fmt.Errorf("a frame is of unknown type %d", kind)
	}
	return nil
}

// open begins a flow to the address in the payload.
func (c *conduit) open(id uint64, via int, payload []byte) error {
	target, err := flowTarget(payload)
	if err != nil {
		return err
	}
	if err := c.mayOpen(id); err != nil {
		return err
	}
	conn, err := c.node.connectDatagrams(via, target)
	if err != nil {
		return err
	}
	f := &flow{conduit: c, id: id, target: target, conn: conn, since: time.Now()}
	if !c.add(f) {
		conn.close()
		return errClosed
	}
	c.out.send(frameFlowOpened, uint8(codeOK), id)
	go f.receive()
	return nil
}

// flowTarget reads a port and the 4 or 16 bytes of an address.
func flowTarget(payload []byte) (netip.AddrPort, error) {
	if len(payload) < 2 {
		return netip.AddrPort{}, failf(codeInternal, "a flow without an address")
	}
	addr, ok := netip.AddrFromSlice(payload[2:])
	port := binary.BigEndian.Uint16(payload)
	if !ok || port == 0 {
		return netip.AddrPort{}, failf(codeInternal, "a flow to no address and port")
	}
	return netip.AddrPortFrom(addr.Unmap(), port), nil
}

func (c *conduit) mayOpen(id uint64) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, taken := c.flows[id]; taken {
		return failf(codeInternal, "flow %d is open already", id)
	}
	if len(c.flows) >= c.maxFlows {
		return failf(codeResources, "%d flows are open, as many as the conduit may have", c.maxFlows)
	}
	return nil
}

func (c *conduit) add(f *flow) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.ended {
		return false
	}
	c.flows[f.id] = f
	if !c.sweeping {
		c.sweeping = true
		time.AfterFunc(c.idle.interval(), c.sweep)
	}
	return true
}

func (c *conduit) flow(id uint64) *flow {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.flows[id]
}

// remove takes a flow out: false when that has been done.
func (c *conduit) remove(f *flow) bool {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.flows[f.id] != f {
		return false
	}
	delete(c.flows, f.id)
	return true
}

// end ends a flow and tells the caller why, unless it has ended.
func (c *conduit) end(f *flow, why code, words string) {
	if c.remove(f) {
		f.conn.close()
		c.out.send(frameFlowClosed, uint8(why), f.id, []byte(words))
	}
}

// sweep ends the flows that have been idle for too long. It runs only while there are flows.
func (c *conduit) sweep() {
	now := time.Now()
	var idle []*flow
	c.mu.Lock()
	for _, f := range c.flows {
		if f.idleFor(now) >= c.idle.of(f) {
			idle = append(idle, f)
		}
	}
	c.sweeping = len(c.flows) > 0 && !c.ended
	if c.sweeping {
		time.AfterFunc(c.idle.interval(), c.sweep)
	}
	c.mu.Unlock()
	for _, f := range idle {
		c.end(f, codeIdle, f.idleWords(c.idle.of(f)))
	}
}

func (c *conduit) endFlows() {
	c.mu.Lock()
	flows := c.flows
	c.flows, c.ended = nil, true
	c.mu.Unlock()
	for _, f := range flows {
		f.conn.close()
	}
}
