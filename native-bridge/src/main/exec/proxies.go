package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/netip"
	"slices"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	mostOfStatus   = 8 << 20
	statusPatience = 5 * time.Second
)

// socksListener asks the agent where it speaks SOCKS5, on an address of this machine.
func (a controlAgent) socksListener(ctx context.Context) (netip.AddrPort, error) {
	ctx, cancel := context.WithTimeout(ctx, statusPatience)
	defer cancel()
	opened, err := a.ask(ctx, "GET /status HTTP/1.0\r\nHost: localhost\r\n\r\n", 200)
	if err != nil {
		return netip.AddrPort{}, err
	}
	defer func() { _ = opened.conn.Close() }()
	_ = opened.conn.SetReadDeadline(time.Now().Add(statusPatience))
	rest, err := io.ReadAll(io.LimitReader(opened.conn, mostOfStatus))
	if err != nil {
		return netip.AddrPort{}, err
	}
	var status struct {
		Listeners []struct{ Kind, Address string }
	}
	if err := json.Unmarshal(append(slices.Clone(opened.rest), rest...), &status); err != nil {
		return netip.AddrPort{}, fmt.Errorf("the agent's status cannot be read: %w", err)
	}
	for _, one := range status.Listeners {
		address, err := netip.ParseAddrPort(strings.Replace(one.Address, "*:", "0.0.0.0:", 1))
		if err == nil && (one.Kind == "mixed" || one.Kind == "socks5") {
			if address.Addr().IsUnspecified() {
				address = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), address.Port())
			}
			return address, nil
		}
	}
	return netip.AddrPort{}, &refusal{errno: unix.ENETUNREACH, reason: "the agent has no SOCKS5 listener for datagrams: give it --listen or --socks5-listen"}
}
