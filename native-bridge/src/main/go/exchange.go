package main

import (
	"bytes"
	"context"
	"crypto/rand"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"net"
	"net/netip"
	"time"

	"golang.org/x/net/dns/dnsmessage"
	"tailscale.com/net/dns/resolvconffile"
)

const (
	dnsHeader     = 12
	maxDNSMessage = 65535
	// maxServers is what the C library uses of /etc/resolv.conf.
	maxServers = 3
	// perServer is how long one server has to answer before the next is asked, as for the C library.
	perServer = 5 * time.Second
)

// exchange passes a message on to the host's DNS servers, one after the other, and returns the first answer that tells
// something. It is the caller's message as it is, but for the id.
func (h *hostResolver) exchange(ctx context.Context, message []byte) (raw []byte, server string, err error) {
	config, err := resolvconffile.ParseFile(resolvconffile.Path)
	if err != nil {
		return nil, "", failf(codeResolveFailed, "the host's DNS servers are not known: %v", err)
	}
	servers := config.Nameservers[:min(len(config.Nameservers), maxServers)]
	if len(servers) == 0 {
		servers = []netip.Addr{netip.MustParseAddr("127.0.0.1")} // resolv.conf(5)
	}
	return h.exchangeWith(ctx, servers, dnsPort, message)
}

func (h *hostResolver) exchangeWith(ctx context.Context, servers []netip.Addr, port uint16, message []byte) (raw []byte, server string, err error) {
	var refusal []byte
	var refusing string
	var failures []error
	for i, addr := range servers {
		address := netip.AddrPortFrom(addr, port).String()
		limited, stop := context.WithTimeout(ctx, share(ctx, len(servers)-i))
		answer, err := h.ask(limited, address, message)
		stop()
		switch {
		case err != nil:
			failures = append(failures, fmt.Errorf("%s: %w", address, err))
		case tellsNothing(answer) && refusal == nil:
			refusal, refusing = answer, address
		case !tellsNothing(answer):
			return answer, address, nil
		}
		if ctx.Err() != nil {
			break
		}
	}
	if refusal != nil {
		return refusal, refusing, nil
	}
	return nil, "", failf(codeResolveFailed, "the host's DNS servers do not answer: %v", errors.Join(failures...))
}

// share leaves some of the remaining time for the servers that come after.
func share(ctx context.Context, servers int) time.Duration {
	deadline, limited := ctx.Deadline()
	if !limited {
		return perServer
	}
	return min(perServer, time.Until(deadline)/time.Duration(servers))
}

// tellsNothing is true for SERVFAIL, NOTIMP and REFUSED: another server may know more.
func tellsNothing(answer []byte) bool {
	switch dnsmessage.RCode(answer[3] & 0xf) {
	case dnsmessage.RCodeServerFailure, dnsmessage.RCodeNotImplemented, dnsmessage.RCodeRefused:
		return true
	}
	return false
}

// ask sends a message to one server, over UDP and, if the answer does not fit, over TCP.
func (h *hostResolver) ask(ctx context.Context, server string, message []byte) ([]byte, error) {
	answer, err := h.roundTrip(ctx, "udp", server, message)
	if err == nil && answer[2]&0x02 != 0 {
		if whole, err := h.roundTrip(ctx, "tcp", server, message); err == nil {
			return whole, nil
		}
	}
	return answer, err
}

// roundTrip asks under an id of its own, so that answers cannot be guessed by who sees the client's.
func (h *hostResolver) roundTrip(ctx context.Context, network, server string, message []byte) ([]byte, error) {
	conn, err := h.dial(ctx, network, server)
	if err != nil {
		return nil, err
	}
	defer conn.Close()
	defer context.AfterFunc(ctx, func() { conn.SetDeadline(time.Unix(1, 0)) })()
	request := append(make([]byte, 2, 2+len(message)), message...)
	rand.Read(request[2:4])
	binary.BigEndian.PutUint16(request, uint16(len(message)))
	if network == "udp" {
		request = request[2:]
	}
	if _, err := conn.Write(request); err != nil {
		return nil, err
	}
	question := request[len(request)-len(message):]
	for {
		answer, err := receive(network, conn)
		if err != nil {
			return nil, err
		}
		if answers(answer, question) {
			copy(answer, message[:2])
			return answer, nil
		}
	}
}

func receive(network string, conn net.Conn) ([]byte, error) {
	if network == "udp" {
		buffer := make([]byte, maxDNSMessage)
		n, err := conn.Read(buffer)
		return buffer[:n:n], err
	}
	var length [2]byte
	if _, err := io.ReadFull(conn, length[:]); err != nil {
		return nil, err
	}
	buffer := make([]byte, binary.BigEndian.Uint16(length[:]))
	_, err := io.ReadFull(conn, buffer)
	return buffer, err
}

// answers tells a response to the request from what others send to the same port.
func answers(response, request []byte) bool {
	if len(response) < dnsHeader || response[2]&0x80 == 0 || !bytes.Equal(response[:2], request[:2]) {
		return false
	}
	asked, err := questionOf(request)
	if err != nil {
		return false
	}
	answered, err := questionOf(response)
	if errors.Is(err, dnsmessage.ErrSectionDone) {
		return true // an error need not repeat the question
	}
	return err == nil && answered.Type == asked.Type && answered.Class == asked.Class &&
		canonical(answered.Name.String()) == canonical(asked.Name.String())
}

func questionOf(message []byte) (dnsmessage.Question, error) {
	var parser dnsmessage.Parser
	if _, err := parser.Start(message); err != nil {
		return dnsmessage.Question{}, err
	}
	return parser.Question()
}
