package main

import (
	"fmt"
	"os"
	"runtime"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

// features are what of the kernel exec and --enforce stand on.
type features struct {
	UserNotification bool
	PidfdGetfd       bool
	AddDescriptor    bool
	PtraceScope      string
	Landlock         int
	IOUring          bool
	Root             bool
	Problem          string // why exec cannot work; empty when it can
}

// lookAround tries each by its harmless form.
func lookAround() features {
	found := features{
		UserNotification: hasUserNotification(),
		PidfdGetfd:       hasPidfdGetfd(),
		AddDescriptor:    hasAddDescriptor(),
		PtraceScope:      "none",
		Landlock:         landlockABI(),
		IOUring:          hasIOUring(),
		Root:             os.Geteuid() == 0,
	}
	if scope, err := os.ReadFile("/proc/sys/kernel/yama/ptrace_scope"); err == nil {
		found.PtraceScope = strings.TrimSpace(string(scope))
	}
	switch {
	case runtime.GOARCH != "amd64" && runtime.GOARCH != "arm64":
		found.Problem = "exec knows x86-64 and arm64 only"
	case !found.UserNotification:
		found.Problem = "the kernel, or the sandbox around this process, has no seccomp user notification (Linux 5.6; gVisor has none)"
	case !found.PidfdGetfd:
		found.Problem = "pidfd_getfd is not allowed here, or missing (Linux 5.6)"
	case found.PtraceScope == "3" || found.PtraceScope == "2" && !found.Root:
		found.Problem = "kernel.yama.ptrace_scope=" + found.PtraceScope + " lets no process take a socket of another's; 1 or 0 would"
	}
	return found
}

func hasUserNotification() bool {
	action := uint32(unix.SECCOMP_RET_USER_NOTIF)
	_, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_GET_ACTION_AVAIL, 0, uintptr(unsafe.Pointer(&action)))
	return errno == 0
}

// hasPidfdGetfd duplicates standard error of this very process.
func hasPidfdGetfd() bool {
	pidfd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return false
	}
	defer func() { _ = unix.Close(pidfd) }()
	fd, err := unix.PidfdGetfd(pidfd, 2, 0)
	if err == nil {
		_ = unix.Close(fd)
	}
	return err == nil || err == unix.EBADF
}

// hasAddDescriptor asks by the version: a call needs a listener.
func hasAddDescriptor() bool {
	var name unix.Utsname
	var major, minor int
	if unix.Uname(&name) != nil {
		return false
	}
	if _, err := fmt.Sscanf(unix.ByteSliceToString(name.Release[:]), "%d.%d", &major, &minor); err != nil {
		return false
	}
	return major > 5 || major == 5 && minor >= 14
}

func hasIOUring() bool {
	fd, _, errno := unix.Syscall(unix.SYS_IO_URING_SETUP, 0, 0, 0)
	if errno == 0 {
		_ = unix.Close(int(fd))
	}
	return errno != unix.ENOSYS && errno != unix.EPERM
}

// explain says what holds here.
func explain(found features) string {
	var text strings.Builder
	line := func(holds bool, subject, yes, no string) {
		mark, words := "holds    ", yes
		if !holds {
			mark, words = "does not ", no
		}
		fmt.Fprintf(&text, "%s  %-14s  %s\n", mark, subject, words)
	}
	if found.Problem != "" {
		fmt.Fprintf(&text, "exec cannot work here: %s.\nPrograms reach the agent by 'tailnet-agent env' and by forwards; see docs/enforcement.md for other walls.\n", found.Problem)
		return text.String()
	}
	line(true, "TCP", "each connection is made by the supervisor, with its own copy of the address; sockets are bound to the loopback device", "")
	line(found.AddDescriptor, "sockets", "TCP, UDP and unix sockets only, and NETLINK_ROUTE; raw, packet, SCTP, MPTCP, vsock and all others are refused",
		"sockets cannot be bound to the loopback device (needs Linux 5.14): --enforce refuses to start")
	line(true, "UDP", "to loopback, and what the agent carries; messages are sent by the supervisor, with its own copy", "")
	line(true, "io_uring", "refused, as are 32-bit and x32 system calls, TIOCSTI, TIOCLINUX and request_key", "")
	line(true, "privileges", "no_new_privs; capabilities over network, kernel and other processes are given up", "")
	line(true, "inherited", "sockets, io_urings and pidfds that the caller left open are closed, network sockets as standard input or output refused", "")
	line(true, "unix sockets", "only servers started under it, or named by --allow-unix; datagrams to others do go (syslog)", "")
	line(found.Landlock > 0, "processes", "Landlock keeps ptrace, /proc/PID/mem and pidfd_getfd inside",
		"without Landlock /proc/PID/mem of the user's other processes stays open, if Yama does not close it; ptrace and its like are refused")
	line(found.Landlock >= landlockTCP, "second wall", "Landlock refuses TCP connections to the program itself (ABI 4)", "Landlock's TCP rules need ABI 4 (Linux 6.7)")
	line(found.Landlock >= landlockScopes, "signals", "Landlock keeps signals inside (ABI 6)",
		"a program may signal the user's other processes (Landlock ABI 6, Linux 6.12, would stop it); without the supervisor nothing leaves")
	line(false, "loopback", "", "services of this host on loopback are reached: an sshd or another proxy there is a way out")
	line(false, "files", "", "what it writes, others may run later (cron, shell profiles, units)")
	line(!found.Root, "user", "an ordinary user's process", "it runs as root, who owns files by which others act for it: run it as an ordinary user")
	return text.String()
}
