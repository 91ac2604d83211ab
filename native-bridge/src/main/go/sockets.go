package main

import (
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// socketPair makes a pair of unix sockets: our end as a connection of Go's poller, and the caller's as a descriptor.
func socketPair(kind int, callerNonBlocking bool) (net.Conn, int, error) {
	fds, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, -1, os.NewSyscallError("socketpair", err)
	}
	file := os.NewFile(uintptr(fds[0]), "")
	conn, err := net.FileConn(file)
	file.Close()
	if err == nil && callerNonBlocking {
		if err = unix.SetNonblock(fds[1], true); err != nil {
			conn.Close()
		}
	}
	if err != nil {
		unix.Close(fds[1])
		return nil, -1, err
	}
	return conn, fds[1], nil
}

func dupFD(fd int) (int, error) {
	dup, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, 3)
	if err != nil {
		return -1, apiErrorf(err.(syscall.Errno), "%d is no file descriptor", fd)
	}
	return dup, nil
}

// inode identifies the socket behind a descriptor, however often that is duplicated.
func inode(fd int) (uint64, error) {
	var stat unix.Stat_t
	if err := unix.Fstat(fd, &stat); err != nil {
		return 0, err
	}
	return stat.Ino, nil
}
