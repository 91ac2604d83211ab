package main

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"sync"
	"time"

	"golang.org/x/sys/unix"
)

const (
	mostIdleStreams = 4

	// The agent closes a stream that was idle for longer (DnsFrontEnd).
	longestIdle = 8 * time.Second

	// The agent has an answer before this, be it that there is none.
	queryPatience = 6 * time.Second

	serverFailure = 2
)

// resolver has the agent answer DNS messages, over streams to its control socket.
type resolver struct {
	agent   controlAgent
	lookups *lookups
	mutex   sync.Mutex
	idle    []idleStream
}

type idleStream struct {
	conn  net.Conn
	since time.Time
}

// openDNS is a connection that carries DNS messages as over TCP.
func (a controlAgent) openDNS(ctx context.Context) (*tunnel, error) {
	return a.ask(ctx, "GET /dns HTTP/1.1\r\nHost: localhost\r\nConnection: Upgrade\r\nUpgrade: dns\r\n\r\n", 101)
}

// answer returns the response to a query that came over UDP; it fits into what the sender takes.
func (r *resolver) answer(query []byte) []byte {
	asked, err := parseDNS(query)
	if err != nil && len(query) < dnsHeader {
		return nil
	}
	response, errExchange := r.exchange(query)
	if errExchange != nil {
		return failure(query)
	}
	told, errTold := parseDNS(response)
	if errTold == nil {
		r.lookups.learn(told)
	}
	if err == nil && errTold == nil && len(response) > asked.payload() {
		return truncated(response, told.questionEnd)
	}
	return response
}

// wish is for a target by the name that a program was told its address of.
func (r *resolver) wish(socket string, target netip.AddrPort, by program) wish {
	process, _ := processOf(by.tid)
	return wish{socket: socket, target: target, name: r.lookups.nameOf(target.Addr()), process: process}
}

// failure is SERVFAIL, so that nobody waits for what does not come.
func failure(query []byte) []byte {
	response := append([]byte(nil), query...)
	response[2] |= 0x80
	response[3] = response[3]&0xf0 | serverFailure
	return response
}

func (r *resolver) exchange(query []byte) ([]byte, error) {
	if conn := r.takeIdle(); conn != nil {
		if response, err := r.over(conn, query); err == nil {
			return response, nil
		}
	}
	ctx, cancel := context.WithTimeout(context.Background(), queryPatience)
	defer cancel()
	opened, err := r.agent.openDNS(ctx)
	if err != nil {
		return nil, err
	}
	return r.over(opened.conn, query)
}

// over asks on a stream that has no other question, and keeps it for the next if all went well.
func (r *resolver) over(conn net.Conn, query []byte) ([]byte, error) {
	_ = conn.SetDeadline(time.Now().Add(queryPatience))
	framed := append(binary.BigEndian.AppendUint16(nil, uint16(len(query))), query...)
	if _, err := conn.Write(framed); err != nil {
		_ = conn.Close()
		return nil, err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		_ = conn.Close()
		return nil, err
	}
	response := make([]byte, binary.BigEndian.Uint16(length[:]))
	if _, err := io.ReadFull(conn, response); err != nil {
		_ = conn.Close()
		return nil, err
	}
	r.mutex.Lock()
	defer r.mutex.Unlock()
	if len(r.idle) < mostIdleStreams {
		r.idle = append(r.idle, idleStream{conn, time.Now()})
	} else {
		_ = conn.Close()
	}
	return response, nil
}

func (r *resolver) takeIdle() net.Conn {
	r.mutex.Lock()
	defer r.mutex.Unlock()
	for len(r.idle) > 0 {
		last := r.idle[len(r.idle)-1]
		r.idle = r.idle[:len(r.idle)-1]
		if time.Since(last.since) < longestIdle {
			return last.conn
		}
		_ = last.conn.Close()
	}
	return nil
}

// learnFrom reads along what a program is told over TCP.
func (r *resolver) learnFrom(stream io.Reader) error {
	for {
		var length [2]byte
		if _, err := io.ReadFull(stream, length[:]); err != nil {
			if errors.Is(err, io.EOF) {
				return nil
			}
			return fmt.Errorf("a DNS stream that ends within a message: %w", unix.EPROTO)
		}
		message := make([]byte, binary.BigEndian.Uint16(length[:]))
		if _, err := io.ReadFull(stream, message); err != nil {
			return err
		}
		if told, err := parseDNS(message); err == nil {
			r.lookups.learn(told)
		}
	}
}
