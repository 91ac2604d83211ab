package main

import (
	"errors"
	"net/netip"

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
	thenSend []byte // what a connection is to begin with (MSG_FASTOPEN)
}

func (c *heldCall) pass()                 { c.listener.pass(c.id) }
func (c *heldCall) succeed(value int64)   { c.listener.succeed(c.id, value) }
func (c *heldCall) fail(errno unix.Errno) { c.listener.fail(c.id, errno) }

// finish answers with what a call has returned.
func (c *heldCall) finish(n int, err error) {
	if err != nil {
		c.fail(errnoOf(err))
		return
	}
	c.succeed(int64(n))
}

// udpSocket is socket for one of UDP; other sockets are the kernel's.
func (c *heldCall) udpSocket() *socket {
	taken := c.socket()
	if taken != nil && !taken.isUDP() {
		taken.close()
		c.pass()
		return nil
	}
	return taken
}

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
	listener  listener
	tcp       *tcp
	datagrams *datagrams

	enforcement *enforcement // nil without --enforce
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
		default: // POLLHUP
			return true, nil
		}
	}
}

// answer must not wait for anything: others are held up meanwhile.
func (s *supervisor) answer(call *heldCall) {
	if s.enforcement != nil && s.enforcement.answer(call) {
		return
	}
	switch call.number {
	case unix.SYS_CONNECT:
		s.connect(call)
	case unix.SYS_SENDTO:
		s.sendto(call)
	case unix.SYS_SENDMSG:
		s.sendmsg(call)
	case unix.SYS_SENDMMSG:
		s.sendmmsg(call)
	case unix.SYS_RECVFROM:
		s.recvfrom(call)
	case unix.SYS_RECVMSG:
		s.recvmsg(call)
	case unix.SYS_RECVMMSG:
		s.recvmmsg(call)
	case unix.SYS_GETPEERNAME:
		s.getpeername(call)
	case unix.SYS_GETSOCKOPT:
		s.socketError(call)
	default:
		call.pass()
	}
}

func (s *supervisor) connect(call *heldCall) {
	target, ok := call.address(call.args[1], call.args[2])
	if !ok || !s.mayBeAgents(target) {
		call.pass()
		return
	}
	taken := call.socket()
	switch {
	case taken == nil:
	case taken.isTCP():
		s.tcp.connect(call, taken, target)
	case !taken.isUDP():
		taken.close()
		call.pass()
	case s.datagrams.mustAsk(target):
		taken.close()
		s.askFirst(call, target)
	default:
		s.datagrams.connect(call, taken, target)
	}
}

// askFirst answers once it is known whose a target of datagrams is.
func (s *supervisor) askFirst(call *heldCall, target netip.AddrPort) {
	go func() {
		s.datagrams.routes.ask(target.Addr())
		s.answer(call)
	}()
}
