package main

import (
	"net"
	"net/netip"
	"os"
	"sync"

	"golang.org/x/sys/unix"
)

// mostWaiting is how many connections may wait to be accepted, if the system has no lower limit.
const mostWaiting = 4096

// reception is where sockets that may wait are connected to once their connection is made: an ordinary listener, whose
// accepted ends are told apart by where they come from.
type reception struct {
	listening *net.TCPListener
	address   netip.AddrPort
	mutex     sync.Mutex
	expected  map[netip.AddrPort]chan *net.TCPConn
}

func openReception(loopback netip.Addr) (*reception, error) {
	listening, err := listenOn(loopback)
	if err != nil {
		return nil, err
	}
	opened := &reception{
		listening: listening,
		address:   listening.Addr().(*net.TCPAddr).AddrPort(),
		expected:  make(map[netip.AddrPort]chan *net.TCPConn),
	}
	go opened.accept()
	return opened, nil
}

// listenOn is net.ListenTCP without what that tries first, once in each process: which kinds of sockets the kernel has.
func listenOn(loopback netip.Addr) (*net.TCPListener, error) {
	fd, err := streamSocket(loopback)
	if err != nil {
		return nil, err
	}
	file := os.NewFile(uintptr(fd), "reception")
	defer func() { _ = file.Close() }()
	if err := bind(fd, netip.AddrPortFrom(loopback, 0)); err != nil {
		return nil, err
	}
	if err := unix.Listen(fd, mostWaiting); err != nil {
		return nil, err
	}
	listening, err := net.FileListener(file)
	if err != nil {
		return nil, err
	}
	return listening.(*net.TCPListener), nil
}

func (r *reception) accept() {
	for {
		conn, err := r.listening.AcceptTCP()
		if err != nil {
			return
		}
		from := conn.RemoteAddr().(*net.TCPAddr).AddrPort()
		from = netip.AddrPortFrom(from.Addr().Unmap(), from.Port())
		r.mutex.Lock()
		waiting := r.expected[from]
		delete(r.expected, from)
		r.mutex.Unlock()
		if waiting == nil {
			_ = conn.Close() // of nobody's that we know
			continue
		}
		waiting <- conn
	}
}

// receive connects a socket here and returns the other end. It binds the socket first, to know who comes.
func (r *reception) receive(guest *socket) (*net.TCPConn, error) {
	local, err := guest.localAddress()
	if err != nil {
		return nil, err
	}
	if local.Port() == 0 || local.Addr().IsUnspecified() {
		// A program that has bound its socket to a port only comes from the loopback address.
		if local.Port() == 0 {
			if err := bindGuest(guest, r.address.Addr()); err != nil {
				return nil, err
			}
			if local, err = guest.localAddress(); err != nil {
				return nil, err
			}
		}
		if local.Addr().IsUnspecified() {
			local = netip.AddrPortFrom(r.address.Addr(), local.Port())
		}
	}
	arrived := make(chan *net.TCPConn, 1)
	r.mutex.Lock()
	r.expected[local] = arrived
	r.mutex.Unlock()
	if err := guest.connect(r.address); err != nil {
		r.mutex.Lock()
		delete(r.expected, local)
		r.mutex.Unlock()
		return nil, err
	}
	return <-arrived, nil
}

// bindGuest leaves the choice of the port to the moment of the bind: of all the ports, as connect(2) has them.
func bindGuest(guest *socket, to netip.Addr) error {
	return bindDomain(guest.fd, guest.domain, netip.AddrPortFrom(to, 0))
}

// connFromDescriptor gives a connected TCP socket to Go's poller; the descriptor is its own afterwards.
func connFromDescriptor(fd int) (*net.TCPConn, error) {
	file := os.NewFile(uintptr(fd), "tcp")
	defer func() { _ = file.Close() }()
	conn, err := net.FileConn(file)
	if err != nil {
		return nil, err
	}
	tcp, ok := conn.(*net.TCPConn)
	if !ok {
		_ = conn.Close()
		return nil, unix.EPROTOTYPE
	}
	return tcp, nil
}
