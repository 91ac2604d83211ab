package main

import (
	"errors"
	"fmt"
	"os"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const (
	yamaScope = "/proc/sys/kernel/yama/ptrace_scope"

	// At this and more nobody may look into a process without CAP_SYS_PTRACE, not even its ancestors.
	yamaAdmins = 2

	instead = "Use 'tailnet-agent env', 'nc' or --forward instead"
)

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
	return fmt.Errorf("the kernel (Yama) forbids it (%s is %d): set it to 1. %s", yamaScope, scope, instead)
}

func hasPtraceCapability() bool {
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var data [2]unix.CapUserData
	return unix.Capget(&header, &data[0]) == nil && data[0].Effective&(1<<unix.CAP_SYS_PTRACE) != 0
}

// filterFailure says which feature is missing where seccomp(2) refuses the filter.
func filterFailure(errno unix.Errno) error {
	switch {
	case errors.Is(errno, unix.EINVAL), errors.Is(errno, unix.ENOSYS):
		return fmt.Errorf("this kernel has no seccomp user notification (Linux 5.6 has; gVisor has not): %w. %s", errno, instead)
	case errors.Is(errno, unix.EBUSY):
		return fmt.Errorf("a supervisor of a container runtime or of another exec is asked about this process already: %w. %s", errno, instead)
	default:
		return fmt.Errorf("seccomp is not allowed here: %w. %s", errno, instead)
	}
}
