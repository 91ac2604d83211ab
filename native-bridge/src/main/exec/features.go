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
