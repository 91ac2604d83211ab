package main

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// pidfdThread is PIDFD_THREAD (linux/pidfd.h).
const pidfdThread = unix.O_EXCL

// socket is a duplicate of a program's socket: the same open file, by another descriptor.
type socket struct {
	fd       int
	domain   int
	kind     int    // SOCK_STREAM and so on
	cookie   uint64 // the kernel's number for it, never used twice
	blocking bool
}

// takeSocket duplicates a descriptor of another process's thread. ENOTSOCK is for everything that is no socket.
func takeSocket(tid uint32, fd int32) (*socket, error) {
	pidfd, err := openThread(tid)
	if err != nil {
		return nil, err
	}
	own, err := unix.PidfdGetfd(pidfd, int(fd), 0)
	_ = unix.Close(pidfd)
	if err != nil {
		return nil, err
	}
	taken := &socket{fd: own}
	if err := taken.examine(); err != nil {
		taken.close()
		return nil, err
	}
	return taken, nil
}

func (s *socket) examine() error {
	var err error
	if s.domain, err = unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_DOMAIN); err != nil {
		return err
	}
	if s.kind, err = unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_TYPE); err != nil {
		return err
	}
	if s.cookie, err = unix.GetsockoptUint64(s.fd, unix.SOL_SOCKET, unix.SO_COOKIE); err != nil {
		return err
	}
	flags, err := unix.FcntlInt(uintptr(s.fd), unix.F_GETFL, 0)
	s.blocking = flags&unix.O_NONBLOCK == 0
	return err
}

func (s *socket) isInet() bool {
	return s.domain == unix.AF_INET || s.domain == unix.AF_INET6
}

func (s *socket) close() {
	_ = unix.Close(s.fd)
}

// connect is connect(2) with the address in the form that the socket's domain wants.
func (s *socket) connect(to netip.AddrPort) error {
	return connectRaw(s.fd, formatAddress(s.domain, to))
}

// disconnect ends what the socket is about; who waits for it is woken with an error (connect(2), AF_UNSPEC).
func (s *socket) disconnect() error {
	return connectRaw(s.fd, make([]byte, sizeInet4))
}

func (s *socket) localAddress() (netip.AddrPort, error) {
	name, err := unix.Getsockname(s.fd)
	return addressOf(name), err
}

func (s *socket) peerAddress() (netip.AddrPort, error) {
	name, err := unix.Getpeername(s.fd)
	return addressOf(name), err
}

func addressOf(name unix.Sockaddr) netip.AddrPort {
	switch name := name.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(name.Addr), uint16(name.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(name.Addr).Unmap(), uint16(name.Port))
	default:
		return netip.AddrPort{}
	}
}

// tcpState is the state of tcp(7), for sockets of that.
func (s *socket) tcpState() uint8 {
	info, err := unix.GetsockoptTCPInfo(s.fd, unix.IPPROTO_TCP, unix.TCP_INFO)
	if err != nil {
		return 0
	}
	return info.State
}

func connectRaw(fd int, address []byte) error {
	_, _, errno := unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&address[0])), uintptr(len(address)))
	if errno != 0 {
		return errno
	}
	return nil
}

// openThread returns a pidfd of a thread's process. Before Linux 6.9 only a process's first thread has one.
func openThread(tid uint32) (int, error) {
	pidfd, err := unix.PidfdOpen(int(tid), pidfdThread)
	if errors.Is(err, unix.EINVAL) {
		if pidfd, err = unix.PidfdOpen(int(tid), 0); err != nil && !errors.Is(err, unix.ESRCH) {
			var process int
			if process, err = processOf(tid); err == nil {
				pidfd, err = unix.PidfdOpen(process, 0)
			}
		}
	}
	return pidfd, err
}

// processOf reads which process a thread belongs to.
func processOf(tid uint32) (int, error) {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", tid))
	if err != nil {
		return 0, unix.ESRCH
	}
	for line := range strings.Lines(string(status)) {
		if value, ok := strings.CutPrefix(line, "Tgid:"); ok {
			return strconv.Atoi(strings.TrimSpace(value))
		}
	}
	return 0, unix.ESRCH
}

// isTCP tells whether it is a socket of TCP, or of Multipath TCP, which falls back to it.
func (s *socket) isTCP() bool {
	if !s.isInet() || s.kind != unix.SOCK_STREAM {
		return false
	}
	protocol, err := unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_PROTOCOL)
	return err == nil && (protocol == unix.IPPROTO_TCP || protocol == unix.IPPROTO_MPTCP)
}

func (s *socket) isUDP() bool {
	return s.isInet() && s.kind == unix.SOCK_DGRAM
}
