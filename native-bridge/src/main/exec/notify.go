package main

import (
	"unsafe"

	"golang.org/x/sys/unix"
)

// notification is struct seccomp_notif: a system call that is held up.
type notification struct {
	id     uint64
	pid    uint32 // of the thread
	flags  uint32
	number int32
	arch   uint32
	ip     uint64
	args   [6]uint64
}

// response is struct seccomp_notif_resp.
type response struct {
	id    uint64
	value int64
	errno int32 // negative
	flags uint32
}

const (
	ioctlReceive = 3<<30 | unsafe.Sizeof(notification{})<<16 | '!'<<8
	ioctlSend    = 3<<30 | unsafe.Sizeof(response{})<<16 | '!'<<8 | 1
	ioctlIsValid = 1<<30 | unsafe.Sizeof(uint64(0))<<16 | '!'<<8 | 2
)

// listener is the descriptor of seccomp_unotify(2).
type listener int

// receive waits for a notification; ENOENT tells that its thread ended meanwhile.
func (l listener) receive(held *notification) error {
	*held = notification{} // the kernel insists
	return l.ioctl(ioctlReceive, unsafe.Pointer(held))
}

// isHeld tells whether the thread still waits: only then what was read by its number is really its.
func (l listener) isHeld(id uint64) bool {
	return l.ioctl(ioctlIsValid, unsafe.Pointer(&id)) == nil
}

// pass lets the kernel carry out the call.
func (l listener) pass(id uint64) {
	l.send(response{id: id, flags: unix.SECCOMP_USER_NOTIF_FLAG_CONTINUE})
}

func (l listener) succeed(id uint64, value int64) {
	l.send(response{id: id, value: value})
}

func (l listener) fail(id uint64, errno unix.Errno) {
	l.send(response{id: id, errno: -int32(errno)})
}

// send ignores failures: a thread that no longer waits, because it was killed or got a signal, wants no answer.
func (l listener) send(answer response) {
	_ = l.ioctl(ioctlSend, unsafe.Pointer(&answer))
}

func (l listener) ioctl(request uintptr, argument unsafe.Pointer) error {
	_, err := l.control(request, argument)
	return err
}

// control is ioctl with its value.
func (l listener) control(request uintptr, argument unsafe.Pointer) (int, error) {
	for {
		value, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(l), request, uintptr(argument))
		switch errno {
		case 0:
			return int(value), nil
		case unix.EINTR:
		default:
			return 0, errno
		}
	}
}
