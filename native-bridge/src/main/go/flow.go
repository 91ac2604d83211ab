package main

import (
	"errors"
	"fmt"
	"net/netip"
	"sync/atomic"
	"syscall"
	"time"
)

// flow is the datagrams between one client and one target.
type flow struct {
	conduit *conduit
	id      uint64
	target  netip.AddrPort
	conn    datagramConn

	sent, received atomic.Uint64          // datagrams
	trouble        atomic.Pointer[string] // what the network last said against it

	// Only for sweep: how many datagrams it saw last, and when that was new.
	seen  uint64
	since time.Time
}

// datagramConn sends to one address, and receives from that address only.
type datagramConn interface {
	// read waits for a datagram and only then takes a buffer, which the caller gives back.
	read() (*buffer, int, error)
	// write sends b at once, or returns errQueueFull.
	write(b []byte) error
	// close ends a read that waits.
	close()
}

var errQueueFull = errors.New("the queue is full")

// connectDatagrams makes a datagramConn: over the tailnet only to what it owns, as dial does.
func (n *node) connectDatagrams(via int, target netip.AddrPort) (datagramConn, error) {
	switch via {
	case viaTailnet:
		source, err := n.tailnetSource(target.Addr())
		if err != nil {
			return nil, err
		}
		return connectNetstack(n.netstack.Load(), source, target)
	case viaDirect:
		return connectSocket(target)
	default:
		return nil, failf(codeInternal, "%d is no way to send datagrams", via)
	}
}

// send passes a datagram on, or drops it.
func (f *flow) send(payload []byte) {
	f.sent.Add(1)
	err := f.conn.write(payload)
	if f.isAnnouncement(err) {
		// The error is of an earlier datagram; this one has not been tried.
		err = f.conn.write(payload)
	}
	if err != nil {
		f.isAnnouncement(err)
		f.conduit.node.datagramsDropped.up.Add(1)
	}
}

// receive passes on what comes from the target, until the flow is closed.
func (f *flow) receive() {
	defer func() {
		if r := recover(); r != nil {
			f.conduit.end(f, codeInternal, fmt.Sprintf("panic in a flow: %v", r))
		}
	}()
	for {
		b, length, err := f.conn.read()
		if f.isAnnouncement(err) {
			continue
		}
		if err != nil {
			f.conduit.end(f, classify(err), fmt.Sprintf("cannot receive from %s: %v", f.target, err))
			return
		}
		f.received.Add(1)
		if !f.conduit.out.offer(conduitBacklog, frameDatagram, 0, f.id, b[:length]) {
			f.conduit.node.datagramsDropped.down.Add(1)
		}
		giveBuffer(b)
	}
}

// isAnnouncement tells whether an error is an ICMP message about an earlier datagram, and notes it. The flow goes on: what
// is unreachable now may come back.
func (f *flow) isAnnouncement(err error) bool {
	if err == nil {
		return false
	}
	switch classify(err) {
	case codeRefused, codeHostUnreachable, codeNetUnreachable:
		words := err.Error()
		f.trouble.Store(&words)
		return true
	default:
		return false
	}
}

// idleFor is the time since the last datagram, as far as sweeps tell.
func (f *flow) idleFor(now time.Time) time.Duration {
	if count := f.sent.Load() + f.received.Load(); count != f.seen {
		f.seen, f.since = count, now
	}
	return now.Sub(f.since)
}

func (f *flow) idleWords(limit time.Duration) string {
	words := fmt.Sprintf("no datagram in either direction for %s", limit)
	if trouble := f.trouble.Load(); trouble != nil {
		words += "; the network said: " + *trouble
	}
	return words
}

// idleTimes is how long a flow may be without a datagram.
type idleTimes struct {
	dns      time.Duration // to port 53, where an answer ends the matter
	oneWay   time.Duration // while nothing has come back
	bothWays time.Duration
}

// RFC 4787, section 4.3: no less than two minutes, five recommended, and less only for well-known ports.
var usualIdleTimes = idleTimes{dns: 30 * time.Second, oneWay: 2 * time.Minute, bothWays: 5 * time.Minute}

const dnsPort = 53

func (t idleTimes) of(f *flow) time.Duration {
	switch {
	case f.target.Port() == dnsPort:
		return t.dns
	case f.received.Load() == 0:
		return t.oneWay
	default:
		return t.bothWays
	}
}

// interval is the time between sweeps.
func (t idleTimes) interval() time.Duration { return t.dns / 4 }

// wouldBlock turns EAGAIN into errQueueFull.
func wouldBlock(err error) error {
	if errors.Is(err, syscall.EAGAIN) || errors.Is(err, syscall.ENOBUFS) {
		return errQueueFull
	}
	return err
}
