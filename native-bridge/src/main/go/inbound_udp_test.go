package main

import (
	"bytes"
	"fmt"
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"

	"gvisor.dev/gvisor/pkg/tcpip/adapters/gonet"
	"gvisor.dev/gvisor/pkg/tcpip/network/ipv4"
)

func TestInboundDatagrams(t *testing.T) {
	host, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	defer host.Close()
	host.SetDeadline(time.Now().Add(patience))
	e := newExposing(t, fmt.Sprintf("udp 5353 %s", host.LocalAddr()))
	peer, near := netstackDatagramPair(t)
	handler := e.takeUDP(somePeer, netip.AddrPortFrom(thisNode, 5353))
	go handler(near)
	b := make([]byte, 64<<10)
	for _, size := range []int{1, 0, 1200, 8000} {
		sent := bytes.Repeat([]byte{'d'}, size)
		if _, err := peer.Write(sent); err != nil {
			t.Fatal(err)
		}
		n, from, err := host.ReadFromUDP(b)
		if err != nil || n != size {
			t.Fatalf("the service reads %d bytes, %v; want %d", n, err, size)
		}
		if _, err := host.WriteToUDP(b[:n], from); err != nil {
			t.Fatal(err)
		}
		if n, err := peer.Read(b); err != nil || n != size {
			t.Fatalf("the peer reads %d bytes, %v; want %d", n, err, size)
		}
	}
	id := e.event(frameAccepted, codeOK).id
	e.inbound.end()
	e.ended(id, codeCancelled, 9201, 9201)
}

func TestDatagramsToADeadService(t *testing.T) {
	host, err := net.ListenUDP("udp", &net.UDPAddr{IP: net.IPv4(127, 0, 0, 1)})
	if err != nil {
		t.Fatal(err)
	}
	at := netip.MustParseAddrPort(host.LocalAddr().String())
	conn, err := connectSocket(at)
	if err != nil {
		t.Fatal(err)
	}
	host.Close()
	dead := &datagramLeg{conn: conn, at: at}
	defer dead.close()
	for !dead.refused.Load() {
		if err := dead.write([]byte("x")); err != nil {
			t.Fatal(err)
		}
	}
	if c, words := dead.outcome(codeIdle, "idle"); c != codeRefused || !strings.HasPrefix(words, "nobody listens at 127.0.0.1:") {
		t.Error(c, words)
	}
	if c, _ := dead.outcome(codeCancelled, "closed"); c != codeCancelled {
		t.Error(c)
	}
	dead.refused.Store(false)
	if c, words := dead.outcome(codeIdle, "idle"); c != codeOK || words != "" {
		t.Error(c, words)
	}
}

func TestDeniedDatagramsAreReportedOnceInAWhile(t *testing.T) {
	var flows datagramFlows
	now := time.Now()
	path := datagramPath{somePeer.Addr(), 53}
	for _, test := range []struct {
		after time.Duration
		path  datagramPath
		news  bool
	}{
		{0, path, true},
		{quietRejections / 2, path, false},
		{quietRejections / 2, datagramPath{somePeer.Addr(), 54}, true},
		{quietRejections, path, true},
	} {
		if got := flows.isNews(test.path, now.Add(test.after)); got != test.news {
			t.Errorf("%v after %v: %v", test.path, test.after, got)
		}
	}
}

func TestDatagramFlowsAreBounded(t *testing.T) {
	var flows datagramFlows
	for range maxDatagramFlows {
		if !flows.begin() {
			t.Fatal("too few")
		}
	}
	if flows.begin() {
		t.Error("too many")
	}
	flows.end()
	if !flows.begin() {
		t.Error("none after one has ended")
	}
}

// netstackDatagramPair returns the two ends of a flow of datagrams over netstack.
func netstackDatagramPair(t *testing.T) (far, near *gonet.UDPConn) {
	t.Helper()
	s, address := newTestStack(t)
	one, other := address, address
	one.Port, other.Port = 1001, 1002
	far, err := gonet.DialUDP(s, &one, &other, ipv4.ProtocolNumber)
	if err != nil {
		t.Fatal(err)
	}
	near, err = gonet.DialUDP(s, &other, &one, ipv4.ProtocolNumber)
	if err != nil {
		t.Fatal(err)
	}
	far.SetDeadline(time.Now().Add(patience))
	t.Cleanup(func() { far.Close(); near.Close() })
	return far, near
}
