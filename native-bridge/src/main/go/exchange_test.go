package main

import (
	"bytes"
	"context"
	"encoding/binary"
	"io"
	"net"
	"net/netip"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"
)

// dnsServer answers over UDP and TCP on one port of a loopback address, each with what answer makes of the request.
func dnsServer(t *testing.T, address string, port int, answer func(network string, request []byte) [][]byte) int {
	t.Helper()
	packets, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.ParseIP(address), Port: port})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { packets.Close() })
	port = packets.LocalAddr().(*net.UDPAddr).Port
	listener, err := net.ListenTCP("tcp", &net.TCPAddr{IP: net.ParseIP(address), Port: port})
	if err != nil {
		t.Skipf("the UDP port is not free for TCP: %v", err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		buffer := make([]byte, maxDNSMessage)
		for {
			n, from, err := packets.ReadFromUDP(buffer)
			if err != nil {
				return
			}
			for _, response := range answer("udp", bytes.Clone(buffer[:n])) {
				packets.WriteToUDP(response, from)
			}
		}
	}()
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			var length [2]byte
			io.ReadFull(conn, length[:])
			request := make([]byte, binary.BigEndian.Uint16(length[:]))
			io.ReadFull(conn, request)
			for _, response := range answer("tcp", request) {
				conn.Write(append(binary.BigEndian.AppendUint16(nil, uint16(len(response))), response...))
			}
			conn.Close()
		}
	}()
	return port
}

// respond makes a response of a request: a code, the truncation flag, and a text that tells responses apart.
func respond(t *testing.T, request []byte, rcode dnsmessage.RCode, truncated bool, text string) []byte {
	question, err := questionOf(request)
	if err != nil {
		t.Error(err)
		return nil
	}
	b := dnsmessage.NewBuilder(nil, dnsmessage.Header{
		ID: binary.BigEndian.Uint16(request), Response: true, RCode: rcode, Truncated: truncated,
	})
	b.StartQuestions()
	b.Question(question)
	b.StartAnswers()
	b.TXTResource(dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET},
		dnsmessage.TXTResource{TXT: []string{text}})
	raw, err := b.Finish()
	if err != nil {
		t.Error(err)
	}
	return raw
}

func textOf(raw []byte) string {
	var parser dnsmessage.Parser
	if _, err := parser.Start(raw); err != nil {
		return err.Error()
	}
	parser.SkipAllQuestions()
	if _, err := parser.AnswerHeader(); err != nil {
		return err.Error()
	}
	txt, err := parser.TXTResource()
	if err != nil {
		return err.Error()
	}
	return txt.TXT[0]
}

func textQuery(t *testing.T) []byte {
	t.Helper()
	query, err := buildQuery("Name.example", dnsmessage.TypeTXT)
	if err != nil {
		t.Fatal(err)
	}
	return query
}

var loopbacks = []netip.Addr{netip.MustParseAddr("127.0.0.1"), netip.MustParseAddr("127.0.0.2")}

func within(t *testing.T, limit time.Duration) context.Context {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), limit)
	t.Cleanup(cancel)
	return ctx
}

func TestExchangeAsksTheNextServerWhereOneCannotTell(t *testing.T) {
	port := dnsServer(t, "127.0.0.1", 0, func(_ string, request []byte) [][]byte {
		return [][]byte{respond(t, request, dnsmessage.RCodeRefused, false, "not for you")}
	})
	dnsServer(t, "127.0.0.2", port, func(_ string, request []byte) [][]byte {
		return [][]byte{respond(t, request, dnsmessage.RCodeNameError, false, "none")}
	})
	query := textQuery(t)
	var h hostResolver
	raw, server, err := h.exchangeWith(within(t, 10*time.Second), loopbacks, uint16(port), query)
	if err != nil || textOf(raw) != "none" || server != netip.AddrPortFrom(loopbacks[1], uint16(port)).String() {
		t.Fatalf("%q %s %v", textOf(raw), server, err)
	}
	if !bytes.Equal(raw[:2], query[:2]) {
		t.Errorf("id %x, not the query's", raw[:2])
	}
	raw, _, err = h.exchangeWith(within(t, 10*time.Second), loopbacks[:1], uint16(port), query)
	if err != nil || textOf(raw) != "not for you" {
		t.Errorf("a refusal of all is the answer: %q %v", textOf(raw), err)
	}
}

func TestExchangeTakesTheWholeAnswerOverTCP(t *testing.T) {
	port := dnsServer(t, "127.0.0.1", 0, func(network string, request []byte) [][]byte {
		return [][]byte{respond(t, request, dnsmessage.RCodeSuccess, network == "udp", network)}
	})
	var h hostResolver
	raw, _, err := h.exchangeWith(within(t, 10*time.Second), loopbacks[:1], uint16(port), textQuery(t))
	if err != nil || textOf(raw) != "tcp" {
		t.Errorf("%q %v", textOf(raw), err)
	}
}

func TestExchangeIgnoresWhatIsNoAnswerToTheQuery(t *testing.T) {
	other, err := buildQuery("other.example", dnsmessage.TypeTXT)
	if err != nil {
		t.Fatal(err)
	}
	port := dnsServer(t, "127.0.0.1", 0, func(_ string, request []byte) [][]byte {
		wrongID := respond(t, request, dnsmessage.RCodeSuccess, false, "wrong id")
		wrongID[0] ^= 0xff
		copy(other, request[:2])
		return [][]byte{{}, request, wrongID, respond(t, other, dnsmessage.RCodeSuccess, false, "wrong name"),
			respond(t, request, dnsmessage.RCodeSuccess, false, "right")}
	})
	var h hostResolver
	raw, _, err := h.exchangeWith(within(t, 10*time.Second), loopbacks[:1], uint16(port), textQuery(t))
	if err != nil || textOf(raw) != "right" {
		t.Errorf("%q %v", textOf(raw), err)
	}
}

func TestExchangeLeavesTimeForTheNextServer(t *testing.T) {
	port := dnsServer(t, "127.0.0.1", 0, func(string, []byte) [][]byte { return nil })
	dnsServer(t, "127.0.0.2", port, func(_ string, request []byte) [][]byte {
		return [][]byte{respond(t, request, dnsmessage.RCodeSuccess, false, "second")}
	})
	var h hostResolver
	raw, _, err := h.exchangeWith(within(t, 2*time.Second), loopbacks, uint16(port), textQuery(t))
	if err != nil || textOf(raw) != "second" {
		t.Errorf("%q %v", textOf(raw), err)
	}
}

func TestThisProcessIsNotAsked(t *testing.T) {
	port := dnsServer(t, "127.0.0.1", 0, func(_ string, request []byte) [][]byte {
		t.Error("asked itself")
		return nil
	})
	var h hostResolver
	h.setOwn([]netip.AddrPort{netip.AddrPortFrom(loopbacks[0], uint16(port))})
	_, _, err := h.exchangeWith(within(t, 10*time.Second), loopbacks[:1], uint16(port), textQuery(t))
	if classify(err) != codeResolveFailed {
		t.Errorf("%v", err)
	}
}

func TestAQueryWithoutATailnetGoesToTheHost(t *testing.T) {
	n := newNode()
	for _, message := range [][]byte{nil, make([]byte, dnsHeader), response(t, dnsmessage.RCodeSuccess, nil)} {
		if err := n.query(1, message, time.Second); err == nil {
			t.Errorf("%x passes for a query", message)
		}
	}
}
