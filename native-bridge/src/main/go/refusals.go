package main

import (
	"context"
	"net/netip"
	"sync"

	"tailscale.com/net/packet"
	"tailscale.com/net/tstun"
	"tailscale.com/types/ipproto"
	"tailscale.com/wgengine/filter"
)

// refusals tells a dial that the peer's packet filter drops it. A peer says so by TSMP, for TCP over IPv4, beside giving no
// answer; the tailscale packages only log it, and the dial would end by its timeout.
type refusals struct {
	mu      sync.Mutex
	pending map[dialedFlow]context.CancelCauseFunc
}

// dialedFlow is a connection that is being opened, as this node sees it.
type dialedFlow struct {
	from, to netip.AddrPort
}

// watch cancels the returned context when the peer refuses the flow. forget must be called when the dial has ended.
func (r *refusals) watch(ctx context.Context, flow dialedFlow) (watched context.Context, forget func()) {
	watched, cancel := context.WithCancelCause(ctx)
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.pending == nil {
		r.pending = make(map[dialedFlow]context.CancelCauseFunc)
	}
	r.pending[flow] = cancel
	return watched, func() {
		r.mu.Lock()
		delete(r.pending, flow)
		r.mu.Unlock()
		cancel(nil)
	}
}

// hook has packets of the tailnet looked at. It must run before the first comes: the wrapper reads the field without a lock.
func (r *refusals) hook(tun *tstun.Wrapper) {
	before := tun.PreFilterPacketInboundFromWireGuard
	tun.PreFilterPacketInboundFromWireGuard = func(p *packet.Parsed, t *tstun.Wrapper) filter.Response {
		if p.IPProto == ipproto.TSMP {
			if header, ok := p.AsTailscaleRejectedHeader(); ok {
				r.heard(header)
			}
		}
		if before == nil {
			return filter.Accept
		}
		return before(p, t)
	}
}

// heard ends the dial that a peer refuses. One that may be mistaken, as it says itself, does not count.
func (r *refusals) heard(header packet.TailscaleRejectedHeader) {
	if header.Proto != ipproto.TCP || header.MaybeBroken {
		return
	}
	r.mu.Lock()
	cancel := r.pending[dialedFlow{header.Src, header.Dst}]
	r.mu.Unlock()
	if cancel != nil {
		cancel(failf(codeDenied, "%s", refusalWords(header.Reason)))
	}
}

func refusalWords(reason packet.TailscaleRejectReason) string {
	switch reason {
	case packet.RejectedDueToACLs:
		return "the tailnet's ACLs do not let this node connect to that port"
	case packet.RejectedDueToShieldsUp:
		return "it takes no connections from the tailnet (shields up)"
	case packet.RejectedDueToIPForwarding:
		return "the subnet router does not forward packets (IP forwarding is off there)"
	case packet.RejectedDueToHostFirewall:
		return "the firewall of that host does not let it in"
	}
	return "the peer refuses it (" + reason.String() + ")"
}
