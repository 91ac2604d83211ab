package main

import (
	"net/netip"

	"golang.org/x/sys/unix"
)

// connect does what connect(2) would, with one reading of the address and one socket.
func (e *enforcement) connect(call *heldCall) {
	raw, errno := call.bytes(call.args[1], call.args[2], mostOfAddress)
	if errno != 0 {
		call.fail(errno)
		return
	}
	taken := e.taken(call)
	if taken == nil {
		return
	}
	switch {
	case taken.domain == unix.AF_UNIX:
		e.connectUnix(call, taken, raw)
	case taken.isInet():
		e.connectInet(call, taken, raw)
	default:
		e.connectHere(call, taken, raw)
	}
}

func (e *enforcement) connectInet(call *heldCall, taken *socket, raw []byte) {
	isTCP := taken.kind == unix.SOCK_STREAM
	if family(raw) == unix.AF_UNSPEC && len(raw) >= 2 {
		if isTCP {
			e.connectHere(call, taken, raw)
			return
		}
		// In Linux it would take the socket from the loopback device.
		taken.close()
		call.succeed(0)
		return
	}
	address, ok := parseAddress(raw)
	switch {
	case !ok:
		taken.close()
		call.fail(unix.EINVAL)
	case !isTCP && e.supervisor.datagrams.mustAsk(address):
		taken.close()
		e.supervisor.askFirst(call, address)
	case !isTCP && e.supervisor.datagrams.isAgents(address):
		e.supervisor.datagrams.connect(call, taken, address)
	case isLoopback(address.Addr()):
		e.connectHere(call, taken, formatAddress(taken.domain, address))
	case isTCP:
		e.supervisor.tcp.connect(call, taken, address)
	default:
		taken.close()
		e.refuse(call, unix.EACCES, "udp "+address.String(), onlyDNS)
	}
}

const onlyDNS = "--enforce allows datagrams to the tailnet and to name servers, which the agent answers for"

// isLoopback tells what the loopback device alone can mean; the unspecified address is one of these to connect(2).
func isLoopback(address netip.Addr) bool {
	return address.IsLoopback() || address.IsUnspecified()
}

// connectHere makes the call in this process, which waits for nothing that the program waits for.
func (e *enforcement) connectHere(call *heldCall, taken *socket, raw []byte) {
	attempt := func() {
		defer taken.close()
		if err := connectRaw(taken.fd, raw); err != nil {
			call.fail(errnoOf(err))
			return
		}
		call.succeed(0)
	}
	if taken.blocking && taken.kind == unix.SOCK_STREAM {
		go attempt()
		return
	}
	attempt()
}

// bytes copies what a call points to.
func (c *heldCall) bytes(pointer, length uint64, most int) ([]byte, unix.Errno) {
	if int32(length) < 0 || int(int32(length)) > most {
		return nil, unix.EINVAL
	}
	raw := make([]byte, int32(length))
	if readMemory(c.pid, pointer, raw) != nil {
		return nil, unix.EFAULT
	}
	return raw, 0
}
