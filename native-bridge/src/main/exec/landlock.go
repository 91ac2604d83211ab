package main

import (
	"fmt"
	"unsafe"

	"golang.org/x/sys/unix"
)

// ABI versions of Landlock (landlock(7)) that bring what is used here.
const (
	landlockTCP    = 4 // connect and bind by port
	landlockScopes = 6 // signals, abstract unix sockets
)

// landlockABI is the kernel's version; 0 without Landlock.
func landlockABI() int {
	version, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, 0, 0, unix.LANDLOCK_CREATE_RULESET_VERSION)
	if errno != 0 {
		return 0
	}
	return int(version)
}

// restrictByLandlock lets the calling thread, and what it will start, make no TCP connection of its own and meddle with no
// process outside: the supervisor, which is outside, makes the connections. It needs no_new_privs.
func restrictByLandlock(abi int) error {
	if abi == 0 {
		return nil
	}
	// Something has to be handled for there to be a domain, which alone keeps ptrace(2) inside.
	rules := unix.LandlockRulesetAttr{Access_fs: unix.LANDLOCK_ACCESS_FS_MAKE_BLOCK}
	size := unsafe.Sizeof(rules.Access_fs)
	if abi >= landlockTCP {
		rules.Access_fs, rules.Access_net = 0, unix.LANDLOCK_ACCESS_NET_CONNECT_TCP
		size += unsafe.Sizeof(rules.Access_net)
	}
	if abi >= landlockScopes {
		rules.Scoped = unix.LANDLOCK_SCOPE_SIGNAL | unix.LANDLOCK_SCOPE_ABSTRACT_UNIX_SOCKET
		size += unsafe.Sizeof(rules.Scoped)
	}
	set, _, errno := unix.Syscall(unix.SYS_LANDLOCK_CREATE_RULESET, uintptr(unsafe.Pointer(&rules)), size, 0)
	if errno != 0 {
		return fmt.Errorf("landlock rules: %w", errno)
	}
	_, _, errno = unix.Syscall(unix.SYS_LANDLOCK_RESTRICT_SELF, set, 0, 0)
	_ = unix.Close(int(set))
	if errno != 0 {
		return fmt.Errorf("landlock: %w", errno)
	}
	return nil
}
