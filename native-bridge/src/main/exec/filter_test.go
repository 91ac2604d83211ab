package main

import (
	"encoding/binary"
	"testing"

	"golang.org/x/sys/unix"
)

// run interprets the filter as the kernel does.
func run(t *testing.T, number uint32, arch uint32, arguments ...uint64) uint32 {
	t.Helper()
	data := make([]byte, 64)
	binary.LittleEndian.PutUint32(data, number)
	binary.LittleEndian.PutUint32(data[4:], arch)
	for i, argument := range arguments {
		binary.LittleEndian.PutUint64(data[16+8*i:], argument)
	}
	program := filterProgram()
	var accumulator uint32
	for at := 0; at < len(program); at++ {
		switch step := program[at]; step.Code {
		case unix.BPF_LD | unix.BPF_W | unix.BPF_ABS:
			accumulator = binary.LittleEndian.Uint32(data[step.K:])
		case unix.BPF_JMP | unix.BPF_JEQ | unix.BPF_K:
			if accumulator == step.K {
				at += int(step.Jt)
			} else {
				at += int(step.Jf)
			}
		case unix.BPF_RET | unix.BPF_K:
			return step.K
		default:
			t.Fatalf("step %d has the code %#x", at, step.Code)
		}
	}
	t.Fatal("the filter has no end")
	return 0
}

func TestFilterHoldsUpWhatIsWatchedAlone(t *testing.T) {
	const held, free = unix.SECCOMP_RET_USER_NOTIF, unix.SECCOMP_RET_ALLOW
	arch := auditArch()
	for _, one := range []struct {
		name      string
		number    uint32
		arch      uint32
		arguments []uint64
		want      uint32
	}{
		{"connect", unix.SYS_CONNECT, arch, nil, held},
		{"connect of another architecture", unix.SYS_CONNECT, unix.AUDIT_ARCH_I386, nil, free},
		{"read", unix.SYS_READ, arch, []uint64{3, 1, 1}, free},
		{"send", unix.SYS_SENDTO, arch, []uint64{3, 1, 1, 0, 0, 0}, free},
		{"sendto", unix.SYS_SENDTO, arch, []uint64{3, 1, 1, 0, 0x7fff0000, 16}, held},
		{"sendto with an address of which the lower half is 0", unix.SYS_SENDTO, arch, []uint64{3, 1, 1, 0, 1 << 32, 16}, held},
		{"recv", unix.SYS_RECVFROM, arch, []uint64{3, 1, 1, 0, 0, 0}, free},
		{"recvfrom", unix.SYS_RECVFROM, arch, []uint64{3, 1, 1, 0, 8, 8}, held},
		{"SO_ERROR", unix.SYS_GETSOCKOPT, arch, []uint64{3, unix.SOL_SOCKET, unix.SO_ERROR}, held},
		{"SO_TYPE", unix.SYS_GETSOCKOPT, arch, []uint64{3, unix.SOL_SOCKET, unix.SO_TYPE}, free},
		{"an option of TCP with that number", unix.SYS_GETSOCKOPT, arch, []uint64{3, unix.IPPROTO_TCP, unix.SO_ERROR}, free},
		{"getpeername", unix.SYS_GETPEERNAME, arch, nil, held},
		{"recvmmsg", unix.SYS_RECVMMSG, arch, nil, held},
	} {
		if got := run(t, one.number, one.arch, one.arguments...); got != one.want {
			t.Errorf("%s: %#x, want %#x", one.name, got, one.want)
		}
	}
}
