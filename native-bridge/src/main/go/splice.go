package main

import (
	"io"
	"sync/atomic"

	"golang.org/x/sys/unix"
)

// spliceChunk is what one splice asks for: what a pipe of default size can hold.
const spliceChunk = 64 << 10

// pipe is an empty pipe between two splices.
type pipe struct{ r, w int }

// idlePipes keeps some empty pipes. A tunnel has one only while bytes are in it.
var idlePipes = make(chan pipe, 64)

func takePipe() (pipe, error) {
	select {
	case p := <-idlePipes:
		return p, nil
	default:
	}
	var fds [2]int
	if err := unix.Pipe2(fds[:], unix.O_CLOEXEC|unix.O_NONBLOCK); err != nil {
		return pipe{}, err
	}
	return pipe{fds[0], fds[1]}, nil
}

func givePipe(p pipe) {
	select {
	case idlePipes <- p:
	default:
		p.close()
	}
}

func (p pipe) close() {
	unix.Close(p.r)
	unix.Close(p.w)
}

// splicer is the state of one direction between two sockets; its callbacks are made once.
type splicer struct {
	pipe   pipe
	held   bool
	moved  int64
	wanted int
	err    error
}

// in is the callback that moves bytes from a socket into the pipe.
func (s *splicer) in(fd uintptr) bool {
	if !s.held {
		if s.pipe, s.err = takePipe(); s.err != nil {
			return true
		}
		s.held = true
	}
	for {
		s.moved, s.err = unix.Splice(int(fd), nil, s.pipe.w, nil, spliceChunk, unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
		if s.err != unix.EINTR {
			break
		}
	}
	if s.err == unix.EAGAIN {
		givePipe(s.pipe)
		s.held = false
		return false
	}
	return true
}

// out is the callback that moves bytes from the pipe into a socket.
func (s *splicer) out(fd uintptr) bool {
	for {
		s.moved, s.err = unix.Splice(s.pipe.r, nil, int(fd), nil, s.wanted, unix.SPLICE_F_MOVE|unix.SPLICE_F_NONBLOCK)
		if s.err != unix.EINTR {
			break
		}
	}
	return s.err != unix.EAGAIN
}

// splice moves bytes from one socket to another inside the kernel. It returns an error, io.EOF at the end, and the
// side it is of.
func splice(from, to *socketLeg, count *atomic.Uint64, source, sink string) (side string, err error) {
	var s splicer
	defer func() {
		if s.held {
			s.pipe.close()
		}
	}()
	in, out := s.in, s.out
	for {
		err := from.raw.Read(in)
		if err != nil {
			return source, err
		}
		if s.err != nil {
			if s.err == unix.EINVAL || !s.held {
				// No splice between these, or no pipe to be had: copy.
				return pump(from, to, count, source, sink)
			}
			return source, s.err
		}
		if s.moved == 0 {
			givePipe(s.pipe)
			s.held = false
			return source, io.EOF
		}
		for left := int(s.moved); left > 0; {
			s.wanted = left
			if err := to.raw.Write(out); err != nil {
				return sink, err
			}
			if s.err != nil {
				return sink, s.err
			}
			left -= int(s.moved)
			count.Add(uint64(s.moved))
		}
	}
}
