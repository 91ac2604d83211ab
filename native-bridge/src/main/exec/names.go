package main

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

const mostOfAddress = 128 // sizeof(struct sockaddr_storage)

// address reads the socket address that a call points to; false for what is none of the Internet's.
func (c *heldCall) address(pointer, length uint64) (netip.AddrPort, bool) {
	if pointer == 0 || length < 2 || length > mostOfAddress {
		return netip.AddrPort{}, false
	}
	raw := make([]byte, length)
	if readMemory(c.pid, pointer, raw) != nil {
		return netip.AddrPort{}, false
	}
	return parseAddress(raw)
}

// giveBytes writes a value as getpeername(2) and getsockopt(2) do: cut to the room there is, with its full length.
func (c *heldCall) giveBytes(raw []byte, pointer, lengthPointer uint64) error {
	room := make([]byte, 4)
	if err := readMemory(c.pid, lengthPointer, room); err != nil {
		return err
	}
	size := int32(binary.NativeEndian.Uint32(room))
	if size < 0 {
		return unix.EINVAL
	}
	if err := writeMemory(c.pid, pointer, raw[:min(int(size), len(raw))]); err != nil {
		return err
	}
	binary.NativeEndian.PutUint32(room, uint32(len(raw)))
	return writeMemory(c.pid, lengthPointer, room)
}

// getpeername answers with the target instead of our end.
func (s *supervisor) getpeername(call *heldCall) {
	taken := call.socket()
	if taken == nil {
		return
	}
	defer taken.close()
	target, known := s.targetOf(taken)
	if !known {
		call.pass()
		return
	}
	call.finish(0, call.giveBytes(formatAddress(taken.domain, target), call.args[1], call.args[2]))
}

// socketError answers getsockopt(SO_ERROR) with the reason why a connection failed, for which the kernel has ECONNRESET.
func (s *supervisor) socketError(call *heldCall) {
	taken := call.socket()
	if taken == nil {
		return
	}
	defer taken.close()
	known := s.tcp.connections.of(taken.cookie)
	if known == nil || known.isPending() {
		call.pass()
		return
	}
	errno := known.takeFailure()
	if errno == 0 {
		call.pass()
		return
	}
	s.tcp.connections.forget(taken.cookie, known)
	_, _ = unix.GetsockoptInt(taken.fd, unix.SOL_SOCKET, unix.SO_ERROR)
	value := binary.NativeEndian.AppendUint32(nil, uint32(errno))
	call.finish(0, call.giveBytes(value, call.args[3], call.args[4]))
}

// targetOf tells what a socket is connected to that has one of our ends as its peer.
func (s *supervisor) targetOf(taken *socket) (netip.AddrPort, bool) {
	peer, err := taken.peerAddress()
	if err != nil {
		return netip.AddrPort{}, false
	}
	if taken.isUDP() {
		return s.datagrams.desks.targetAt(peer)
	}
	known := s.tcp.connections.of(taken.cookie)
	if known == nil || known.isPending() {
		return netip.AddrPort{}, false
	}
	return known.target, true
}
