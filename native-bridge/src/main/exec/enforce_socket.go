package main

import (
	"errors"
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// addDescriptor is struct seccomp_notif_addfd.
type addDescriptor struct {
	id       uint64
	flags    uint32
	fd       uint32
	newFD    uint32
	newFlags uint32
}

const (
	ioctlAddDescriptor = 1<<30 | unsafe.Sizeof(addDescriptor{})<<16 | '!'<<8 | 3

	socketKind = 0xf // SOCK_STREAM and so on; the rest are flags
)

// socket gives the program a socket that the kernel routes to the loopback device alone: a process without CAP_NET_RAW cannot
// take that back from a TCP socket, whatever it gets to do with it. Nor does one that listens hear anybody outside.
func (e *enforcement) socket(call *heldCall) {
	domain, kind, protocol := int(int32(call.args[0])), int(int32(call.args[1])), int(int32(call.args[2]))
	isStream := kind&socketKind == unix.SOCK_STREAM && (protocol == 0 || protocol == unix.IPPROTO_TCP)
	isDatagram := kind&socketKind == unix.SOCK_DGRAM && (protocol == 0 || protocol == unix.IPPROTO_UDP)
	switch {
	case domain != unix.AF_INET && domain != unix.AF_INET6:
		e.refuse(call, unix.EPERM, fmt.Sprintf("a socket of family %d", domain), notAllowed)
	case isStream || isDatagram:
		e.giveSocket(call, domain, kind, protocol)
	case protocol == protocolMPTCP:
		call.fail(unix.EPROTONOSUPPORT) // asked for by way of trial, with TCP if there is none
	case protocol == protocolSCTP:
		e.refuse(call, unix.EPROTONOSUPPORT, "an SCTP socket", notAllowed)
	default:
		e.refuse(call, unix.EPERM, fmt.Sprintf("a socket of type %d, protocol %d", kind&socketKind, protocol), notAllowed)
	}
}

func (e *enforcement) giveSocket(call *heldCall, domain, kind, protocol int) {
	fd, err := unix.Socket(domain, kind|unix.SOCK_CLOEXEC, protocol)
	if err != nil {
		call.fail(errnoOf(err))
		return
	}
	defer func() { _ = unix.Close(fd) }()
	if err := unix.SetsockoptString(fd, unix.SOL_SOCKET, unix.SO_BINDTODEVICE, "lo"); err != nil {
		e.refuse(call, unix.EACCES, "a socket bound to the loopback device", err.Error())
		return
	}
	call.giveDescriptor(fd, kind&unix.SOCK_CLOEXEC != 0)
}

// giveDescriptor answers a call with a descriptor of the program for an open file of ours. In two steps: a signal during the one that
// does both (SECCOMP_ADDFD_FLAG_SEND), such as Go's runtime sends to its own threads, leaves the program with the answer 0.
func (c *heldCall) giveDescriptor(fd int, isCloseOnExec bool) {
	given := addDescriptor{id: c.id, fd: uint32(fd)}
	if isCloseOnExec {
		given.newFlags = unix.O_CLOEXEC
	}
	number, err := c.listener.control(ioctlAddDescriptor, unsafe.Pointer(&given))
	switch {
	case err == nil:
		c.succeed(int64(number))
	case !errors.Is(err, unix.ENOENT):
		c.fail(errnoOf(err))
	}
}

// replaceDescriptor puts an open file of ours in the place of a descriptor of the program.
func (c *heldCall) replaceDescriptor(number, fd int, isCloseOnExec bool) error {
	given := addDescriptor{id: c.id, flags: unix.SECCOMP_ADDFD_FLAG_SETFD, fd: uint32(fd), newFD: uint32(number)}
	if isCloseOnExec {
		given.newFlags = unix.O_CLOEXEC
	}
	return c.listener.ioctl(ioctlAddDescriptor, unsafe.Pointer(&given))
}
