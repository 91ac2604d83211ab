package main

import (
	"encoding/binary"

	"golang.org/x/sys/unix"
)

// Sizes in struct msghdr and struct mmsghdr of 64-bit Linux.
const (
	sizeMessage       = 56
	sizeManyMessage   = 64
	offsetSentLength  = 56
	mostBuffers       = 1024 // UIO_MAXIOV
	mostOfMessage     = 4 << 20
	mostOfControl     = 64 << 10
	controlAlign      = 8
	sizeControlHeader = 16
)

// outgoing is a message as it was when it was looked at.
type outgoing struct {
	to      []byte
	content []byte
	control []byte // of the program; translated before it is sent
	flags   int
	kept    []int // descriptors that are needed until it is sent
}

func (m *outgoing) keep(fd int) {
	if fd >= 0 {
		m.kept = append(m.kept, fd)
	}
}

func (m *outgoing) release() {
	for _, fd := range m.kept {
		_ = unix.Close(fd)
	}
	m.kept = nil
}

func (e *enforcement) sendto(call *heldCall) {
	message := &outgoing{flags: int(int32(call.args[3]))}
	var errno unix.Errno
	if message.to, errno = call.bytes(call.args[4], call.args[5], mostOfAddress); errno == 0 {
		message.content, errno = call.content(call.args[1], call.args[2], nil)
	}
	if errno != 0 {
		call.fail(errno)
		return
	}
	e.send(call, []*outgoing{message}, answerBytes)
}

func (e *enforcement) sendmsg(call *heldCall) {
	message, errno := call.message(call.args[1])
	if errno != 0 {
		call.fail(errno)
		return
	}
	message.flags = int(int32(call.args[2]))
	e.send(call, []*outgoing{message}, answerBytes)
}

func (e *enforcement) sendmmsg(call *heldCall) {
	count := min(uint32(call.args[2]), mostBuffers)
	var messages []*outgoing
	for i := range uint64(count) {
		message, errno := call.message(call.args[1] + i*sizeManyMessage)
		if errno != 0 {
			if i == 0 {
				call.fail(errno)
				return
			}
			break
		}
		message.flags = int(int32(call.args[3]))
		messages = append(messages, message)
	}
	e.send(call, messages, answerMessages)
}

// What the calls answer with.
func answerBytes(d *delivery) int64    { return int64(d.sent) }
func answerMessages(d *delivery) int64 { return int64(d.done) }

// message copies a struct msghdr and all that it points to.
func (c *heldCall) message(pointer uint64) (*outgoing, unix.Errno) {
	raw, errno := c.bytes(pointer, sizeMessage, sizeMessage)
	if errno != 0 {
		return nil, errno
	}
	word := func(offset int) uint64 { return binary.NativeEndian.Uint64(raw[offset:]) }
	message := new(outgoing)
	if name, length := word(0), uint64(binary.NativeEndian.Uint32(raw[8:])); name != 0 && length > 0 {
		if message.to, errno = c.bytes(name, min(length, mostOfAddress), mostOfAddress); errno != 0 {
			return nil, errno
		}
	}
	if control, length := word(32), word(40); control != 0 && length > 0 {
		if length > mostOfControl {
			return nil, unix.ENOBUFS
		}
		if message.control, errno = c.bytes(control, length, mostOfControl); errno != 0 {
			return nil, errno
		}
	}
	count := word(24)
	if count > mostBuffers {
		return nil, unix.EMSGSIZE
	}
	vector, errno := c.bytes(word(16), count*16, mostBuffers*16)
	if errno != 0 {
		return nil, errno
	}
	for ; len(vector) > 0; vector = vector[16:] {
		message.content, errno = c.content(binary.NativeEndian.Uint64(vector), binary.NativeEndian.Uint64(vector[8:]), message.content)
		if errno != 0 {
			return nil, errno
		}
	}
	return message, 0
}

// content appends a buffer of the program. More than fits is left to the program's next call, as with a full socket.
func (c *heldCall) content(pointer, length uint64, before []byte) ([]byte, unix.Errno) {
	length = min(length, uint64(mostOfMessage-len(before)))
	part, errno := c.bytes(pointer, length, mostOfMessage)
	return append(before, part...), errno
}
