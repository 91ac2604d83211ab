package main

import (
	"encoding/binary"
	"net/netip"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	// A program that was interrupted or killed while it waited is noticed after this.
	interruptionCheck = 100 * time.Millisecond

	// Flags that are not the program's to set: the first would make a connection, the second refers to its memory.
	flagsLeftOut = unix.MSG_FASTOPEN | unix.MSG_ZEROCOPY
)

// send carries out a call that sends messages, on one duplicate of the socket, and answers it.
func (e *enforcement) send(call *heldCall, messages []*outgoing, result func(*delivery) int64) {
	taken := e.taken(call)
	if taken == nil {
		return
	}
	if taken.isUDP() {
		for _, message := range messages {
			if address, ok := parseAddress(message.to); ok && e.supervisor.datagrams.mustAsk(address) {
				taken.close()
				e.supervisor.askFirst(call, address) // the messages are read again then
				return
			}
		}
	}
	for i, message := range messages {
		if errno := e.judge(call, taken, message); errno != 0 {
			if i == 0 {
				message.release()
				taken.close()
				call.fail(errno)
				return
			}
			message.release()
			messages = messages[:i]
			break
		}
	}
	delivery := &delivery{call: call, socket: taken, messages: messages}
	finish := func() {
		defer taken.close()
		delivery.answer(result)
	}
	if delivery.attempt(); delivery.isComplete() || !delivery.waits() {
		finish()
		return
	}
	go func() {
		delivery.wait()
		finish()
	}()
}

// judge translates a message into one that may be sent on that socket.
func (e *enforcement) judge(call *heldCall, taken *socket, message *outgoing) unix.Errno {
	isFastOpen := message.flags&unix.MSG_FASTOPEN != 0
	switch {
	case taken.domain == unix.AF_UNIX:
		return e.judgeUnix(call, message)
	case !taken.isInet():
		return 0
	case taken.kind == unix.SOCK_STREAM:
		if isFastOpen {
			return unix.EOPNOTSUPP // programs connect then
		}
		message.to, message.control = nil, nil
		return 0
	default:
		message.control = harmlessControl(message.control)
		return e.judgeDatagram(call, taken, message)
	}
}

func (e *enforcement) judgeDatagram(call *heldCall, taken *socket, message *outgoing) unix.Errno {
	if len(message.to) == 0 {
		return 0
	}
	address, ok := parseAddress(message.to)
	if !ok {
		return unix.EINVAL
	}
	if datagrams := e.supervisor.datagrams; datagrams.isAgents(address) {
		desk, err := datagrams.desks.of(call.by, taken, address)
		if err != nil {
			return errnoOf(err)
		}
		datagrams.touch(taken)
		message.to = formatAddress(taken.domain, desk.address)
		return 0
	}
	if !isLoopback(address.Addr()) {
		e.refuse(call, unix.EACCES, "udp "+address.String(), onlyDNS)
		return unix.EACCES
	}
	if address.Addr().IsUnspecified() {
		address = netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), address.Port())
	}
	message.to = formatAddress(taken.domain, address)
	return 0
}

// harmlessControl keeps the control data of datagrams that choose no way: how they are segmented and marked.
func harmlessControl(control []byte) []byte {
	var kept []byte
	eachControl(control, func(level, kind int32, whole, _ []byte) bool {
		switch {
		case level == unix.SOL_UDP && kind == unix.UDP_SEGMENT,
			level == unix.IPPROTO_IP && kind == unix.IP_TOS,
			level == unix.IPPROTO_IPV6 && kind == unix.IPV6_TCLASS:
			kept = append(kept, whole...)
		}
		return true
	})
	return kept
}

// eachControl walks through control data; whole is with its padding.
func eachControl(control []byte, visit func(level, kind int32, whole, data []byte) bool) {
	for len(control) >= sizeControlHeader {
		length := binary.NativeEndian.Uint64(control)
		if length < sizeControlHeader || length > uint64(len(control)) {
			return
		}
		padded := min((int(length)+controlAlign-1)&^(controlAlign-1), len(control))
		whole := make([]byte, (int(length)+controlAlign-1)&^(controlAlign-1))
		copy(whole, control[:length])
		level, kind := int32(binary.NativeEndian.Uint32(control[8:])), int32(binary.NativeEndian.Uint32(control[12:]))
		if !visit(level, kind, whole, control[sizeControlHeader:length]) {
			return
		}
		control = control[padded:]
	}
}

// judgeUnix finds the receiver's file, and the descriptors that are handed over, of which this process makes its own.
func (e *enforcement) judgeUnix(call *heldCall, message *outgoing) unix.Errno {
	if len(message.to) > 0 {
		name, err := e.unixName(call, message.to)
		if err != nil {
			return errnoOf(err)
		}
		message.to = name.raw
		message.keep(name.fd)
	}
	var translated []byte
	var failed unix.Errno
	eachControl(message.control, func(level, kind int32, whole, data []byte) bool {
		if level != unix.SOL_SOCKET || kind != unix.SCM_RIGHTS {
			return true // credentials are those of the sender, which is this process
		}
		for offset := 0; offset+4 <= len(data); offset += 4 {
			fd, err := takeDescriptor(call.pid, int32(binary.NativeEndian.Uint32(data[offset:])))
			if err != nil {
				failed = errnoOf(err)
				return false
			}
			message.keep(fd)
			binary.NativeEndian.PutUint32(whole[sizeControlHeader+offset:], uint32(fd))
		}
		translated = append(translated, whole...)
		return true
	})
	message.control = translated
	return failed
}

func takeDescriptor(tid uint32, number int32) (int, error) {
	pidfd, err := openThread(tid)
	if err != nil {
		return -1, err
	}
	defer func() { _ = unix.Close(pidfd) }()
	return unix.PidfdGetfd(pidfd, int(number), 0)
}

// delivery is messages on their way.
type delivery struct {
	call     *heldCall
	socket   *socket
	messages []*outgoing
	done     int // messages
	sent     int // bytes of the one that is next, or of the last
	failed   unix.Errno
}

func (d *delivery) isComplete() bool {
	return d.done == len(d.messages)
}

// waits tells whether the program waits for room in the socket.
func (d *delivery) waits() bool {
	return d.failed == unix.EAGAIN && d.socket.blocking && d.messages[d.done].flags&unix.MSG_DONTWAIT == 0
}

// attempt sends what there is room for.
func (d *delivery) attempt() {
	for d.failed = 0; !d.isComplete(); {
		message := d.messages[d.done]
		n, errno := message.sendOn(d.socket.fd, d.sent)
		if errno == unix.EINTR {
			continue
		}
		if errno != 0 {
			d.failed = errno
			return
		}
		d.sent += n
		if d.socket.kind == unix.SOCK_STREAM && d.sent < len(message.content) && d.socket.blocking && message.flags&unix.MSG_DONTWAIT == 0 {
			continue
		}
		d.done++
		if !d.isComplete() {
			d.tell(d.done-1, d.sent)
			d.sent = 0
		}
	}
}

// wait sends the rest as room is made, unless the program has stopped waiting.
func (d *delivery) wait() {
	for !d.isComplete() && d.waits() && d.call.listener.isHeld(d.call.id) {
		ready := []unix.PollFd{{Fd: int32(d.socket.fd), Events: unix.POLLOUT}}
		_, _ = unix.Poll(ready, int(interruptionCheck.Milliseconds()))
		d.attempt()
	}
}

func (d *delivery) answer(result func(*delivery) int64) {
	for _, message := range d.messages {
		message.release()
	}
	if d.done == 0 && d.sent == 0 && d.failed != 0 {
		if d.failed == unix.EPIPE && d.messages[0].flags&unix.MSG_NOSIGNAL == 0 {
			if process, err := processOf(d.call.pid); err == nil {
				_ = unix.Tgkill(process, int(d.call.pid), unix.SIGPIPE)
			}
		}
		d.call.fail(d.failed)
		return
	}
	if d.isComplete() {
		d.tell(d.done-1, d.sent)
	}
	d.call.succeed(result(d))
}

// tell writes into a struct mmsghdr how much of its message was sent.
func (d *delivery) tell(index, sent int) {
	if d.call.number != unix.SYS_SENDMMSG {
		return
	}
	length := binary.NativeEndian.AppendUint32(nil, uint32(sent))
	_ = writeMemory(d.call.pid, d.call.args[1]+uint64(index)*sizeManyMessage+offsetSentLength, length)
}

// sendOn is sendmsg(2) from a byte on, without waiting.
func (m *outgoing) sendOn(fd, from int) (int, unix.Errno) {
	var header unix.Msghdr
	var buffer unix.Iovec
	if rest := m.content[from:]; len(rest) > 0 {
		buffer.Base = &rest[0]
		buffer.SetLen(len(rest))
		header.Iov = &buffer
		header.SetIovlen(1)
	}
	if len(m.to) > 0 {
		header.Name = &m.to[0]
		header.Namelen = uint32(len(m.to))
	}
	if from == 0 && len(m.control) > 0 {
		header.Control = &m.control[0]
		header.SetControllen(len(m.control))
	}
	flags := m.flags&^flagsLeftOut | unix.MSG_DONTWAIT | unix.MSG_NOSIGNAL
	n, _, errno := unix.Syscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&header)), uintptr(flags))
	runtime.KeepAlive(m)
	return int(n), errno
}
