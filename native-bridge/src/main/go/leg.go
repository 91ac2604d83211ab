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

// descriptorReader reads from a descriptor of Go's poller into a buffer that it takes only when there is something to read.
type descriptorReader struct {
	raw syscall.RawConn

	// The state of read: kept here so that the callback is made once.
	taken  *buffer
	length int
	err    error
	try    func(fd uintptr) bool
}

func (r *descriptorReader) init(raw syscall.RawConn) {
	r.raw = raw
	r.try = r.tryRead
}

func (r *descriptorReader) tryRead(fd uintptr) bool {
	if r.taken == nil {
		r.taken = takeBuffer()
	}
	for {
		r.length, r.err = unix.Read(int(fd), r.taken[:])
		if r.err != unix.EINTR {
			break
		}
	}
	if r.err == unix.EAGAIN {
		giveBuffer(r.taken)
		r.taken = nil
		return false
	}
	return true
}

// read waits for bytes; none of them without an error is the end of a stream, or an empty datagram.
func (r *descriptorReader) read() (*buffer, int, error) {
	err := r.raw.Read(r.try)
	taken := r.taken
	r.taken = nil
	if err == nil {
		err = r.err
	}
	if err != nil {
		if taken != nil {
			giveBuffer(taken)
		}
		return nil, 0, err
	}
	return taken, r.length, nil
}

// socketLeg is a stream socket of the host.
type socketLeg struct {
	descriptorReader
	conn streamConn
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
	s := &socketLeg{conn: stream}
	s.init(raw)
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

func (s *socketLeg) read() (*buffer, int, error) {
	b, length, err := s.descriptorReader.read()
	if err == nil && length == 0 {
		giveBuffer(b)
		return nil, 0, io.EOF
	}
	return b, length, err
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
