package main

import (
	"errors"
	"net/netip"
	"unsafe"

	"golang.org/x/sys/unix"
)

// meeting is where sockets that must not wait are connected to until it is known how the connection ended: a listener that
// drops every SYN because its queue is full, so that they stay in SYN_SENT as with a target that has not answered. When the connection is
// made, a socket of ours with the listener's port connects to them: a simultaneous open (RFC 9293, section 3.5), which the
// kernel reports to whoever polls as it does any other.
type meeting struct {
	listening int
	filling   int
	address   netip.AddrPort
}

// openMeeting begins one on a loopback address.
func openMeeting(loopback netip.Addr) (*meeting, error) {
	fd, err := streamSocket(loopback)
	if err != nil {
		return nil, err
	}
	opened := &meeting{listening: fd, filling: -1}
	if err := opened.listen(loopback); err != nil {
		opened.close()
		return nil, err
	}
	return opened, nil
}

func (m *meeting) listen(loopback netip.Addr) error {
	if err := unix.SetsockoptInt(m.listening, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err != nil {
		return err
	}
	if err := bind(m.listening, netip.AddrPortFrom(loopback, 0)); err != nil {
		return err
	}
	if err := unix.Listen(m.listening, 0); err != nil {
		return err
	}
	address, err := (&socket{fd: m.listening}).localAddress()
	if err != nil {
		return err
	}
	m.address = address
	return m.fill()
}

// fill takes the one place that a queue of length 0 has, for ever.
func (m *meeting) fill() error {
	fd, err := streamSocket(m.address.Addr())
	if err != nil {
		return err
	}
	if err := connectRaw(fd, formatAddress(domainOf(m.address.Addr()), m.address)); err != nil {
		_ = unix.Close(fd)
		return err
	}
	m.filling = fd
	return nil
}

// wait puts a socket that must not block into SYN_SENT.
func (m *meeting) wait(waiting *socket) error {
	err := waiting.connect(m.address)
	if errors.Is(err, unix.EINPROGRESS) {
		return nil
	}
	if err == nil {
		return unix.EISCONN
	}
	return err
}

// meet completes the connection of a waiting socket and returns its other end, which blocks.
func (m *meeting) meet(waiting netip.AddrPort) (int, error) {
	fd, err := streamSocket(m.address.Addr())
	if err != nil {
		return -1, err
	}
	if err = unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_REUSEPORT, 1); err == nil {
		if err = bind(fd, m.address); err == nil {
			err = connectRaw(fd, formatAddress(domainOf(waiting.Addr()), waiting))
		}
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, err
	}
	return fd, nil
}

func domainOf(address netip.Addr) int {
	if address.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

func streamSocket(of netip.Addr) (int, error) {
	return unix.Socket(domainOf(of), unix.SOCK_STREAM|unix.SOCK_CLOEXEC, unix.IPPROTO_TCP)
}

func bind(fd int, to netip.AddrPort) error {
	return bindDomain(fd, domainOf(to.Addr()), to)
}

func bindDomain(fd, domain int, to netip.AddrPort) error {
	raw := formatAddress(domain, to)
	_, _, errno := unix.Syscall(unix.SYS_BIND, uintptr(fd), uintptr(unsafe.Pointer(&raw[0])), uintptr(len(raw)))
	if errno != 0 {
		return errno
	}
	return nil
}

func (m *meeting) close() {
	_ = unix.Close(m.listening)
	_ = unix.Close(m.filling)
}
