package main

import (
	"errors"
	"net/netip"
	"sync/atomic"
	"syscall"

	"gvisor.dev/gvisor/pkg/tcpip"
	"gvisor.dev/gvisor/pkg/waiter"
)

// datagramLeg is one of the two sides of a flow of datagrams: each read and each write is one. Nothing ends it but abort.
type datagramLeg struct {
	conn    datagramConn
	at      netip.AddrPort
	refused atomic.Bool // since the last datagram that came
}

func (d *datagramLeg) read() (*buffer, int, error) {
	for {
		b, length, err := d.conn.read()
		switch {
		case err == nil:
			d.refused.Store(false)
			return b, length, nil
		case errors.Is(err, syscall.ECONNREFUSED):
			// Nobody listens now; somebody may before the flow is idle for long.
			d.refused.Store(true)
		default:
			return nil, 0, err
		}
	}
}

func (d *datagramLeg) write(b []byte) error {
	err := d.conn.write(b)
	if errors.Is(err, syscall.ECONNREFUSED) {
		// That was of an earlier datagram; this one was not sent.
		d.refused.Store(true)
		err = d.conn.write(b)
	}
	if isLoss(err) {
		return nil
	}
	return err
}

// isLoss tells whether an error is of a single datagram: the next may fare better.
func isLoss(err error) bool {
	var inNetstack netstackError
	if errors.As(err, &inNetstack) {
		_, tooLong := inNetstack.err.(*tcpip.ErrMessageTooLong)
		return tooLong
	}
	for _, loss := range []error{errQueueFull, syscall.ECONNREFUSED, syscall.ENOBUFS, syscall.EMSGSIZE, syscall.EPERM} {
		if errors.Is(err, loss) {
			return true
		}
	}
	return false
}

func (d *datagramLeg) closeWrite() error { return nil }

func (d *datagramLeg) close() { d.conn.close() }

func (d *datagramLeg) abort() { d.conn.close() }

// outcome says how a flow to this side ended: idleness is its usual end.
func (d *datagramLeg) outcome(c code, words string) (code, string) {
	switch {
	case c != codeIdle:
		return c, words
	case d.refused.Load():
		return codeRefused, "nobody listens at " + d.at.String()
	default:
		return codeOK, ""
	}
}

// acceptedDatagrams makes a datagramConn of an endpoint that netstack has made for a peer.
func acceptedDatagrams(ep tcpip.Endpoint, queue *waiter.Queue) datagramConn {
	d := &netstackDatagrams{ep: ep, queue: queue}
	d.prepare()
	return d
}
