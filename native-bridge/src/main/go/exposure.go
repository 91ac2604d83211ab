package main

import (
	"net/netip"
	"strconv"
	"strings"
	"syscall"
)

// transport is what a port belongs to; the numbers are IANA's.
type transport uint8

const (
	transportTCP transport = 6
	transportUDP transport = 17
)

func (t transport) String() string {
	if t == transportUDP {
		return "udp"
	}
	return "tcp"
}

// exposure is a port of this node that the tailnet may connect to, or all of them, and the service behind it.
type exposure struct {
	target        serviceAddress
	proxyProtocol bool
	from          peerFilter
}

// serviceAddress is where a service listens. Without a port it is that of the connection; without an address it is
// localhost, which may be either loopback address.
type serviceAddress struct {
	addr netip.Addr
	port uint16
}

var localhost = []netip.Addr{netip.AddrFrom4([4]byte{127, 0, 0, 1}), netip.IPv6Loopback()}

// candidates are the addresses to try, in this order, for a connection to a port.
func (s serviceAddress) candidates(port uint16) []netip.AddrPort {
	if s.port != 0 {
		port = s.port
	}
	if s.addr.IsValid() {
		return []netip.AddrPort{netip.AddrPortFrom(s.addr, port)}
	}
	return []netip.AddrPort{netip.AddrPortFrom(localhost[0], port), netip.AddrPortFrom(localhost[1], port)}
}

// exposures is the whole of what is exposed. It is never changed, only replaced.
type exposures struct {
	tcp, udp exposedPorts
	limit    int  // connections open at once; 0 for any number
	judged   bool // the caller is asked about each
}

type exposedPorts struct {
	byPort  map[uint16]*exposure
	all     *exposure
	private map[uint16]bool // not among all: the ports of this process
}

func (e *exposures) of(t transport) *exposedPorts {
	if t == transportUDP {
		return &e.udp
	}
	return &e.tcp
}

// find returns what a port is exposed as, or nil. A port that is named is not among all.
func (p *exposedPorts) find(port uint16) *exposure {
	if found := p.byPort[port]; found != nil {
		return found
	}
	if p.private[port] {
		return nil
	}
	return p.all
}

func (e *exposures) empty() bool {
	return len(e.tcp.byPort)+len(e.udp.byPort) == 0 && e.tcp.all == nil && e.udp.all == nil
}

// parseExposures reads the table of tailnet_expose.
func parseExposures(text string) (*exposures, error) {
	table := &exposures{}
	for _, ports := range []*exposedPorts{&table.tcp, &table.udp} {
		ports.byPort = make(map[uint16]*exposure)
		ports.private = make(map[uint16]bool)
	}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 {
			continue
		}
		if err := table.add(fields); err != nil {
			return nil, apiErrorf(syscall.EINVAL, "exposure %q: %v", strings.TrimSpace(line), err)
		}
	}
	return table, nil
}

func (e *exposures) add(fields []string) error {
	if len(fields) == 2 && fields[0] == "limit" {
		limit, err := strconv.ParseUint(fields[1], 10, 31)
		if err != nil || limit == 0 {
			return apiErrorf(syscall.EINVAL, "%q is no number of connections", fields[1])
		}
		e.limit = int(limit)
		return nil
	}
	if len(fields) == 1 && fields[0] == "judged" {
		e.judged = true
		return nil
	}
	if len(fields) < 3 {
		return apiErrorf(syscall.EINVAL, "a transport, a port and a target are needed")
	}
	var ports *exposedPorts
	switch fields[0] {
	case "tcp":
		ports = &e.tcp
	case "udp":
		ports = &e.udp
	default:
		return apiErrorf(syscall.EINVAL, "%q is neither tcp nor udp", fields[0])
	}
	if fields[2] == "private" {
		port, err := parsePort(fields[1])
		if err == nil {
			ports.private[port] = true
		}
		return err
	}
	added, err := parseExposure(fields[2], fields[3:])
	if err != nil {
		return err
	}
	if added.proxyProtocol && ports == &e.udp {
		return apiErrorf(syscall.EINVAL, "the PROXY protocol is for tcp")
	}
	if fields[1] == "all" {
		if ports.all != nil || added.target != (serviceAddress{}) {
			return apiErrorf(syscall.EINVAL, "all is given once, for localhost")
		}
		ports.all = added
		return nil
	}
	port, err := parsePort(fields[1])
	if err != nil {
		return err
	}
	if ports.byPort[port] != nil {
		return apiErrorf(syscall.EINVAL, "the port is exposed already")
	}
	ports.byPort[port] = added
	return nil
}

func parseExposure(target string, options []string) (*exposure, error) {
	added := &exposure{}
	if target != "localhost" {
		service, err := parseService(target)
		if err != nil {
			return nil, err
		}
		added.target = service
	}
	for _, option := range options {
		if option == "proxy-protocol" {
			added.proxyProtocol = true
		} else if rule, ok := strings.CutPrefix(option, "from="); ok {
			if err := added.from.add(rule); err != nil {
				return nil, err
			}
		} else {
			return nil, apiErrorf(syscall.EINVAL, "unknown option %q", option)
		}
	}
	return added, nil
}

func parseService(text string) (serviceAddress, error) {
	if digits, ok := strings.CutPrefix(text, "localhost:"); ok {
		port, err := parsePort(digits)
		return serviceAddress{port: port}, err
	}
	service, err := netip.ParseAddrPort(text)
	if err != nil || service.Port() == 0 || service.Addr().Zone() != "" {
		return serviceAddress{}, apiErrorf(syscall.EINVAL, "%q is no IP:PORT", text)
	}
	return serviceAddress{service.Addr().Unmap(), service.Port()}, nil
}

func parsePort(text string) (uint16, error) {
	port, err := strconv.ParseUint(text, 10, 16)
	if err != nil || port == 0 {
		return 0, apiErrorf(syscall.EINVAL, "%q is no port", text)
	}
	return uint16(port), nil
}
