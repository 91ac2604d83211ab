package main

import (
	"encoding/binary"
	"net/netip"

	"golang.org/x/sys/unix"
)

// sendto answers for datagrams with an address, and for TCP's MSG_FASTOPEN.
func (s *supervisor) sendto(call *heldCall) {
	target, ok := call.address(call.args[4], call.args[5])
	if !ok || !s.mayBeAgents(target) {
		call.pass()
		return
	}
	taken := call.socket()
	if taken == nil {
		return
	}
	flags := int(call.args[3])
	if isFastOpen(taken, target, flags) {
		s.fastOpen(call, taken, target, []span{{call.args[1], int(min(call.args[2], mostDatagram))}})
		return
	}
	defer taken.close()
	if !taken.isUDP() {
		call.pass()
		return
	}
	if s.datagrams.mustAsk(target) {
		s.askFirst(call, target)
		return
	}
	if !s.datagrams.isAgents(target) {
		call.pass()
		return
	}
	if call.args[2] > mostDatagram {
		call.fail(unix.EMSGSIZE)
		return
	}
	datagram := make([]byte, call.args[2])
	if readMemory(call.pid, call.args[1], datagram) != nil {
		call.fail(unix.EFAULT)
		return
	}
	n, err := s.datagrams.send(call.by, taken, target, datagram, nil, flags)
	call.finish(n, err)
}

func isFastOpen(taken *socket, target netip.AddrPort, flags int) bool {
	return flags&unix.MSG_FASTOPEN != 0 && taken.isTCP() && !isOwnBusiness(target.Addr())
}

// fastOpen connects, and sends no data along: a socket that may not wait sends it when it is connected, as with a target that
// has given no cookie; for the other the data, or its beginning, follows the connection.
func (s *supervisor) fastOpen(call *heldCall, taken *socket, target netip.AddrPort, data []span) {
	if !taken.blocking {
		s.tcp.connect(call, taken, target)
		return
	}
	first, err := gather(call.pid, data)
	if err != nil {
		taken.close()
		call.fail(unix.EFAULT)
		return
	}
	call.thenSend = first
	s.tcp.connect(call, taken, target)
}

func (s *supervisor) sendmsg(call *heldCall) {
	message, err := readHeader(call.pid, call.args[1])
	if err != nil || !s.concerns(call, message) {
		call.pass()
		return
	}
	taken := call.socket()
	if taken == nil {
		return
	}
	flags := int(call.args[2])
	if target, ok := call.address(message.name, message.nameLength); ok && isFastOpen(taken, target, flags) {
		data, _, err := message.spans(call.pid)
		if err != nil {
			taken.close()
			call.fail(errnoOf(err))
			return
		}
		s.fastOpen(call, taken, target, firstOf(data, mostDatagram))
		return
	}
	defer taken.close()
	if !taken.isUDP() {
		call.pass()
		return
	}
	if s.askedFirst(call, message) {
		return
	}
	n, err := s.sendOne(call, taken, message, flags)
	call.finish(n, err)
}

func (s *supervisor) sendmmsg(call *heldCall) {
	messages := s.batch(call)
	concerned := false
	for _, message := range messages {
		concerned = concerned || s.concerns(call, message)
	}
	if !concerned {
		call.pass()
		return
	}
	taken := call.udpSocket()
	if taken == nil {
		return
	}
	defer taken.close()
	if s.askedFirst(call, messages...) {
		return
	}
	sent := 0
	for _, message := range messages {
		n, err := s.sendOne(call, taken, message, int(call.args[3]))
		if err == nil {
			err = writeMemory(call.pid, message.address+offsetBatched, binary.NativeEndian.AppendUint32(nil, uint32(n)))
		}
		if err != nil {
			if sent == 0 {
				call.fail(errnoOf(err))
				return
			}
			break
		}
		sent++
	}
	call.succeed(int64(sent))
}

// batch reads the headers of sendmmsg(2) and recvmmsg(2); those that cannot be read are left out.
func (s *supervisor) batch(call *heldCall) []header {
	var all []header
	for i := range min(call.args[2]&0xffffffff, mostVectors) {
		message, err := readHeader(call.pid, call.args[1]+i*sizeBatched)
		if err != nil {
			break
		}
		all = append(all, message)
	}
	return all
}

// concerns tells whether a message has an address that is the agent's.
func (s *supervisor) concerns(call *heldCall, message header) bool {
	target, ok := call.address(message.name, message.nameLength)
	return ok && s.mayBeAgents(target)
}

// askedFirst tells that the call will be answered later, as it is not known whose a target is.
func (s *supervisor) askedFirst(call *heldCall, messages ...header) bool {
	for _, message := range messages {
		if target, ok := call.address(message.name, message.nameLength); ok && s.datagrams.mustAsk(target) {
			s.askFirst(call, target)
			return true
		}
	}
	return false
}

func (s *supervisor) mayBeAgents(target netip.AddrPort) bool {
	return target.Port() == dnsPort || !isOwnBusiness(target.Addr())
}

func (s *supervisor) sendOne(call *heldCall, taken *socket, message header, flags int) (int, error) {
	spans, _, err := message.spans(call.pid)
	if err != nil {
		return 0, err
	}
	datagram, err := gather(call.pid, spans)
	if err != nil {
		return 0, err
	}
	control := make([]byte, min(message.controlLength, mostDatagram))
	if err := readMemory(call.pid, message.control, control); err != nil {
		return 0, err
	}
	target, ok := call.address(message.name, message.nameLength)
	if ok && s.datagrams.isAgents(target) {
		return s.datagrams.send(call.by, taken, target, datagram, segmentation(control), flags)
	}
	to := make([]byte, min(message.nameLength, mostOfAddress))
	if message.name == 0 {
		to = nil
	} else if err := readMemory(call.pid, message.name, to); err != nil {
		return 0, err
	}
	return sendRaw(taken.fd, datagram, control, to, flags|unix.MSG_DONTWAIT|unix.MSG_NOSIGNAL)
}

// segmentation keeps of the control messages what cuts a buffer into datagrams (udp(7), UDP_SEGMENT); the rest is about
// routes that are not taken.
func segmentation(control []byte) []byte {
	messages, err := unix.ParseSocketControlMessage(control)
	if err != nil {
		return nil
	}
	for _, one := range messages {
		if one.Header.Level == unix.IPPROTO_UDP && one.Header.Type == unix.UDP_SEGMENT && len(one.Data) >= 2 {
			size := binary.NativeEndian.Uint16(one.Data)
			kept := make([]byte, unix.CmsgSpace(2))
			binary.NativeEndian.PutUint64(kept, uint64(unix.CmsgLen(2)))
			binary.NativeEndian.PutUint32(kept[8:], unix.IPPROTO_UDP)
			binary.NativeEndian.PutUint32(kept[12:], unix.UDP_SEGMENT)
			binary.NativeEndian.PutUint16(kept[16:], size)
			return kept
		}
	}
	return nil
}
