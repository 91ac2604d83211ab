package main

import (
	"runtime"
	"slices"

	"golang.org/x/sys/unix"
)

// x32Bit marks the numbers of the x32 ABI, which the kernel takes for the architecture x86-64.
const x32Bit = 0x40000000

// What a program under --enforce may still do in a foreign architecture: end.
var foreignEnds = map[string][]uint32{"amd64": {1, 252}, "arm64": {1, 248}}

// enforcedCalls are held up under --enforce, whatever else is: the supervisor carries them out itself, or refuses them.
func enforcedCalls(hasLandlock bool) []watchedCall {
	calls := []watchedCall{
		{number: unix.SYS_CONNECT},
		{number: unix.SYS_SENDMSG},
		{number: unix.SYS_SENDMMSG},
		{number: unix.SYS_IO_URING_SETUP},
		{number: unix.SYS_IO_URING_ENTER},
		{number: unix.SYS_IO_URING_REGISTER},
		{number: unix.SYS_REQUEST_KEY},
		{number: unix.SYS_SETSOCKOPT, only: []condition{{argument: 1, value: unix.SOL_SOCKET}, {argument: 2, value: unix.SO_PASSCRED}}},
		{number: unix.SYS_IOCTL, only: []condition{{argument: 1, value: unix.TIOCSTI}}},
		{number: unix.SYS_IOCTL, only: []condition{{argument: 1, value: tiocLinux}}},
	}
	if !hasLandlock {
		calls = append(calls,
			watchedCall{number: unix.SYS_PTRACE},
			watchedCall{number: unix.SYS_PROCESS_VM_WRITEV},
			watchedCall{number: unix.SYS_PIDFD_GETFD})
	}
	return calls
}

// enforcedProgram is the filter of --enforce. What it lets pass opens no way out, in whichever order threads make calls.
func enforcedProgram(hasLandlock bool) []unix.SockFilter {
	var program []unix.SockFilter
	foreign := foreignEnds[runtime.GOARCH]
	program = append(program, load(offsetArch), jumpEqual(auditArch(), uint8(2+2*len(foreign)), 0), load(offsetNumber))
	for _, number := range foreign {
		program = append(program, jumpEqual(number, 0, 1), answer(unix.SECCOMP_RET_ALLOW))
	}
	program = append(program, answer(unix.SECCOMP_RET_USER_NOTIF), load(offsetNumber))
	if runtime.GOARCH == "amd64" {
		program = append(program,
			unix.SockFilter{Code: unix.BPF_JMP | unix.BPF_JSET | unix.BPF_K, K: x32Bit, Jt: 0, Jf: 1},
			answer(unix.SECCOMP_RET_USER_NOTIF))
	}
	program = append(program, socketBlock(unix.SYS_SOCKET)...)
	program = append(program, socketBlock(unix.SYS_SOCKETPAIR)...)
	enforced := enforcedCalls(hasLandlock)
	for _, call := range enforced {
		program = append(program, call.block()...)
	}
	for _, call := range watched {
		isEnforced := slices.ContainsFunc(enforced, func(other watchedCall) bool { return other.number == call.number && len(other.only) == 0 })
		if !isEnforced {
			program = append(program, call.block()...)
		}
	}
	return append(program, answer(unix.SECCOMP_RET_ALLOW))
}

// socketBlock lets unix sockets pass, and what getifaddrs(3) asks the kernel by.
func socketBlock(number uint32) []unix.SockFilter {
	return []unix.SockFilter{
		jumpEqual(number, 0, 8),
		load(offsetArguments),
		jumpEqual(unix.AF_UNIX, 3, 0),
		jumpEqual(unix.AF_NETLINK, 0, 3),
		load(offsetArguments + 8*2),
		jumpEqual(unix.NETLINK_ROUTE, 0, 1),
		answer(unix.SECCOMP_RET_ALLOW),
		answer(unix.SECCOMP_RET_USER_NOTIF),
		load(offsetNumber),
	}
}
