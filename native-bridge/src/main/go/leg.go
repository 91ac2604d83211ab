package main

import (
	"errors"
	"io"
	"net"
	"os"
	"syscall"

	"golang.org/x/sys/unix"
)

// leg is one of the two connections of a tunnel. One goroutine reads, one writes.
type leg interface {
	// read waits for bytes and only then takes a buffer, which the caller gives back. io.EOF is the end of the
	// direction.
	read() (*buffer, int, error)
	// write sends all of b.
	write(b []byte) error
	// closeWrite ends the direction towards this leg, after what was written.
	closeWrite() error
	// close ends what is left of the connection in an orderly way.
	close()
	// abort resets the connection and ends reads and writes that wait. It may be called at any time, more than once.
	abort()
}

// socketLeg is a stream socket of the host.
type socketLeg struct {
	conn streamConn
	raw  syscall.RawConn

	// The state of read: kept here so that the callback is made once.
	taken  *buffer
	length int
	err    error
	try    func(fd uintptr) bool
}

// streamConn is what *net.TCPConn and *net.UnixConn have in common.
type streamConn interface {
	net.Conn
	CloseWrite() error
	SyscallConn() (syscall.RawConn, error)
}

func newSocketLeg(conn net.Conn) (*socketLeg, error) {
	stream, ok := conn.(streamConn)
	if !ok {
		conn.Close()
		return nil, apiErrorf(syscall.EINVAL, "the descriptor is no stream socket (%T)", conn)
	}
	raw, err := stream.SyscallConn()
	if err != nil {
		conn.Close()
		return nil, err
	}
	s := &socketLeg{conn: stream, raw: raw}
	s.try = s.tryRead
	return s, nil
}

// adoptSocket makes a leg of a descriptor that is ours from here on.
func adoptSocket(fd int) (*socketLeg, error) {
	file := os.NewFile(uintptr(fd), "")
	if file == nil {
		return nil, apiErrorf(syscall.EBADF, "%d is no file descriptor", fd)
	}
	conn, err := net.FileConn(file) // works on a duplicate, and sets that to non-blocking
	file.Close()
	if err != nil {
		return nil, apiErrorf(syscall.EINVAL, "the descriptor is no stream socket: %v", err)
	}
	return newSocketLeg(conn)
}

func (s *socketLeg) tryRead(fd uintptr) bool {
	if s.taken == nil {
		s.taken = takeBuffer()
	}
	for {
		s.length, s.err = unix.Read(int(fd), s.taken[:])
		if s.err != unix.EINTR {
			break
		}
	}
	if s.err == unix.EAGAIN {
		giveBuffer(s.taken)
		s.taken = nil
		return false
	}
	return true
}

func (s *socketLeg) read() (*buffer, int, error) {
	err := s.raw.Read(s.try)
	taken := s.taken
	s.taken = nil
	if err == nil {
		err = s.err
	}
	if err == nil && s.length == 0 {
		err = io.EOF
	}
	if err != nil {
		if taken != nil {
			giveBuffer(taken)
		}
		return nil, 0, err
	}
	return taken, s.length, nil
}

func (s *socketLeg) write(b []byte) error {
	_, err := s.conn.Write(b)
	return err
}

func (s *socketLeg) closeWrite() error { return ignoreNotConnected(s.conn.CloseWrite()) }

func (s *socketLeg) close() { s.conn.Close() }

func (s *socketLeg) abort() {
	if tcp, ok := s.conn.(*net.TCPConn); ok {
		tcp.SetLinger(0)
	}
	s.conn.Close()
}

// ignoreNotConnected lets a shutdown of a connection that the other side has ended pass.
func ignoreNotConnected(err error) error {
	if errors.Is(err, syscall.ENOTCONN) {
		return nil
	}
	return err
}
