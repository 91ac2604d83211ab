package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"strconv"
	"strings"
	"time"

	"golang.org/x/sys/unix"
)

const (
	// The agent's own time limits for readiness, lookup and dial end before this.
	patience = 60 * time.Second

	mostOfAnswer = 16 << 10
)

// controlAgent is the running agent, over its control socket.
type controlAgent struct {
	path string
}

// refusal says why there is no connection.
type refusal struct {
	errno  unix.Errno
	reason string
	denied bool // by the policy
}

func (r *refusal) Error() string {
	return r.reason
}

// tunnel is the control socket after an answer that takes it out of HTTP.
type tunnel struct {
	conn *net.UnixConn
	head string // of the answer
	rest []byte // what came along with it
}

// wish is a connection, or datagrams, that a program asks for.
type wish struct {
	socket  string // what will be given: stream or datagrams
	target  netip.AddrPort
	name    string // that the program was told the address of; empty when there is none
	process int    // the program's
}

// String names the target as the policy sees it.
func (w wish) String() string {
	if w.name == "" {
		return w.target.String()
	}
	return net.JoinHostPort(w.name, strconv.Itoa(int(w.target.Port())))
}

// ping tells whether an agent listens.
func (a controlAgent) ping() error {
	conn, err := net.DialTimeout("unix", a.path, patience)
	if err != nil {
		return err
	}
	return conn.Close()
}

const (
	givenStream    = "stream"
	givenDatagrams = "datagrams"
)

const socketAwaited = "\r\nTailnet-Agent-Socket: awaited"

// open asks for a tunnel that begins with the socket which give gives; what it cannot have is a *refusal.
func (a controlAgent) open(ctx context.Context, asked wish) (*tunnel, error) {
	request := fmt.Sprintf("CONNECT %s HTTP/1.1\r\nHost: %s\r\nTailnet-Agent-Socket: %s\r\nTailnet-Agent-Process: %d\r\n",
		asked, asked, asked.socket, asked.process)
	if asked.name != "" {
		request += "Tailnet-Agent-Address: " + asked.target.Addr().String() + "\r\n"
	}
	opened, err := a.ask(ctx, request+"\r\n", 200)
	if err == nil && !strings.Contains(opened.head, socketAwaited) {
		_ = opened.conn.Close()
		err = &refusal{errno: unix.ENETUNREACH, reason: "the agent is of another version than this exec: restart it"}
	}
	return opened, err
}

// give makes a connected socket the client's end of the tunnel: the agent moves its bytes, this process no longer. The descriptor
// stays the caller's, and so does the tunnel: datagrams end with it, a stream does not.
func (t *tunnel) give(fd int) error {
	if err := unix.SetNonblock(fd, true); err != nil {
		return err
	}
	_, _, err := t.conn.WriteMsgUnix([]byte{0}, unix.UnixRights(fd), nil)
	return err
}

// ask makes a request that takes the connection out of HTTP, if its status is the one wanted.
func (a controlAgent) ask(ctx context.Context, request string, wanted int) (*tunnel, error) {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	conn, err := (&net.Dialer{}).DialContext(ctx, "unix", a.path)
	if err != nil {
		return nil, &refusal{errno: unix.ENETUNREACH, reason: "the agent at " + a.path + " is gone (" + err.Error() + ")"}
	}
	unixConn := conn.(*net.UnixConn)
	stop := context.AfterFunc(ctx, func() { _ = conn.SetDeadline(time.Unix(1, 0)) })
	opened, err := converse(unixConn, request, wanted)
	if !stop() && err == nil {
		err = &refusal{errno: unix.ETIMEDOUT, reason: "the agent did not answer in time"}
	}
	if err != nil {
		_ = conn.Close()
		return nil, err
	}
	return opened, nil
}

func converse(conn *net.UnixConn, request string, wanted int) (*tunnel, error) {
	if _, err := io.WriteString(conn, request); err != nil {
		return nil, lost(err)
	}
	answer := make([]byte, 0, 512)
	for {
		head, rest, complete := bytes.Cut(answer, []byte("\r\n\r\n"))
		if complete {
			status := statusOf(head)
			if status == wanted {
				return &tunnel{conn: conn, head: string(head), rest: bytes.Clone(rest)}, nil
			}
			body, _ := io.ReadAll(io.LimitReader(conn, mostOfAnswer))
			return nil, refused(status, string(head), string(rest)+string(body))
		}
		if len(answer) > mostOfAnswer {
			return nil, lost(errors.New("its answer is too long"))
		}
		if len(answer) == cap(answer) {
			answer = append(answer, 0)[:len(answer)]
		}
		n, err := conn.Read(answer[len(answer):cap(answer)])
		if err != nil {
			return nil, lost(err)
		}
		answer = answer[:len(answer)+n]
	}
}

func lost(err error) error {
	var timeout net.Error
	if errors.As(err, &timeout) && timeout.Timeout() {
		return &refusal{errno: unix.ETIMEDOUT, reason: "the agent did not answer in time"}
	}
	return &refusal{errno: unix.ENETUNREACH, reason: "the agent broke off: " + err.Error()}
}

func statusOf(head []byte) int {
	line, _, _ := strings.Cut(string(head), "\r\n")
	words := strings.SplitN(line, " ", 3)
	if len(words) < 2 || !strings.HasPrefix(words[0], "HTTP/1.") {
		return 0
	}
	status, _ := strconv.Atoi(words[1])
	return status
}

// proxyError is what the agent's own member in Proxy-Status says (RFC 9209).
func proxyError(head string) string {
	for line := range strings.Lines(head) {
		name, value, _ := strings.Cut(strings.TrimSpace(line), ":")
		member, parameters, _ := strings.Cut(value, ";")
		if !strings.EqualFold(name, "Proxy-Status") || strings.TrimSpace(member) != "tailnet-agent" {
			continue
		}
		first, _, _ := strings.Cut(parameters, ";")
		if kind, ok := strings.CutPrefix(strings.TrimSpace(first), "error="); ok {
			return kind
		}
	}
	return ""
}

// refused is the table of what the agent says (HttpAnswer) and what connect(2) says.
func refused(status int, head, body string) *refusal {
	reason, _, _ := strings.Cut(strings.TrimPrefix(strings.TrimSpace(body), "tailnet-agent: "), "\n")
	if reason == "" {
		reason = "the agent answered with status " + strconv.Itoa(status)
	}
	said := &refusal{errno: unix.ENETUNREACH, reason: reason}
	switch proxyError(head) {
	case "http_request_denied":
		said.errno, said.denied = unix.EACCES, true
	case "destination_ip_prohibited":
		said.errno = unix.EACCES
	case "connection_refused":
		said.errno = unix.ECONNREFUSED
	case "connection_timeout", "dns_timeout":
		said.errno = unix.ETIMEDOUT
	case "destination_unavailable", "dns_error":
		said.errno = unix.EHOSTUNREACH
	case "connection_limit_reached", "proxy_internal_error":
		said.errno = unix.EAGAIN
	}
	return said
}
