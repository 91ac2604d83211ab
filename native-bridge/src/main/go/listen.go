package main

import (
	"context"
	"io"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// accepted remembers the remote address of every connection handed out by a listener, by the inode of the caller's
// socket, which stays the same when a descriptor is duplicated or its number used again.
var accepted acceptedConns

// keptAfterEnd is how many connections that have ended keep their address: their descriptors may still be open.
const keptAfterEnd = 1024

type acceptedConns struct {
	mu        sync.Mutex
	conns     map[uint64]*acceptedConn
	ended     []*acceptedConn // a ring
	next      int
	listeners map[uint64]int32 // by inode, the node's handle
}

type acceptedConn struct {
	inode, listener uint64
	remote          string
}

func (a *acceptedConns) listen(inode uint64, handle int32) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.listeners == nil {
		a.listeners = make(map[uint64]int32)
		a.conns = make(map[uint64]*acceptedConn)
	}
	a.listeners[inode] = handle
}

func (a *acceptedConns) unlisten(inode uint64) {
	a.mu.Lock()
	defer a.mu.Unlock()
	delete(a.listeners, inode)
}

func (a *acceptedConns) add(c *acceptedConn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.conns[c.inode] = c
}

// end is called when a connection is over; its address is forgotten some connections later.
func (a *acceptedConns) end(c *acceptedConn) {
	a.mu.Lock()
	defer a.mu.Unlock()
	if len(a.ended) < keptAfterEnd {
		a.ended = append(a.ended, c)
		return
	}
	if oldest := a.ended[a.next]; a.conns[oldest.inode] == oldest {
		delete(a.conns, oldest.inode)
	}
	a.ended[a.next] = c
	a.next = (a.next + 1) % keptAfterEnd
}

// remote returns the address of a connection of a listener.
func (a *acceptedConns) remote(listener, conn uint64) (string, bool) {
	a.mu.Lock()
	defer a.mu.Unlock()
	c := a.conns[conn]
	if c == nil || c.listener != listener {
		return "", false
	}
	return c.remote, true
}

// handle returns the node's handle of a listener, or 0.
func (a *acceptedConns) handle(listener uint64) int32 {
	a.mu.Lock()
	defer a.mu.Unlock()
	return a.listeners[listener]
}

// listen opens a listener on the tailnet and returns the caller's end of the socket that connections are passed on.
func (n *node) listen(network, addr string) (int, error) {
	if err := n.startSync(); err != nil {
		return -1, err
	}
	listener, err := n.server.Listen(network, addr)
	if err != nil {
		return -1, err
	}
	conn, fd, err := socketPair(syscall.SOCK_STREAM, false)
	if err != nil {
		listener.Close()
		return -1, err
	}
	id, err := inode(fd)
	if err != nil {
		listener.Close()
		conn.Close()
		syscall.Close(fd)
		return -1, err
	}
	accepted.listen(id, n.handle)
	passing := conn.(*net.UnixConn)
	go func() {
		// The caller never writes: a read ends when it closes the listener.
		io.Copy(io.Discard, passing)
		listener.Close()
	}()
	go func() {
		defer accepted.unlisten(id)
		defer passing.Close()
		for {
			remote, err := listener.Accept()
			if err != nil {
				return
			}
			if err := n.pass(passing, id, remote); err != nil {
				n.log(logWarning, "cannot hand over a connection from %s: %v", remote.RemoteAddr(), err)
			}
		}
	}()
	return fd, nil
}

// pass gives a connection to the caller, and moves its bytes.
func (n *node) pass(listener *net.UnixConn, listenerID uint64, remote net.Conn) error {
	kind := syscall.SOCK_STREAM
	if strings.HasPrefix(remote.LocalAddr().Network(), "udp") {
		kind = syscall.SOCK_SEQPACKET
	}
	conn, fd, err := socketPair(kind, false)
	if err != nil {
		remote.Close()
		return err
	}
	defer syscall.Close(fd)
	client, err := callerLeg(conn, kind)
	if err != nil {
		remote.Close()
		return err
	}
	c := &acceptedConn{listener: listenerID, remote: hostOf(remote.RemoteAddr())}
	if c.inode, err = inode(fd); err == nil {
		accepted.add(c)
		_, _, err = listener.WriteMsgUnix([]byte{0}, unix.UnixRights(fd), nil)
		if err != nil {
			accepted.end(c)
		}
	}
	if err != nil {
		client.close()
		remote.Close()
		return err
	}
	go func() {
		n.join(client, newNetstackLeg(remote))
		accepted.end(c)
	}()
	return nil
}

func hostOf(addr net.Addr) string {
	if addr == nil {
		return ""
	}
	host, _, err := net.SplitHostPort(addr.String())
	if err != nil {
		return addr.String()
	}
	return host
}

// join moves bytes between the caller's socket and a connection of the tailnet until both directions have ended, or the
// node is closed.
func (n *node) join(client, target leg) {
	t := newTunnel(client, target, 0)
	stop := context.AfterFunc(n.ctx, func() { t.fail(errClosed) })
	defer stop()
	t.run(nil)
}

// callerLeg makes a leg of our end of a socket pair. Datagrams have no halves to close, and their ends are those of the
// socket.
func callerLeg(conn net.Conn, kind int) (leg, error) {
	if kind == syscall.SOCK_STREAM {
		return newSocketLeg(conn)
	}
	return &plainLeg{conn}, nil
}

// connect dials for the C interface, which takes names and waits for the node to run.
func (n *node) connect(network, addr string) (int, error) {
	if err := n.startSync(); err != nil {
		return -1, err
	}
	kind := syscall.SOCK_STREAM
	switch network {
	case "tcp", "tcp4", "tcp6", "":
	case "udp", "udp4", "udp6":
		kind = syscall.SOCK_SEQPACKET
	default:
		return -1, apiErrorf(syscall.EINVAL, "unsupported network %q", network)
	}
	if err := n.awaitRunning(n.ctx); err != nil {
		return -1, err
	}
	ctx, stop := context.WithTimeout(n.ctx, dialTimeout)
	defer stop()
	target, err := n.connectTailnet(ctx, network, addr, kind)
	if err != nil {
		return -1, contextError(ctx, err)
	}
	conn, fd, err := socketPair(kind, false)
	if err != nil {
		target.close()
		return -1, err
	}
	client, err := callerLeg(conn, kind)
	if err != nil {
		target.close()
		syscall.Close(fd)
		return -1, err
	}
	go n.join(client, target)
	return fd, nil
}

func (n *node) connectTailnet(ctx context.Context, network, addr string, kind int) (leg, error) {
	host, port, err := splitHostPort(network, addr)
	if err != nil {
		return nil, err
	}
	addrs, err := n.connectTargets(ctx, network, host)
	if err != nil {
		return nil, err
	}
	var failed error
	for _, to := range addrs {
		target := netip.AddrPortFrom(to, port)
		var found leg
		if kind == syscall.SOCK_STREAM {
			found, err = n.dialTailnet(ctx, target)
		} else {
			found, err = n.dialTailnetUDP(ctx, target)
		}
		if err == nil {
			return found, nil
		}
		failed = failf(classifyDial(err), "%s", dialWords(target, dialTimeout, err))
	}
	return nil, failed
}

func (n *node) dialTailnetUDP(ctx context.Context, target netip.AddrPort) (leg, error) {
	source, err := n.tailnetSource(target.Addr())
	if err != nil {
		return nil, err
	}
	conn, err := n.netstack.Load().DialContextUDPWithBind(ctx, source, target)
	if err != nil {
		return nil, err
	}
	return &plainLeg{conn}, nil
}

// connectTargets resolves the host of a dial of the C interface to addresses of the wanted family.
func (n *node) connectTargets(ctx context.Context, network, host string) ([]netip.Addr, error) {
	var found []netip.Addr
	if literal, err := netip.ParseAddr(host); err == nil {
		found = []netip.Addr{literal.Unmap()}
	} else {
		answer, err := n.lookUp(ctx, host)
		if err != nil {
			return nil, err
		}
		found = answer.addrs
	}
	var targets []netip.Addr
	for _, addr := range found {
		if strings.HasSuffix(network, "4") && !addr.Is4() || strings.HasSuffix(network, "6") && !addr.Is6() {
			continue
		}
		targets = append(targets, addr)
	}
	if len(targets) == 0 {
		return nil, failf(codeNoSuchName, "%s has no address for %s", host, network)
	}
	return targets, nil
}

// closeTimeout bounds how long tailscale_close waits: a logout takes at most 5 s.
const closeTimeout = 15 * time.Second

// dialTimeout bounds a dial of the C interface, which has no deadline of its own.
const dialTimeout = 2 * time.Minute

// splitHostPort is net.SplitHostPort with service names resolved.
func splitHostPort(network, addr string) (host string, port uint16, err error) {
	host, service, err := net.SplitHostPort(addr)
	if err != nil {
		return "", 0, err
	}
	number, err := net.LookupPort(network, service)
	if err != nil {
		return "", 0, err
	}
	return host, uint16(number), nil
}
