package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// given up under --enforce: what reaches the network, the kernel or other processes past the walls.
var dropped = []uintptr{
	unix.CAP_NET_ADMIN, unix.CAP_NET_RAW, unix.CAP_NET_BROADCAST, unix.CAP_SYS_ADMIN, unix.CAP_SYS_PTRACE, unix.CAP_SYS_MODULE,
	unix.CAP_SYS_RAWIO, unix.CAP_SYS_BOOT, unix.CAP_BPF, unix.CAP_PERFMON, unix.CAP_DAC_READ_SEARCH, unix.CAP_SETPCAP,
	unix.CAP_MAC_ADMIN, unix.CAP_MAC_OVERRIDE, unix.CAP_CHECKPOINT_RESTORE,
}

// dropPrivileges takes them from the calling thread and from what it will start, for good. Ordinary users have none.
func dropPrivileges() error {
	_ = unix.Prctl(unix.PR_CAP_AMBIENT, unix.PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0)
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var held [2]unix.CapUserData
	if err := unix.Capget(&header, &held[0]); err != nil {
		return fmt.Errorf("capabilities: %w", err)
	}
	for _, capability := range dropped {
		_ = unix.Prctl(unix.PR_CAPBSET_DROP, capability, 0, 0, 0) // a second wall; EPERM without CAP_SETPCAP
		kept := ^(uint32(1) << (capability % 32))
		word := &held[capability/32]
		word.Effective &= kept
		word.Permitted &= kept
		word.Inheritable &= kept
	}
	if err := unix.Capset(&header, &held[0]); err != nil {
		return fmt.Errorf("capabilities: %w", err)
	}
	return nil
}
