package main

import (
	"fmt"
	"runtime"
	"slices"
	"unsafe"

	"golang.org/x/sys/unix"
)

// Offsets in struct seccomp_data (linux/seccomp.h).
const (
	offsetNumber    = 0
	offsetArch      = 4
	offsetArguments = 16
)

// watchedCall is a system call that the supervisor is asked about.
type watchedCall struct {
	number uint32
	only   []condition // all of them
}

// condition is one on half of an argument: that it is the value, or, with not, that it is another.
type condition struct {
	argument int
	upper    bool
	value    uint32
	not      bool
}

var watched = slices.Concat(
	[]watchedCall{
		{number: unix.SYS_CONNECT},
		{number: unix.SYS_GETPEERNAME},
		{number: unix.SYS_GETSOCKOPT, only: []condition{{argument: 1, value: unix.SOL_SOCKET}, {argument: 2, value: unix.SO_ERROR}}},
		{number: unix.SYS_SENDMSG},
		{number: unix.SYS_SENDMMSG},
		{number: unix.SYS_RECVMSG},
		{number: unix.SYS_RECVMMSG},
	},
	withPointer(unix.SYS_SENDTO, 4),
	withPointer(unix.SYS_RECVFROM, 4),
)

// withPointer watches a call when one of its pointers is not null; both halves count.
func withPointer(number uint32, argument int) []watchedCall {
	return []watchedCall{
		{number: number, only: []condition{{argument: argument, not: true}}},
		{number: number, only: []condition{{argument: argument, upper: true, not: true}}},
	}
}

func auditArch() uint32 {
	if runtime.GOARCH == "arm64" {
		return unix.AUDIT_ARCH_AARCH64
	}
	return unix.AUDIT_ARCH_X86_64
}

// filterProgram lets everything pass but what is watched. A foreign architecture's calls have other numbers; they pass.
func filterProgram() []unix.SockFilter {
	program := []unix.SockFilter{
		load(offsetArch),
		jumpEqual(auditArch(), 1, 0),
		answer(unix.SECCOMP_RET_ALLOW),
		load(offsetNumber),
	}
	for _, call := range watched {
		program = append(program, call.block()...)
	}
	return append(program, answer(unix.SECCOMP_RET_ALLOW))
}

// block ends with the call held up, or falls through with the number of the call still loaded.
func (c watchedCall) block() []unix.SockFilter {
	rest := 2*len(c.only) + 1
	block := []unix.SockFilter{jumpEqual(c.number, 0, uint8(rest))}
	if len(c.only) > 0 {
		block[0].Jf++ // past the load that brings the number back
	}
	for _, one := range c.only {
		rest -= 2
		onValue, onOther := uint8(0), uint8(rest)
		if one.not {
			onValue, onOther = onOther, onValue
		}
		block = append(block, load(one.offset()), jumpEqual(one.value, onValue, onOther))
	}
	block = append(block, answer(unix.SECCOMP_RET_USER_NOTIF))
	if len(c.only) > 0 {
		block = append(block, load(offsetNumber))
	}
	return block
}

func (c condition) offset() uint32 {
	offset := offsetArguments + 8*uint32(c.argument)
	if c.upper {
		offset += 4 // both architectures are little-endian
	}
	return offset
}

func load(offset uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_LD | unix.BPF_W | unix.BPF_ABS, K: offset}
}

func jumpEqual(value uint32, onTrue, onFalse uint8) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K, K: value, Jt: onTrue, Jf: onFalse}
}

func answer(action uint32) unix.SockFilter {
	return unix.SockFilter{Code: unix.BPF_RET | unix.BPF_K, K: action}
}

// installFilter puts the filter on the calling thread, and on what it will start, and returns the descriptor that the
// supervisor is asked on.
func installFilter(program []unix.SockFilter) (int, error) {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return -1, fmt.Errorf("no_new_privs: %w", err)
	}
	list := unix.SockFprog{Len: uint16(len(program)), Filter: &program[0]}
	fd, _, errno := unix.Syscall(unix.SYS_SECCOMP, unix.SECCOMP_SET_MODE_FILTER, unix.SECCOMP_FILTER_FLAG_NEW_LISTENER,
		uintptr(unsafe.Pointer(&list)))
	runtime.KeepAlive(program)
	if errno != 0 {
		return -1, filterFailure(errno)
	}
	return int(fd), nil
}
