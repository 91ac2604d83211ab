package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"net/netip"
	"syscall"
	"time"

	"tailscale.com/ipn"
)

// Ways of tailnet_dial: enum tailnet_via.
const (
	viaTailnet = 0
	viaDirect  = 1
)

// dial opens a connection under id; the event stream tells what comes of it.
func (n *node) dial(id uint64, via int, ip string, port int, timeout time.Duration) error {
	target, err := parseTarget(ip, port)
	if err != nil {
		return err
	}
	if via != viaTailnet && via != viaDirect {
		return apiErrorf(syscall.EINVAL, "%d is no way to dial", via)
	}
	ctx, cancel, err := n.operations.beginWithin(n.ctx, id)
	if err != nil {
		return err
	}
	go n.runDial(ctx, cancel, id, via, target, timeout)
	return nil
}

func (n *node) runDial(ctx context.Context, cancel context.CancelCauseFunc, id uint64, via int, target netip.AddrPort, timeout time.Duration) {
	conn, err := func() (conn leg, err error) {
		defer func() {
			if r := recover(); r != nil {
				err = failf(codeInternal, "panic: %v", r)
			}
		}()
		limited, stop := context.WithTimeout(ctx, timeout)
		defer stop()
		if via == viaDirect {
			conn, err = dialDirect(limited, target)
		} else {
			conn, err = n.dialTailnet(limited, target)
		}
		return conn, contextError(limited, err)
	}()
	stream := n.stream.Load()
	if err == nil && n.operations.park(ctx, id, conn) {
		// The frame follows the parking, so that a relay asked for on seeing it finds the connection. A cancel in
		// between closes the connection silently, as for any dialed one.
		stream.dialed(id, codeOK, "")
		return
	}
	if err == nil {
		conn.abort()
		conn.close()
		err = contextError(ctx, ctx.Err())
	}
	if via == viaTailnet && classifyDial(err) == codeTimeout {
		n.peerSilent()
	}
	cancel(nil)
	n.operations.done(id, func() { stream.dialed(id, classifyDial(err), dialWords(target, timeout, err)) })
}

// dialWords says what a dial failed with.
func dialWords(target netip.AddrPort, timeout time.Duration, err error) string {
	var known *failure
	if errors.As(err, &known) {
		return known.text
	}
	switch classifyDial(err) {
	case codeTimeout:
		return fmt.Sprintf("no answer from %s within %s", target, timeout)
	case codeRefused:
		return fmt.Sprintf("%s refused the connection", target)
	}
	var op *net.OpError
	if errors.As(err, &op) && op.Err != nil {
		return fmt.Sprintf("cannot connect to %s: %v", target, op.Err)
	}
	return fmt.Sprintf("cannot connect to %s: %v", target, err)
}

func parseTarget(ip string, port int) (netip.AddrPort, error) {
	addr, err := netip.ParseAddr(ip)
	if err != nil || addr.Zone() != "" {
		return netip.AddrPort{}, apiErrorf(syscall.EINVAL, "%q is no IP address", ip)
	}
	if port < 1 || port > 65535 {
		return netip.AddrPort{}, apiErrorf(syscall.EINVAL, "%d is no port", port)
	}
	return netip.AddrPortFrom(addr.Unmap(), uint16(port)), nil
}

// dialTailnet connects through netstack, to what the tailnet owns and nothing else.
func (n *node) dialTailnet(ctx context.Context, target netip.AddrPort) (leg, error) {
	source, err := n.tailnetSource(target.Addr())
	if err != nil {
		return nil, err
	}
	return dialNetstack(ctx, n.netstack.Load(), &n.refusals, source, target)
}

// tailnetSource checks that the tailnet carries packets to ip, and returns the address to send them from.
func (n *node) tailnetSource(ip netip.Addr) (netip.Addr, error) {
	backend, err := n.ready()
	if err != nil {
		return netip.Addr{}, err
	}
	if state, problem, _ := n.status.get(); state != ipn.Running {
		if problem != "" {
			return netip.Addr{}, failf(codeNodeDown, "the node is not running (%s): %s", state, problem)
		}
		return netip.Addr{}, failf(codeNodeDown, "the node is not running (%s)", state)
	}
	switch lookUpRoute(backend, ip) {
	case routeNone, routeUnowned:
		return netip.Addr{}, failf(codeNotOwned, "nobody in the tailnet owns %s", ip)
	}
	ip4, ip6 := n.server.TailscaleIPs()
	source := ip4
	if ip.Is6() {
		source = ip6
	}
	if !source.IsValid() {
		return netip.Addr{}, failf(codeNetUnreachable, "this node has no address of the family of %s", ip)
	}
	return source, nil
}

var directDialer net.Dialer

// dialDirect connects from the host's own network stack.
func dialDirect(ctx context.Context, target netip.AddrPort) (leg, error) {
	conn, err := directDialer.DialContext(ctx, "tcp", target.String())
	if err != nil {
		return nil, err
	}
	return newSocketLeg(conn)
}
