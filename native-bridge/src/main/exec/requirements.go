package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	yamaScope = "/proc/sys/kernel/yama/ptrace_scope"

	// At this and more nobody may look into a process without CAP_SYS_PTRACE, not even its ancestors.
	yamaAdmins = 2

	instead = "Use 'tailnet-agent env', 'nc' or --forward instead"

	allowCalls = "Where a service manager or container runtime filters system calls, have it allow seccomp, pidfd_getfd, process_vm_readv and " +
		"process_vm_writev, and the three of Landlock for --enforce (systemd: SystemCallFilter=@system-service seccomp pidfd_getfd " +
		"landlock_create_ruleset landlock_add_rule landlock_restrict_self). " + instead
)

// unavailable says why exec cannot work here, and what helps.
type unavailable struct {
	reason, fix string
}

func (u *unavailable) Error() string {
	return u.reason + ". " + u.fix
}

// checkYama tells whether the supervisor may read what its descendants ask for.
func checkYama() error {
	raw, err := os.ReadFile(yamaScope)
	if err != nil {
		return nil // a kernel without Yama
	}
	scope, err := strconv.Atoi(strings.TrimSpace(string(raw)))
	if err != nil || scope < yamaAdmins || hasPtraceCapability() {
		return nil
	}
	return &unavailable{fmt.Sprintf("the kernel (Yama) forbids it (%s is %d)", yamaScope, scope), "Set it to 1. " + instead}
}

func hasPtraceCapability() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	return unix.Capget(&header, &data[0]) == nil && data[0].Effective&(1<<unix.CAP_SYS_PTRACE) != 0
}

// checkCalls tries on this process what the supervisor does to programs: where a filter refuses that, programs would pass by the
// agent unnoticed. A filter that kills is told by runFront.
func checkCalls() error {
	pidfd, err := unix.PidfdOpen(os.Getpid(), 0)
	if err != nil {
		return &unavailable{"pidfd_open is missing (Linux 5.3), or not allowed here: " + err.Error(), allowCalls}
	}
	defer func() { _ = unix.Close(pidfd) }()
	fd, err := unix.PidfdGetfd(pidfd, pidfd, 0)
	if err != nil {
		return &unavailable{"pidfd_getfd is missing (Linux 5.6), or not allowed here: " + err.Error(), allowCalls}
	}
	_ = unix.Close(fd)
	from, into := []byte{1}, []byte{0}
	at := uint64(uintptr(unsafe.Pointer(&from[0])))
	if err := readMemory(uint32(os.Getpid()), at, into); err != nil {
		return &unavailable{"process_vm_readv is not allowed here: " + err.Error(), allowCalls}
	}
	if err := writeMemory(uint32(os.Getpid()), at, into); err != nil {
		return &unavailable{"process_vm_writev is not allowed here: " + err.Error(), allowCalls}
	}
	return nil
}

// filterFailure says which feature is missing where seccomp(2) refuses the filter.
func filterFailure(errno unix.Errno) error {
	switch {
	case errors.Is(errno, unix.EINVAL), errors.Is(errno, unix.ENOSYS):
		return &unavailable{fmt.Sprintf("this kernel has no seccomp user notification (Linux 5.6 has; gVisor has not): %v", errno), instead}
	case errors.Is(errno, unix.EBUSY):
		return &unavailable{fmt.Sprintf("a supervisor of a container runtime or of another exec is asked about this process already: %v", errno), instead}
	default:
		return &unavailable{fmt.Sprintf("seccomp is not allowed here: %v", errno), allowCalls}
	}
}

// noUnixSockets is why the agent cannot be asked.
var noUnixSockets = &unavailable{"no unix socket can be made here, and the agent is asked over one", "Under systemd, RestrictAddressFamilies= has to name AF_UNIX and AF_INET"}

// killedByFilter is why a supervisor ends by SIGSYS.
var killedByFilter = &unavailable{"a seccomp filter of this service or container kills who makes a call that exec needs (SIGSYS)", allowCalls}

// loopbackFailure is why there are no connections by way of the loopback interface.
func loopbackFailure(err error) error {
	return &unavailable{fmt.Sprintf("connections go by way of the loopback interface, which cannot be used here: %v", err),
		"'ip link set lo up' as root brings it up. Under systemd, RestrictAddressFamilies= has to name AF_UNIX and AF_INET, and IPAddressDeny= no localhost"}
}
