package main

import (
	"net/netip"
	"runtime/debug"
	"sync"
	"time"

	"tailscale.com/types/nettype"
)

const (
	// datagramIdle ends a flow without a datagram in either direction (RFC 4787, REQ-5).
	datagramIdle = 2 * time.Minute
	// maxDatagramFlows bounds the flows of a node, each of which has a socket of the host.
	maxDatagramFlows = 1024
	// quietRejections is how long a peer that keeps sending datagrams it may not send makes no further event.
	quietRejections = 10 * time.Second
)

// datagramFlows bounds what peers can make a node do by sending datagrams.
type datagramFlows struct {
	mu       sync.Mutex
	open     int
	rejected map[datagramPath]time.Time
}

// datagramPath is what rejections of datagrams are counted by.
type datagramPath struct {
	from netip.Addr
	to   uint16
}

func (d *datagramFlows) begin() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.open >= maxDatagramFlows {
		return false
	}
	d.open++
	return true
}

func (d *datagramFlows) end() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.open--
}

// isNews tells whether a rejection is worth an event.
func (d *datagramFlows) isNews(path datagramPath, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if last, known := d.rejected[path]; known && now.Sub(last) < quietRejections {
		return false
	}
	if d.rejected == nil || len(d.rejected) >= maxDatagramFlows {
		d.rejected = make(map[datagramPath]time.Time)
	}
	d.rejected[path] = now
	return true
}

// wasRejected tells whether a peer is to be left without an answer: nobody is asked about each of its datagrams.
func (d *datagramFlows) wasRejected(path datagramPath, now time.Time) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	last, known := d.rejected[path]
	return known && now.Sub(last) < quietRejections
}

func (f *inboundFlow) path() datagramPath {
	return datagramPath{f.peer.addr.Addr(), f.to.Port()}
}

// takeUDP decides on the first datagram of a flow, on the goroutine that delivers all packets: nil drops it.
func (n *node) takeUDP(from, to netip.AddrPort) func(nettype.ConnPacketConn) {
	found := n.offered(transportUDP, to)
	if found == nil {
		return nil
	}
	return func(conn nettype.ConnPacketConn) {
		defer func() {
			if r := recover(); r != nil {
				n.log(logError, "panic: %v\n%s", r, debug.Stack())
			}
		}()
		n.serveUDP(found, conn, from, to)
	}
}

func (n *node) serveUDP(found *exposure, conn nettype.ConnPacketConn, from, to netip.AddrPort) {
	f := n.newFlow(transportUDP, from, to)
	flows := &n.inbound.datagrams
	if !flows.begin() {
		conn.Close()
		n.rejectDatagram(f, failf(codeResources, "there are %d flows of datagrams already", maxDatagramFlows))
		return
	}
	defer flows.end()
	if !found.from.allows(f.peer) {
		conn.Close()
		n.rejectDatagram(f, failf(codeDenied, "port %d is not exposed to this peer", to.Port()))
		return
	}
	if flows.wasRejected(f.path(), time.Now()) {
		conn.Close()
		return
	}
	if refusal := n.judged(f); refusal != nil {
		conn.Close()
		n.rejectDatagram(f, refusal)
		return
	}
	f.service = found.target.candidates(to.Port())[0]
	service, err := connectSocket(f.service)
	if err != nil {
		conn.Close()
		n.rejectDatagram(f, failf(classifyDial(err), "%s", dialWords(f.service, 0, err)))
		return
	}
	client := &datagramLeg{conn: peerDatagrams(conn), at: from}
	n.relayInbound(f, newTunnel(client, &datagramLeg{conn: service, at: f.service}, datagramIdle), nil)
}

func (n *node) rejectDatagram(f *inboundFlow, cause *failure) {
	if n.inbound.datagrams.isNews(f.path(), time.Now()) {
		n.reject(f, cause)
	}
}

// peerDatagrams makes a datagramConn of what netstack has for a peer.
func peerDatagrams(conn nettype.ConnPacketConn) datagramConn {
	ep, queue, ok := endpointOf(conn)
	if !ok {
		return &plainDatagrams{conn}
	}
	return acceptedDatagrams(ep, queue)
}
