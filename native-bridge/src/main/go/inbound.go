package main

import (
	"encoding/binary"
	"net"
	"net/netip"
	"runtime/debug"
	"sync"
	"sync/atomic"

	"tailscale.com/types/nettype"
	"tailscale.com/wgengine/netstack"
)

// inbound is what comes from the tailnet to what this node exposes.
type inbound struct {
	table   atomic.Pointer[exposures]
	owns    func(netip.Addr) bool
	lastID  atomic.Uint64
	refused atomic.Uint64

	mu               sync.Mutex
	open             map[uint64]*tunnel
	ended            bool
	accepted         uint64
	pastUp, pastDown uint64 // what the connections that are no more have moved
	active           sync.WaitGroup

	datagrams datagramFlows
	undecided undecided
}

// inboundFlow is a connection from the tailnet, or the datagrams between two ports.
type inboundFlow struct {
	id        uint64
	transport transport
	peer      peer
	to        netip.AddrPort // the address of this node
	service   netip.AddrPort // the last that was tried
}

// encode writes a connection as tailnet_bridge.h describes it.
func (f *inboundFlow) encode() []byte {
	service := f.service
	if !service.IsValid() {
		service = netip.AddrPortFrom(netip.IPv4Unspecified(), 0)
	}
	b := appendAddress([]byte{byte(f.transport)}, f.peer.addr)
	b = appendAddress(b, f.to)
	b = appendAddress(b, service)
	b = appendText(b, f.peer.name)
	b = appendText(b, f.peer.user)
	tags := f.peer.tags[:min(len(f.peer.tags), 255)]
	b = append(b, byte(len(tags)))
	for _, tag := range tags {
		b = appendText(b, tag)
	}
	return b
}

func appendText(b []byte, text string) []byte {
	text = text[:min(len(text), 255)]
	return append(append(b, byte(len(text))), text...)
}

func appendAddress(b []byte, at netip.AddrPort) []byte {
	raw := at.Addr().AsSlice()
	b = append(append(b, byte(len(raw))), raw...)
	return binary.BigEndian.AppendUint16(b, at.Port())
}

// hookInbound has netstack ask this node about flows that no listener takes. It must run before the first packet comes:
// netstack reads the fields without a lock.
func (n *node) hookInbound(impl *netstack.Impl) {
	if tcp := impl.GetTCPHandlerForFlow; tcp != nil {
		impl.GetTCPHandlerForFlow = func(src, dst netip.AddrPort) (func(net.Conn), bool) {
			if handler, intercept := tcp(src, dst); handler != nil || !intercept {
				return handler, intercept
			}
			return n.takeTCP(src, dst), true
		}
	}
	if udp := impl.GetUDPHandlerForFlow; udp != nil {
		impl.GetUDPHandlerForFlow = func(src, dst netip.AddrPort) (func(nettype.ConnPacketConn), bool) {
			if handler, intercept := udp(src, dst); handler != nil || !intercept {
				return handler, intercept
			}
			return n.takeUDP(src, dst), true
		}
	}
}

// offered returns what is to be had at an address: what it is exposed as, where the route leads, or nil.
func (n *node) offered(t transport, to netip.AddrPort) *exposure {
	if found := n.exposed(t, to); found != nil {
		return found
	}
	return n.routed(t, to)
}

// exposed returns what an address of this node is exposed as, or nil. Only the node's own addresses are: those of subnet
// routes, 4via6 and services never.
func (n *node) exposed(t transport, to netip.AddrPort) *exposure {
	found := n.inbound.table.Load().of(t).find(to.Port())
	if found == nil || n.ctx.Err() != nil || !n.inbound.owns(to.Addr()) {
		return nil
	}
	return found
}

// ownsAddress tells whether addr is an address of this node.
func (n *node) ownsAddress(addr netip.Addr) bool {
	ip4, ip6 := n.server.TailscaleIPs()
	return addr == ip4 || addr == ip6
}

func (n *node) newFlow(t transport, from, to netip.AddrPort) *inboundFlow {
	return &inboundFlow{
		id:        n.inbound.lastID.Add(1),
		transport: t,
		peer:      lookUpPeer(n.backend.Load(), t, from),
		to:        to,
	}
}

// reject reports a flow that is not let in.
func (n *node) reject(f *inboundFlow, cause *failure) {
	n.inbound.refused.Add(1)
	n.stream.Load().rejected(f, cause.code, cause.text)
}

// relayInbound moves the bytes of a flow that was let in until it ends, between an event for the one and one for the other.
// What the service is told first does not count.
func (n *node) relayInbound(f *inboundFlow, t *tunnel, preface []byte) {
	defer func() {
		if r := recover(); r != nil {
			n.log(logError, "panic: %v\n%s", r, debug.Stack())
			t.fail(failf(codeInternal, "panic: %v", r))
		}
	}()
	if !n.inbound.begin(f.id, t) {
		t.fail(errClosed)
		t.run(nil)
		return
	}
	stream := n.stream.Load()
	stream.accepted(f)
	if len(preface) > 0 {
		if err := t.target.write(preface); err != nil {
			t.failed("target", err)
		}
	}
	outcome, words := t.run(nil)
	if datagrams, ok := t.target.(*datagramLeg); ok {
		outcome, words = datagrams.outcome(outcome, words)
	}
	n.inbound.done(f.id, t, func() { stream.ended(f.id, outcome, t.up.Load(), t.down.Load(), words) })
}

func (i *inbound) begin(id uint64, t *tunnel) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ended {
		return false
	}
	if i.open == nil {
		i.open = make(map[uint64]*tunnel)
	}
	i.open[id] = t
	i.accepted++
	i.active.Add(1)
	return true
}

// count tells how many are open.
func (i *inbound) count() int {
	i.mu.Lock()
	defer i.mu.Unlock()
	return len(i.open)
}

func (i *inbound) done(id uint64, t *tunnel, report func()) {
	i.mu.Lock()
	delete(i.open, id)
	i.pastUp += t.up.Load()
	i.pastDown += t.down.Load()
	i.mu.Unlock()
	report()
	i.active.Done()
}

// end resets what is open, and waits until that is reported.
func (i *inbound) end() {
	i.mu.Lock()
	i.ended = true
	open := make([]*tunnel, 0, len(i.open))
	for _, t := range i.open {
		open = append(open, t)
	}
	i.mu.Unlock()
	for _, t := range open {
		t.fail(errClosed)
	}
	i.active.Wait()
}

// inboundTotals is what came in since the node was made.
type inboundTotals struct {
	open, accepted, refused, up, down uint64
}

func (i *inbound) totals() inboundTotals {
	i.mu.Lock()
	defer i.mu.Unlock()
	totals := inboundTotals{
		open:     uint64(len(i.open)),
		accepted: i.accepted,
		refused:  i.refused.Load(),
		up:       i.pastUp,
		down:     i.pastDown,
	}
	for _, t := range i.open {
		totals.up += t.up.Load()
		totals.down += t.down.Load()
	}
	return totals
}
