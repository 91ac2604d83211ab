package main

import (
	"encoding/binary"
	"unsafe"

	"golang.org/x/sys/unix"
)

// sendRaw is sendmsg(2) of one buffer.
func sendRaw(fd int, datagram, control, to []byte, flags int) (int, error) {
	message, vector := unix.Msghdr{}, unix.Iovec{}
	fill(&message, &vector, datagram, control, to)
	n, _, errno := unix.Syscall(unix.SYS_SENDMSG, uintptr(fd), uintptr(unsafe.Pointer(&message)), uintptr(flags))
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

// received is what recvmsg(2) found.
type received struct {
	size    int // of the datagram, be it more than there was room for, if MSG_TRUNC was asked for
	data    []byte
	control []byte
	from    []byte
	flags   int
}

// receiveRaw is recvmsg(2) into one buffer.
func receiveRaw(fd, room, controlRoom, flags int) (received, error) {
	data, control, from := make([]byte, room), make([]byte, controlRoom), make([]byte, mostOfAddress)
	message, vector := unix.Msghdr{}, unix.Iovec{}
	fill(&message, &vector, data, control, from)
	n, _, errno := unix.Syscall(unix.SYS_RECVMSG, uintptr(fd), uintptr(unsafe.Pointer(&message)), uintptr(flags))
	if errno != 0 {
		return received{}, errno
	}
	return received{
		size:    int(n),
		data:    data[:min(int(n), room)],
		control: control[:message.Controllen],
		from:    from[:message.Namelen],
		flags:   int(message.Flags),
	}, nil
}

func fill(message *unix.Msghdr, vector *unix.Iovec, data, control, address []byte) {
	if len(data) > 0 {
		vector.Base, vector.Len = unsafe.SliceData(data), uint64(len(data))
		message.Iov, message.Iovlen = vector, 1
	}
	if len(control) > 0 {
		message.Control = unsafe.SliceData(control)
		message.SetControllen(len(control))
	}
	if len(address) > 0 {
		message.Name, message.Namelen = unsafe.SliceData(address), uint32(len(address))
	}
}

// header is a program's struct msghdr: all of its fields are of eight bytes on the machines that this is built for.
type header struct {
	address                               uint64
	name, nameLength, vectors, vectorsLen uint64
	control, controlLength                uint64
}

const (
	sizeHeader        = 56
	offsetNameLength  = 8
	offsetControlSize = 40
	offsetFlags       = 48

	// In an array of struct mmsghdr.
	sizeBatched   = 64
	offsetBatched = 56

	mostVectors = 1024
)

func readHeader(pid uint32, address uint64) (header, error) {
	raw := make([]byte, sizeHeader)
	if err := readMemory(pid, address, raw); err != nil {
		return header{}, err
	}
	field := func(at int) uint64 { return binary.NativeEndian.Uint64(raw[at:]) }
	return header{
		address: address,
		name:    field(0), nameLength: field(offsetNameLength) & 0xffffffff,
		vectors: field(16), vectorsLen: field(24),
		control: field(32), controlLength: field(offsetControlSize),
	}, nil
}

// span is a piece of a program's memory.
type span struct {
	address uint64
	length  int
}

// spans reads the vector of buffers, as far as a datagram can be long.
func (h header) spans(pid uint32) ([]span, int, error) {
	if h.vectorsLen > mostVectors {
		return nil, 0, unix.EMSGSIZE
	}
	raw := make([]byte, 16*h.vectorsLen)
	if err := readMemory(pid, h.vectors, raw); err != nil {
		return nil, 0, err
	}
	var all []span
	total := 0
	for ; len(raw) > 0; raw = raw[16:] {
		length := int(min(binary.NativeEndian.Uint64(raw[8:]), mostDatagram))
		all = append(all, span{binary.NativeEndian.Uint64(raw), length})
		total += length
	}
	return all, total, nil
}

// firstOf cuts spans off after so many bytes.
func firstOf(all []span, most int) []span {
	for i, one := range all {
		if one.length >= most {
			return append(all[:i:i], span{one.address, most})
		}
		most -= one.length
	}
	return all
}

func gather(pid uint32, from []span) ([]byte, error) {
	var all []byte
	for _, one := range from {
		part := make([]byte, one.length)
		if err := readMemory(pid, one.address, part); err != nil {
			return nil, err
		}
		all = append(all, part...)
	}
	if len(all) > mostDatagram {
		return nil, unix.EMSGSIZE
	}
	return all, nil
}

func scatter(pid uint32, data []byte, into []span) error {
	for _, one := range into {
		n := min(one.length, len(data))
		if err := writeMemory(pid, one.address, data[:n]); err != nil {
			return err
		}
		data = data[n:]
	}
	return nil
}
