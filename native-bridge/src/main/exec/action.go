package main

import (
	"os"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// action is the kernel's struct sigaction of 64-bit machines; a zero one is the default.
type action [4]uint64

// ignored is SIG_IGN.
const ignored = 1

// setAction is rt_sigaction(2), past Go's runtime, which keeps handlers of its own.
func setAction(number syscall.Signal, next *action) (before action) {
	_, _, _ = unix.Syscall6(unix.SYS_RT_SIGACTION, uintptr(number), uintptr(unsafe.Pointer(next)), uintptr(unsafe.Pointer(&before)), 8, 0, 0)
	return before
}

// stopAs stops this process as the program was, for a shell to see, and returns when it is continued.
func stopAs(number syscall.Signal) {
	before := setAction(number, &action{})
	_ = unix.Kill(os.Getpid(), number)
	if number != unix.SIGSTOP {
		setAction(number, &before)
	}
}

// dieOf ends this process by a signal, without a core file of its own.
func dieOf(number syscall.Signal) {
	_ = unix.Setrlimit(unix.RLIMIT_CORE, &unix.Rlimit{})
	setAction(number, &action{})
	_ = unix.Kill(os.Getpid(), number)
	os.Exit(128 + int(number))
}
