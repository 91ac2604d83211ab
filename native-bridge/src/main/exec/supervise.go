package main

import (
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// program is who made a system call.
type program struct {
	tid uint32
}

// heldCall is a notification that waits for its answer.
type heldCall struct {
	*notification
	listener listener
	by       program
}

func (c *heldCall) pass()                 { c.listener.pass(c.id) }
func (c *heldCall) succeed(value int64)   { c.listener.succeed(c.id, value) }
func (c *heldCall) fail(errno unix.Errno) { c.listener.fail(c.id, errno) }

// socket duplicates the descriptor that the call names first; nil when there is none and the call has its answer.
func (c *heldCall) socket() *socket {
	taken, err := takeSocket(c.pid, int32(c.args[0]))
	if err != nil {
		c.pass() // EBADF, ENOTSOCK: the kernel says so itself
		return nil
	}
	if !c.listener.isHeld(c.id) {
		taken.close()
		return nil
	}
	return taken
}

// supervisor answers the system calls that the filter holds up.
type supervisor struct {
	listener listener
	tcp      *tcp
}

// run answers until nobody is left who could ask.
func (s *supervisor) run() error {
	for {
		call := &heldCall{notification: new(notification), listener: s.listener}
		if ended, err := s.awaitCall(); ended || err != nil {
			return err
		}
		if err := s.listener.receive(call.notification); err != nil {
			if errors.Is(err, unix.ENOENT) {
				continue
			}
			return err
		}
		call.by = program{tid: call.pid}
		s.answer(call)
	}
}

// awaitCall waits for the next call; true when every process with the filter has ended.
func (s *supervisor) awaitCall() (bool, error) {
	for {
		ready := []unix.PollFd{{Fd: int32(s.listener), Events: unix.POLLIN}}
		_, err := unix.Poll(ready, -1)
		switch {
		case errors.Is(err, unix.EINTR):
		case err != nil:
			return false, err
		case ready[0].Revents&unix.POLLIN != 0:
			return false, nil
		case ready[0].Revents&unix.POLLHUP != 0:
			return true, nil
		default:
			time.Sleep(time.Millisecond)
		}
	}
}

// answer must not wait for anything: others are held up meanwhile.
func (s *supervisor) answer(call *heldCall) {
	switch call.number {
	case unix.SYS_CONNECT:
		s.connect(call)
	case unix.SYS_GETPEERNAME:
		s.getpeername(call)
	case unix.SYS_GETSOCKOPT:
		s.socketError(call)
	default:
		call.pass()
	}
}

func (s *supervisor) connect(call *heldCall) {
	address, ok := call.address(call.args[1], call.args[2])
	if !ok || isOwnBusiness(address.Addr()) {
		call.pass()
		return
	}
	taken := call.socket()
	if taken == nil {
		return
	}
	if !taken.isTCP() {
		taken.close()
		call.pass()
		return
	}
	s.tcp.connect(call, taken, address)
}
