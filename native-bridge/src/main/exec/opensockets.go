package main

import (
	"encoding/binary"
	"errors"

	"golang.org/x/sys/unix"
)

// Of sock_diag(7) and linux/inet_diag.h, which the unix package lacks.
const (
	sockDiagByFamily   = 20
	sizeDiagRequest    = 56
	offsetDiagCookie   = 44
	diagAllStates      = 0xffffffff
	netlinkPageOfReply = 1 << 16
)

// openSockets lists the TCP sockets of this network namespace that are connected or connecting, by the kernel's number of each
// (SO_COOKIE).
func openSockets() (map[uint64]struct{}, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
	if err != nil {
		return nil, err
	}
	defer func() { _ = unix.Close(fd) }()
	open := make(map[uint64]struct{})
	for _, family := range []byte{unix.AF_INET, unix.AF_INET6} {
		if err := listSockets(fd, family, open); err != nil {
			return nil, err
		}
	}
	return open, nil
}

func listSockets(fd int, family byte, into map[uint64]struct{}) error {
	request := make([]byte, unix.SizeofNlMsghdr+sizeDiagRequest)
	binary.NativeEndian.PutUint32(request, uint32(len(request)))
	binary.NativeEndian.PutUint16(request[4:], sockDiagByFamily)
	binary.NativeEndian.PutUint16(request[6:], unix.NLM_F_REQUEST|unix.NLM_F_DUMP)
	body := request[unix.SizeofNlMsghdr:]
	body[0], body[1] = family, unix.IPPROTO_TCP
	binary.NativeEndian.PutUint32(body[4:], diagAllStates)
	if err := unix.Sendto(fd, request, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return err
	}
	page := make([]byte, netlinkPageOfReply)
	for {
		n, _, err := unix.Recvfrom(fd, page, 0)
		if errors.Is(err, unix.EINTR) {
			continue
		}
		if err != nil {
			return err
		}
		for rest := page[:n]; len(rest) >= unix.SizeofNlMsghdr; {
			length := int(binary.NativeEndian.Uint32(rest))
			if length < unix.SizeofNlMsghdr || length > len(rest) {
				return unix.EPROTO
			}
			switch kind := binary.NativeEndian.Uint16(rest[4:]); kind {
			case unix.NLMSG_DONE:
				return nil
			case unix.NLMSG_ERROR:
				return unix.ENOTSUP
			case sockDiagByFamily:
				if length >= unix.SizeofNlMsghdr+offsetDiagCookie+8 {
					into[binary.NativeEndian.Uint64(rest[unix.SizeofNlMsghdr+offsetDiagCookie:])] = struct{}{}
				}
			}
			rest = rest[min((length+3)&^3, len(rest)):]
		}
	}
}
