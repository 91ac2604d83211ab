package main

import (
	"fmt"

	"golang.org/x/sys/unix"
)

// tiocLinux is TIOCLINUX, which pastes into a console's input.
const tiocLinux = 0x541c

// Protocols that are refused by name.
const (
	protocolMPTCP = 262
	protocolSCTP  = 132
)

// enforcement is --enforce: what the filter of enforcedProgram holds up is carried out here with a copy of all that the program
// could change meanwhile, or it is refused. Nothing that may send is passed on to the kernel (call.pass): between the look at it
// and the call, another thread can put something else in its place.
type enforcement struct {
	supervisor *supervisor
	allowUnix  []string
}

// confine puts the calling thread, and what it will start, behind the walls that need no supervisor.
func confine() error {
	if err := unix.Prctl(unix.PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0); err != nil {
		return fmt.Errorf("no_new_privs: %w", err)
	}
	if err := dropPrivileges(); err != nil {
		return err
	}
	return restrictByLandlock(landlockABI())
}

// answer takes the calls that are its own; false for the others.
func (e *enforcement) answer(call *heldCall) bool {
	if call.arch != auditArch() {
		e.refuse(call, unix.EPERM, "system calls of 32-bit programs", "this program cannot run here")
		return true
	}
	if call.arch == unix.AUDIT_ARCH_X86_64 && call.number&x32Bit != 0 {
		e.refuse(call, unix.EPERM, "system calls of the x32 ABI", "this program cannot run here")
		return true
	}
	switch call.number {
	case unix.SYS_SOCKET:
		e.socket(call)
	case unix.SYS_SOCKETPAIR:
		e.refuse(call, unix.EPERM, "a pair of sockets other than unix sockets", notAllowed)
	case unix.SYS_CONNECT:
		e.connect(call)
	case unix.SYS_SENDTO:
		e.sendto(call)
	case unix.SYS_SENDMSG:
		e.sendmsg(call)
	case unix.SYS_SENDMMSG:
		e.sendmmsg(call)
	case unix.SYS_IO_URING_SETUP, unix.SYS_IO_URING_ENTER, unix.SYS_IO_URING_REGISTER:
		e.refuse(call, unix.EPERM, "io_uring", "it makes connections that nobody is asked about; programs do without")
	case unix.SYS_REQUEST_KEY:
		e.refuse(call, unix.EPERM, "request_key", "the kernel would look up names by itself")
	case unix.SYS_IOCTL:
		e.refuse(call, unix.EPERM, "TIOCSTI and TIOCLINUX", "what they type, the terminal's shell would run")
	case unix.SYS_SETSOCKOPT: // it sends nothing, whatever it is by now
		e.supervisor.tcp.complaints.refused(call.by, "a program asks who sends on a unix socket (SO_PASSCRED)", &refusal{errno: unix.EACCES, reason: supervisorSends})
		call.pass()
	case unix.SYS_PTRACE, unix.SYS_PROCESS_VM_WRITEV, unix.SYS_PIDFD_GETFD:
		e.refuse(call, unix.EPERM, "ptrace and its like", "without Landlock nothing keeps it from processes outside")
	default:
		return false
	}
	return true
}

const supervisorSends = "under --enforce that is the supervisor. Should it hang now: Chromium does not with --no-zygote --no-sandbox"

const notAllowed = "--enforce allows TCP, UDP and unix sockets only"

func (e *enforcement) refuse(call *heldCall, errno unix.Errno, what, why string) {
	e.supervisor.tcp.complaints.refused(call.by, what, &refusal{errno: unix.EACCES, reason: why})
	call.fail(errno)
}

// taken duplicates the descriptor that a call names first. Unlike heldCall.socket it never leaves the call to the kernel.
func (e *enforcement) taken(call *heldCall) *socket {
	taken, err := takeSocket(call.pid, int32(call.args[0]))
	switch err {
	case nil:
	case unix.EBADF, unix.ENOTSOCK:
		call.fail(err.(unix.Errno))
		return nil
	default:
		e.refuse(call, unix.EACCES, "a process that hides from the supervisor (not dumpable)", err.Error())
		return nil
	}
	if !call.listener.isHeld(call.id) {
		taken.close()
		return nil
	}
	return taken
}
