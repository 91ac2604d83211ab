package main

import (
	"bytes"
	"errors"
	"io"
	"net"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/waiter"
)

// newNetstackLeg makes a leg of a connection that netstack accepted or dialed for us.
func newNetstackLeg(conn net.Conn) leg {
	ep, queue, ok := endpointOf(conn)
	if !ok {
		return &plainLeg{conn}
	}
	return newEndpointLeg(ep, queue)
}

func newEndpointLeg(ep tcpip.Endpoint, queue *waiter.Queue) *netstackLeg {
	l := &netstackLeg{ep: ep, queue: queue}
	l.readable, l.canRead = waiter.NewChannelEntry(waiter.ReadableEvents)
	l.writable, l.canWrite = waiter.NewChannelEntry(waiter.WritableEvents)
	l.queue.EventRegister(&l.readable)
	l.queue.EventRegister(&l.writable)
	l.ep.SocketOptions().SetKeepAlive(true)
	return l
}

// netstackLeg is a TCP connection of netstack.
type netstackLeg struct {
	ep    tcpip.Endpoint
	queue *waiter.Queue

	readable, writable waiter.Entry
	canRead, canWrite  <-chan struct{}
	payload            bytes.Reader
}

// netstackError is an error of an endpoint as an error of Go.
type netstackError struct{ err tcpip.Error }

func (e netstackError) Error() string { return e.err.String() }

func (l *netstackLeg) read() (*buffer, int, error) {
	for {
		b := takeBuffer()
		w := tcpip.SliceWriter(b[:])
		result, err := l.ep.Read(&w, tcpip.ReadOptions{})
		switch err.(type) {
		case nil:
			l.ep.ModerateRecvBuf(result.Count)
			return b, result.Count, nil
		case *tcpip.ErrWouldBlock:
			giveBuffer(b)
			<-l.canRead
		case *tcpip.ErrClosedForReceive:
			giveBuffer(b)
			return nil, 0, io.EOF
		default:
			giveBuffer(b)
			return nil, 0, netstackError{err}
		}
	}
}

func (l *netstackLeg) write(b []byte) error {
	for len(b) > 0 {
		l.payload.Reset(b)
		count, err := l.ep.Write(&l.payload, tcpip.WriteOptions{})
		b = b[count:]
		switch err.(type) {
		case nil:
		case *tcpip.ErrWouldBlock:
			<-l.canWrite
		default:
			return netstackError{err}
		}
	}
	return nil
}

func (l *netstackLeg) closeWrite() error {
	switch err := l.ep.Shutdown(tcpip.ShutdownWrite); err.(type) {
	case nil, *tcpip.ErrNotConnected:
		return nil
	default:
		return netstackError{err}
	}
}

func (l *netstackLeg) close() {
	l.forget()
	l.ep.Close()
}

func (l *netstackLeg) abort() {
	// Abort wakes whoever waits: with an error state there is nothing left to wait for.
	l.ep.Abort()
}

func (l *netstackLeg) forget() {
	l.queue.EventUnregister(&l.readable)
	l.queue.EventUnregister(&l.writable)
}

// plainLeg is any other connection.
type plainLeg struct{ conn net.Conn }

func (l *plainLeg) read() (*buffer, int, error) {
	b := takeBuffer()
	count, err := l.conn.Read(b[:])
	if count > 0 {
		return b, count, nil
	}
	giveBuffer(b)
	if err == nil {
		err = io.ErrNoProgress
	}
	return nil, 0, err
}

func (l *plainLeg) write(b []byte) error {
	_, err := l.conn.Write(b)
	return err
}

func (l *plainLeg) closeWrite() error {
	if c, ok := l.conn.(interface{ CloseWrite() error }); ok {
		return ignoreNotConnected(c.CloseWrite())
	}
	return errors.ErrUnsupported
}

func (l *plainLeg) close() { l.conn.Close() }

func (l *plainLeg) abort() { l.conn.Close() }
