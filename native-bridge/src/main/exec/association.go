package main

import (
	"context"
	"io"
	"net"
	"net/netip"
	"os"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	associationIdle = 2 * time.Minute
	mostSenders     = 256 // of one target
)

// agentDesk carries datagrams to a target through the agent: for each socket that sends, an association of its own.
type agentDesk struct {
	desk     *desk
	agent    controlAgent
	wish     func() wish
	complain func(wish, error)
	mutex    sync.Mutex
	bySender map[netip.AddrPort]*association
}

// association is a pair of UDP sockets on loopback, connected to each other: one is here, the agent has the other.
type association struct {
	ready   chan struct{} // closed when conn, or its absence, is known
	conn    *net.UDPConn
	control net.Conn
}

func newAgentDesk(d *desk, agent controlAgent, wish func() wish, complain func(wish, error)) *agentDesk {
	return &agentDesk{desk: d, agent: agent, wish: wish, complain: complain, bySender: make(map[netip.AddrPort]*association)}
}

func (t *agentDesk) receive(from netip.AddrPort, datagram []byte) {
	t.mutex.Lock()
	known := t.bySender[from]
	if known == nil {
		if len(t.bySender) >= mostSenders {
			t.mutex.Unlock()
			return
		}
		known = &association{ready: make(chan struct{})}
		t.bySender[from] = known
		go t.carry(from, known)
	}
	t.mutex.Unlock()
	select {
	case <-known.ready:
		known.send(datagram)
	default:
		go func() {
			<-known.ready
			known.send(datagram)
		}()
	}
}

// carry opens an association and returns what comes back, until nothing has for a while.
func (t *agentDesk) carry(from netip.AddrPort, by *association) {
	defer t.forget(from)
	asked := t.wish()
	err := by.open(t.agent, asked)
	close(by.ready)
	if err != nil {
		t.desk.refuse(errnoOf(err))
		t.complain(asked, err)
		return
	}
	defer by.close()
	go func() {
		_, _ = io.Copy(io.Discard, by.control) // the agent ends the association by its connection
		by.close()
	}()
	buffer := make([]byte, mostDatagram)
	for {
		_ = by.conn.SetReadDeadline(time.Now().Add(associationIdle))
		n, err := by.conn.Read(buffer)
		if err != nil {
			return
		}
		t.desk.send(buffer[:n], from)
	}
}

func (t *agentDesk) forget(from netip.AddrPort) {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	delete(t.bySender, from)
}

func (t *agentDesk) close() {
	t.mutex.Lock()
	defer t.mutex.Unlock()
	for _, one := range t.bySender {
		select {
		case <-one.ready:
			one.close()
		default:
		}
	}
}

func (a *association) send(datagram []byte) {
	if a.conn != nil {
		_, _ = a.conn.Write(datagram)
	}
}

func (a *association) close() {
	if a.conn != nil {
		_ = a.conn.Close()
		_ = a.control.Close()
	}
}

func (a *association) open(agent controlAgent, asked wish) error {
	opened, err := agent.open(context.Background(), asked)
	if err != nil {
		return err
	}
	ours, theirs, err := datagramPair()
	if err != nil {
		_ = opened.conn.Close()
		return err
	}
	err = opened.give(theirs)
	_ = unix.Close(theirs)
	if err != nil {
		_ = ours.Close()
		_ = opened.conn.Close()
		return err
	}
	a.control, a.conn = opened.conn, ours
	return nil
}

// datagramPair makes two UDP sockets on loopback that hear nobody but each other.
func datagramPair() (*net.UDPConn, int, error) {
	var pair [2]*socket
	var at [2]netip.AddrPort
	for i := range pair {
		fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
		if err == nil {
			pair[i] = &socket{fd: fd, domain: unix.AF_INET}
			if err = bind(fd, netip.AddrPortFrom(netip.AddrFrom4([4]byte{127, 0, 0, 1}), 0)); err == nil {
				at[i], err = pair[i].localAddress()
			}
		}
		if err != nil {
			closeAll(pair[:])
			return nil, -1, err
		}
	}
	for i := range pair {
		if err := pair[i].connect(at[1-i]); err != nil {
			closeAll(pair[:])
			return nil, -1, err
		}
	}
	file := os.NewFile(uintptr(pair[0].fd), "udp")
	defer func() { _ = file.Close() }()
	conn, err := net.FileConn(file)
	if err != nil {
		pair[1].close()
		return nil, -1, err
	}
	return conn.(*net.UDPConn), pair[1].fd, nil
}

func closeAll(sockets []*socket) {
	for _, one := range sockets {
		if one != nil {
			one.close()
		}
	}
}
