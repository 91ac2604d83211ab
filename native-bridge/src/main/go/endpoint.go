package main

import (
	"context"
	"crypto/rand"
	"encoding/binary"
	"hash/maphash"
	"net/netip"
	"sync/atomic"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv6"
	"gvisor.dev/gvisor/pkg/tcpip/stack"
	"gvisor.dev/gvisor/pkg/tcpip/transport/tcp"
	"gvisor.dev/gvisor/pkg/waiter"
	"tailscale.com/wgengine/netstack"
)

// endpointOf returns the endpoint inside a gonet.TCPConn or gonet.UDPConn, and its queue. Without them a connection cannot be
// reset, and every read that waits makes garbage.
func endpointOf(conn any) (tcpip.Endpoint, *waiter.Queue, bool) {
	ep, hasEndpoint := reach[tcpip.Endpoint](conn, "ep")
	queue, hasQueue := reach[*waiter.Queue](conn, "wq")
	if !hasEndpoint || !hasQueue {
		return nil, nil, false
	}
	return *ep, *queue, true
}

// stackOf returns the stack inside netstack.Impl. Without it the port of a connection cannot be chosen.
func stackOf(impl *netstack.Impl) (*stack.Stack, bool) {
	s, ok := reach[*stack.Stack](impl, "ipstack")
	if !ok {
		return nil, false
	}
	return *s, true
}

// nicID is the one NIC of netstack.Impl.
const nicID = 1

// dialNetstack opens a TCP connection from an address of this node. It fails at once when the peer refuses it.
func dialNetstack(ctx context.Context, impl *netstack.Impl, refused *refusals, source netip.Addr, target netip.AddrPort) (leg, error) {
	s, ok := stackOf(impl)
	if !ok {
		conn, err := impl.DialContextTCPWithBind(ctx, source, target)
		if err != nil {
			return nil, err
		}
		return newNetstackLeg(conn), nil
	}
	return dialStack(ctx, s, refused, source, target)
}

func dialStack(ctx context.Context, s *stack.Stack, refused *refusals, source netip.Addr, target netip.AddrPort) (leg, error) {
	var protocol tcpip.NetworkProtocolNumber = ipv4.ProtocolNumber
	if target.Addr().Is6() {
		protocol = ipv6.ProtocolNumber
	}
	queue := new(waiter.Queue)
	ep, err := s.NewEndpoint(tcp.ProtocolNumber, protocol, queue)
	if err != nil {
		return nil, netstackError{err}
	}
	if err := bindPort(ep, source, target); err != nil {
		ep.Close()
		return nil, netstackError{err}
	}
	if local, err := ep.GetLocalAddress(); err == nil {
		var forget func()
		ctx, forget = refused.watch(ctx, dialedFlow{netip.AddrPortFrom(source, local.Port), target})
		defer forget()
	}
	connected, notify := waiter.NewChannelEntry(waiter.WritableEvents)
	queue.EventRegister(&connected)
	defer queue.EventUnregister(&connected)
	err = ep.Connect(tcpip.FullAddress{NIC: nicID, Addr: tcpip.AddrFromSlice(target.Addr().AsSlice()), Port: target.Port()})
	if _, started := err.(*tcpip.ErrConnectStarted); started {
		select {
		case <-notify:
			err = ep.LastError()
		case <-ctx.Done():
			ep.Close()
			return nil, contextError(ctx, ctx.Err())
		}
	}
	if err != nil {
		ep.Close()
		return nil, netstackError{err}
	}
	return newEndpointLeg(ep, queue), nil
}

// abortConnections resets what netstack holds, connections in TIME_WAIT among it, for as long as its packets still leave: the close of
// netstack.Impl stops taking packets out of a queue of 512 first, resets then, and waits for room in that queue for ever.
func abortConnections(impl *netstack.Impl) {
	if s, ok := stackOf(impl); ok {
		for _, ep := range s.RegisteredEndpoints() {
			ep.Abort()
		}
	}
}

// bindPort gives an endpoint a port of its own. Left to itself netstack takes a random one, and what is at random one of
// a few thousand that the target still holds in TIME_WAIT makes its SYN vanish there.
func bindPort(ep tcpip.Endpoint, source netip.Addr, target netip.AddrPort) tcpip.Error {
	from := tcpip.FullAddress{NIC: nicID, Addr: tcpip.AddrFromSlice(source.AsSlice())}
	for range bindAttempts {
		from.Port = ports.next(target)
		err := ep.Bind(from)
		if _, taken := err.(*tcpip.ErrPortInUse); !taken {
			return err
		}
	}
	from.Port = 0
	return ep.Bind(from)
}

const bindAttempts = 256

// ports chooses local ports by RFC 6056, algorithm 4: to any one target they come in sequence, so that one that was used
// is not used again for as long as possible.
var ports = newPortSequence()

// The ephemeral ports of netstack.
const (
	firstPort = 16000
	portCount = 1<<16 - firstPort
)

type portSequence struct {
	seed     maphash.Seed
	counters [1024]atomic.Uint32
}

func newPortSequence() *portSequence {
	p := &portSequence{seed: maphash.MakeSeed()}
	var start [4]byte
	for i := range p.counters {
		rand.Read(start[:])
		p.counters[i].Store(binary.NativeEndian.Uint32(start[:]))
	}
	return p
}

func (p *portSequence) next(target netip.AddrPort) uint16 {
	hash := maphash.Comparable(p.seed, target)
	count := p.counters[hash%uint64(len(p.counters))].Add(1)
	return uint16(firstPort + (uint64(count)+hash>>32)%portCount)
}
