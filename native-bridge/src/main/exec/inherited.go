package main

import (
	"fmt"
	"os"
	"strings"

	"golang.org/x/sys/unix"
)

// refuseInherited keeps sockets and rings that were made elsewhere from the program: of standard input, output and error it is
// told what cannot be accepted, other descriptors are closed. Unix sockets among the three pass, as a service manager's log is one.
func refuseInherited(inherited []int) error {
	for fd := 0; fd <= 2; fd++ {
		if kind := wayOut(fd); kind != "" && kind != unixSocket {
			return fmt.Errorf("descriptor %d is %s, through which the program could send: give it a pipe or a file", fd, kind)
		}
	}
	for _, fd := range inherited {
		if kind := wayOut(fd); kind != "" {
			complain("descriptor %d is %s: closed by --enforce", fd, kind)
			unix.CloseOnExec(fd)
		}
	}
	return nil
}

const unixSocket = "a unix socket"

// wayOut says what a descriptor is that can lead out; "" for the rest.
func wayOut(fd int) string {
	if domain, err := unix.GetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_DOMAIN); err == nil {
		if domain == unix.AF_UNIX {
			return unixSocket
		}
		return "a network socket"
	}
	link, _ := os.Readlink(fmt.Sprintf("/proc/self/fd/%d", fd))
	switch {
	case strings.HasPrefix(link, "anon_inode:[io_uring]"):
		return "an io_uring"
	case strings.HasPrefix(link, "anon_inode:[pidfd]") || strings.HasPrefix(link, "pidfd:"):
		return "another process's pidfd"
	case link == "/dev/net/tun" || strings.HasPrefix(link, "/dev/vhost"):
		return link
	}
	return ""
}
