package main

import (
	"context"
	"net"
	"net/netip"
	"runtime"
	"runtime/debug"
	"sync/atomic"
	"time"
)

// serviceTimeout bounds the dial of a service, while the peer waits for an answer to its SYN.
const serviceTimeout = 10 * time.Second

// takeTCP decides on a SYN, on a goroutine of its own: nil refuses it with a reset. The service is dialed before the peer
// gets an answer, so that a service which is not there is a refused connection and not an open one.
func (n *node) takeTCP(from, to netip.AddrPort) (handler func(net.Conn)) {
	defer func() {
		if r := recover(); r != nil {
			n.log(logError, "panic: %v\n%s", r, debug.Stack())
			handler = nil
		}
	}()
	found := n.offered(transportTCP, to)
	if found == nil {
		return nil
	}
	f := n.newFlow(transportTCP, from, to)
	if !found.from.allows(f.peer) {
		n.reject(f, failf(codeDenied, "port %d is not exposed to this peer", to.Port()))
		return nil
	}
	if limit := n.inbound.table.Load().limit; limit > 0 && n.inbound.count() >= limit {
		n.reject(f, failf(codeResources, "%d connections from the tailnet are open already", limit))
		return nil
	}
	if refusal := n.judged(f); refusal != nil {
		n.reject(f, refusal)
		return nil
	}
	service, err := n.dialService(f, found.target)
	if err != nil {
		n.reject(f, failf(classifyDial(err), "%s", dialWords(f.service, serviceTimeout, err)))
		return nil
	}
	ready := &readyService{node: n, flow: f, exposure: found, conn: new(atomic.Pointer[socketLeg])}
	ready.conn.Store(service)
	// netstack does not say when the peer's half of the handshake fails to come. Then nobody holds the handler any more.
	runtime.AddCleanup(ready, abandonedService.close, abandonedService{n, f, ready.conn})
	return ready.serve
}

// dialService connects to a service from the host's own network stack.
func (n *node) dialService(f *inboundFlow, at serviceAddress) (*socketLeg, error) {
	ctx, stop := context.WithTimeout(n.ctx, serviceTimeout)
	defer stop()
	var first error
	for _, candidate := range at.candidates(f.to.Port()) {
		f.service = candidate
		conn, err := directDialer.DialContext(ctx, "tcp", candidate.String())
		if err == nil {
			return newSocketLeg(conn)
		}
		if first == nil {
			first = contextError(ctx, err)
		}
		if classify(err) != codeRefused {
			break
		}
	}
	f.service = at.candidates(f.to.Port())[0]
	return nil, first
}

// readyService is a connection to a service for which the peer's handshake is being completed.
type readyService struct {
	node     *node
	flow     *inboundFlow
	exposure *exposure
	conn     *atomic.Pointer[socketLeg] // empty once it is served
}

func (r *readyService) serve(conn net.Conn) {
	service := r.conn.Swap(nil)
	var preface []byte
	if r.exposure.proxyProtocol {
		preface = proxyHeader(r.flow.peer.addr, r.flow.to)
	}
	r.node.relayInbound(r.flow, newTunnel(newNetstackLeg(conn), service, 0), preface)
}

// abandonedService is what is left of a readyService that is out of reach.
type abandonedService struct {
	node *node
	flow *inboundFlow
	conn *atomic.Pointer[socketLeg]
}

func (a abandonedService) close() {
	if service := a.conn.Swap(nil); service != nil {
		service.abort()
		a.node.reject(a.flow, failf(codeCancelled, "the peer left before the connection was established"))
	}
}
