package main

import (
	"encoding/binary"
	"errors"
	"time"

	"golang.org/x/sys/unix"
)

// receiveCall is one of recvfrom, recvmsg and recvmmsg, on a socket that may get something from a desk.
type receiveCall struct {
	*heldCall
	socket    *socket
	flags     int
	datagrams *datagrams
	// take receives what is there; EAGAIN when nothing is.
	take func() (int, error)
}

func (s *supervisor) recvfrom(call *heldCall) {
	s.receive(call, int(call.args[3]), func(r *receiveCall) (int, error) {
		got, err := receiveRaw(r.socket.fd, int(min(call.args[2], mostDatagram)), 0, r.flags|unix.MSG_DONTWAIT)
		if err != nil {
			return 0, err
		}
		if err := writeMemory(call.pid, call.args[1], got.data); err != nil {
			return 0, err
		}
		return got.size, call.giveBytes(r.datagrams.trueSource(r.socket, got.from), call.args[4], call.args[5])
	})
}

func (s *supervisor) recvmsg(call *heldCall) {
	message, err := readHeader(call.pid, call.args[1])
	if err != nil || message.name == 0 {
		call.pass()
		return
	}
	s.receive(call, int(call.args[2]), func(r *receiveCall) (int, error) {
		return r.takeMessage(message)
	})
}

func (s *supervisor) recvmmsg(call *heldCall) {
	messages := s.batch(call)
	if len(messages) == 0 || messages[0].name == 0 {
		call.pass()
		return
	}
	s.receive(call, int(call.args[3]), func(r *receiveCall) (int, error) {
		count := 0
		for _, message := range messages {
			n, err := r.takeMessage(message)
			if err == nil {
				err = writeMemory(call.pid, message.address+offsetBatched, binary.NativeEndian.AppendUint32(nil, uint32(n)))
			}
			if err != nil {
				if count == 0 {
					return 0, err
				}
				break
			}
			count++
		}
		return count, nil
	})
}

func (r *receiveCall) takeMessage(message header) (int, error) {
	spans, room, err := message.spans(r.pid)
	if err != nil {
		return 0, err
	}
	got, err := receiveRaw(r.socket.fd, min(room, mostDatagram), int(min(message.controlLength, mostDatagram)), r.flags|unix.MSG_DONTWAIT)
	if err != nil {
		return 0, err
	}
	source := r.datagrams.trueSource(r.socket, got.from)
	var write [4]error
	write[0] = scatter(r.pid, got.data, spans)
	write[1] = writeMemory(r.pid, message.control, got.control)
	if message.name != 0 {
		write[2] = writeMemory(r.pid, message.name, source[:min(len(source), int(message.nameLength))])
		_ = writeMemory(r.pid, message.address+offsetNameLength, binary.NativeEndian.AppendUint32(nil, uint32(len(source))))
	}
	tail := binary.NativeEndian.AppendUint64(nil, uint64(len(got.control)))
	tail = binary.NativeEndian.AppendUint32(tail, uint32(got.flags))
	write[3] = writeMemory(r.pid, message.address+offsetControlSize, tail)
	return got.size, errors.Join(write[:]...)
}

// receive takes a datagram for the program, so that it is told the true source. Sockets that have nothing to do with desks
// are the kernel's.
func (s *supervisor) receive(call *heldCall, flags int, take func(*receiveCall) (int, error)) {
	taken := call.socket()
	if taken == nil {
		return
	}
	if !taken.isUDP() || !s.datagrams.isTouched(taken) || flags&unix.MSG_ERRQUEUE != 0 {
		taken.close()
		call.pass()
		return
	}
	r := &receiveCall{heldCall: call, socket: taken, flags: flags &^ (unix.MSG_WAITFORONE | unix.MSG_CMSG_CLOEXEC), datagrams: s.datagrams}
	r.take = func() (int, error) { return take(r) }
	n, err := r.take()
	if !errors.Is(err, unix.EAGAIN) || !taken.blocking || flags&unix.MSG_DONTWAIT != 0 {
		taken.close()
		call.finish(n, err)
		return
	}
	go r.await()
}

// await receives for a program that waits, as long as it does: a signal ends that.
func (r *receiveCall) await() {
	defer r.socket.close()
	limit, _ := unix.GetsockoptTimeval(r.socket.fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO)
	var deadline time.Time
	if limit != nil && limit.Nano() > 0 {
		deadline = time.Now().Add(time.Duration(limit.Nano()))
	}
	for r.listener.isHeld(r.id) {
		wait := time.Second
		if !deadline.IsZero() {
			wait = min(wait, time.Until(deadline))
			if wait <= 0 {
				r.fail(unix.EAGAIN)
				return
			}
		}
		ready := []unix.PollFd{{Fd: int32(r.socket.fd), Events: unix.POLLIN}}
		if n, err := unix.Poll(ready, int(wait/time.Millisecond)+1); err != nil || n == 0 || !r.listener.isHeld(r.id) {
			continue
		}
		if n, err := r.take(); !errors.Is(err, unix.EAGAIN) {
			r.finish(n, err)
			return
		}
	}
}
