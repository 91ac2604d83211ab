package main

import (
	"context"
	"errors"
	"fmt"
	"net"
	"strconv"
	"strings"
	"syscall"

	"tailscale.com/ipn"
)

// funnelPort is where the internet reaches the node.
const funnelPort = 443

// funnel serves the internet on the node's name and passes requests on to a plain HTTP server of this host.
func (n *node) funnel(port int) error {
	if port < 1 || port > 65535 {
		return apiErrorf(syscall.EINVAL, "%d is no port", port)
	}
	if err := n.up(); err != nil {
		return err
	}
	client, err := n.server.LocalClient()
	if err != nil {
		return err
	}
	ctx, stop := context.WithCancelCause(n.ctx)
	defer stop(nil)
	status, err := client.StatusWithoutPeers(ctx)
	if err != nil {
		return contextError(ctx, err)
	}
	if len(status.CertDomains) == 0 {
		return errors.New("the tailnet gives this node no certificates: enable HTTPS for it")
	}
	if err := ipn.CheckFunnelAccess(funnelPort, status.Self); err != nil {
		return fmt.Errorf("the tailnet does not allow funnel for this node: %w", err)
	}
	host := strings.TrimSuffix(status.CertDomains[0], ".")
	hostPort := ipn.HostPort(net.JoinHostPort(host, strconv.Itoa(funnelPort)))
	config := &ipn.ServeConfig{
		TCP: map[uint16]*ipn.TCPPortHandler{funnelPort: {HTTPS: true}},
		Web: map[ipn.HostPort]*ipn.WebServerConfig{
			hostPort: {Handlers: map[string]*ipn.HTTPHandler{
				"/": {Proxy: "http://127.0.0.1:" + strconv.Itoa(port)},
			}},
		},
		AllowFunnel: map[ipn.HostPort]bool{hostPort: true},
	}
	return contextError(ctx, client.SetServeConfig(ctx, config))
}
