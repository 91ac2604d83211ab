package main

import (
	"context"
	"errors"
	"io"
	"net"
	"net/netip"
	"time"

	"golang.org/x/sys/unix"
)

// untoldFor is how long a failure waits for a program that may not care.
const untoldFor = time.Minute

// tcp connects programs' TCP sockets to targets: the agent dials, the socket is given the tunnel as its peer.
type tcp struct {
	agent       controlAgent
	connections *connections
	resolver    *resolver
	complaints  *complaints
	meetings    loopbacks[*meeting]
	receptions  loopbacks[*reception]
}

// loopbacks has one of something for each family of addresses; that of IPv6 may be missing.
type loopbacks[T any] struct {
	four, six T
	hasSix    bool
}

func openLoopbacks[T any](open func(netip.Addr) (T, error)) (loopbacks[T], error) {
	var opened loopbacks[T]
	var err error
	if opened.four, err = open(netip.AddrFrom4([4]byte{127, 0, 0, 1})); err != nil {
		return opened, err
	}
	if opened.six, err = open(netip.IPv6Loopback()); err == nil {
		opened.hasSix = true
	}
	return opened, nil
}

// forSocket chooses by what the socket can reach: one of IPv6 reaches IPv4 too, unless it was told not to.
func (l loopbacks[T]) forSocket(s *socket) (T, error) {
	if !needsIPv6(s) {
		return l.four, nil
	}
	if !l.hasSix {
		return l.six, unix.EADDRNOTAVAIL
	}
	return l.six, nil
}

func newTCP(agent controlAgent, resolver *resolver, complaints *complaints) (*tcp, error) {
	made := &tcp{agent: agent, connections: newConnections(), resolver: resolver, complaints: complaints}
	var err error
	if made.meetings, err = openLoopbacks(openMeeting); err != nil {
		return nil, err
	}
	made.receptions, err = openLoopbacks(openReception)
	return made, err
}

// connect answers a connect(2) to a target that is the agent's; the socket is its to close.
func (t *tcp) connect(call *heldCall, s *socket, target netip.AddrPort) {
	if known := t.connections.of(s.cookie); known != nil {
		if t.again(call, s, known) {
			return
		}
	}
	// Else the kernel would put off the connection to the first byte, with a cookie of another target.
	_ = unix.SetsockoptInt(s.fd, unix.IPPROTO_TCP, unix.TCP_FASTOPEN_CONNECT, 0)
	made := newConnection(target)
	if s.blocking {
		t.connections.put(s.cookie, made)
		go t.connectBlocking(call, s, made)
		return
	}
	meeting, err := t.meetings.forSocket(s)
	if err == nil {
		t.connections.put(s.cookie, made)
		err = meeting.wait(s)
	}
	if err != nil {
		t.connections.forget(s.cookie, made)
		s.close()
		call.fail(errnoOf(err))
		return
	}
	go t.complete(call.by, s, made, meeting)
	call.fail(unix.EINPROGRESS)
}

// again answers for a socket that was connected before; false when it is as good as new.
func (t *tcp) again(call *heldCall, s *socket, known *connection) bool {
	if known.isPending() && s.blocking {
		// As after a signal: the program waits for what is under way.
		go func() {
			<-known.done
			defer s.close()
			if errno := known.takeFailure(); errno != 0 {
				t.connections.forget(s.cookie, known)
				call.fail(errno)
				return
			}
			call.succeed(0)
		}()
		return true
	}
	if errno := known.takeFailure(); errno != 0 {
		t.connections.forget(s.cookie, known)
		_, _ = unix.GetsockoptInt(s.fd, unix.SOL_SOCKET, unix.SO_ERROR)
		s.close()
		call.fail(errno)
		return true
	}
	if s.tcpState() == tcpClosed {
		return false
	}
	err := s.connect(known.target) // EALREADY, EISCONN, or 0 once: the kernel knows, and it goes nowhere
	s.close()
	if err != nil {
		call.fail(errnoOf(err))
	} else {
		call.succeed(0)
	}
	return true
}

func (t *tcp) connectBlocking(call *heldCall, s *socket, made *connection) {
	defer s.close()
	opened, err := t.dial(call.by, made.target)
	if err == nil {
		if err = t.receive(s, opened, made); err == nil {
			made.succeed()
			if call.thenSend == nil {
				call.succeed(0)
				return
			}
			call.finish(sendRaw(s.fd, call.thenSend, nil, nil, unix.MSG_NOSIGNAL))
			return
		}
		_ = opened.conn.Close()
	}
	made.fail(errnoOf(err))
	_ = made.takeFailure()
	t.connections.forget(s.cookie, made)
	call.fail(errnoOf(err))
}

// receive connects a socket that may wait, and gives its other end to the tunnel.
func (t *tcp) receive(s *socket, opened *tunnel, made *connection) error {
	reception, err := t.receptions.forSocket(s)
	if err != nil {
		return err
	}
	conn, err := reception.receive(s)
	if err != nil {
		return err
	}
	if made.isForNames() {
		go t.carryNames(conn, opened)
		return nil
	}
	defer func() { _ = conn.Close() }()
	raw, err := conn.SyscallConn()
	if err != nil {
		return err
	}
	errControl := raw.Control(func(fd uintptr) { err = giveStream(int(fd), opened) })
	return errors.Join(err, errControl)
}

// complete ends what a program's event loop waits for.
func (t *tcp) complete(by program, s *socket, made *connection, meeting *meeting) {
	defer s.close()
	opened, err := t.dial(by, made.target)
	if err != nil {
		made.fail(errnoOf(err))
		time.AfterFunc(untoldFor, func() { t.connections.forget(s.cookie, made) })
		_ = s.disconnect()
		return
	}
	made.succeed()
	if err := t.join(s, meeting, opened, made); err != nil {
		_ = opened.conn.Close() // the program has closed its socket meanwhile, or it gave up
		_ = s.disconnect()
	}
}

func (t *tcp) join(s *socket, meeting *meeting, opened *tunnel, made *connection) error {
	waiting, err := s.localAddress()
	if err != nil {
		return err
	}
	fd, err := meeting.meet(waiting)
	if err != nil {
		return err
	}
	if made.isForNames() {
		conn, err := connFromDescriptor(fd)
		if err != nil {
			return err
		}
		go t.carryNames(conn, opened)
		return nil
	}
	defer func() { _ = unix.Close(fd) }()
	return giveStream(fd, opened)
}

// giveStream ends the part that this process has in a connection.
func giveStream(fd int, opened *tunnel) error {
	_ = unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1)
	err := opened.give(fd)
	_ = opened.conn.Close()
	return err
}

// dial asks for the target, and tells the name that the program was told its address of, so that rules for names hold. Whatever
// name server the program asks over TCP, the agent answers.
func (t *tcp) dial(by program, target netip.AddrPort) (*tunnel, error) {
	if target.Port() == dnsPort {
		return t.agent.openDNS(context.Background())
	}
	asked := t.resolver.wish(givenStream, target, by)
	opened, err := t.agent.open(context.Background(), asked)
	if err != nil {
		t.complaints.refused(by, asked.String(), err)
	}
	return opened, err
}

// carryNames carries a connection to a name server, and reads along.
func (t *tcp) carryNames(conn *net.TCPConn, opened *tunnel) {
	told, tell := io.Pipe()
	go func() { _ = told.CloseWithError(t.resolver.learnFrom(told)) }()
	relay(conn, opened, tell)
	_ = tell.Close()
}
