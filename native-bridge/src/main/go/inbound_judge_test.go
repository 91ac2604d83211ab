package main

import (
	"net"
	"net/netip"
	"strings"
	"testing"
	"time"
)

// askFor has a SYN decided on and returns the number under which the caller is asked, and what is decided in the end.
func (e *exposing) askFor(port uint16) (uint64, <-chan func(net.Conn)) {
	e.t.Helper()
	decided := make(chan func(net.Conn), 1)
	go func() { decided <- e.take(port) }()
	return e.event(frameAsked, codeOK).id, decided
}

func TestCallerJudgesBeforeTheServiceIsDialed(t *testing.T) {
	e, listener := exposeService(t, "judged\ntcp 3000 %s")
	id, decided := e.askFor(3000)
	e.judge(id, false)
	if <-decided != nil {
		t.Error("let in against the verdict")
	}
	if f := e.event(frameRejected, codeDenied); f.id != id {
		t.Errorf("rejected %d, asked about %d", f.id, id)
	}
	listener.SetDeadline(time.Now())
	if _, err := listener.Accept(); err == nil {
		t.Error("the service was dialed for a peer that is not allowed")
	}

	listener.SetDeadline(time.Now().Add(10 * time.Second))
	id, decided = e.askFor(3000)
	e.judge(id, true)
	handler := <-decided
	if handler == nil {
		t.Fatal("refused against the verdict")
	}
	peer, accepted := netstackPair(t)
	go handler(accepted)
	conn := acceptOne(t, listener)
	if f := e.event(frameAccepted, codeOK); f.id != id {
		t.Errorf("accepted %d, asked about %d", f.id, id)
	}
	e.judge(id, true)
	if err := peer.write([]byte("still open")); err != nil {
		t.Fatal(err)
	}
	mustRead(t, conn, "still open")
	e.judge(id, false)
	e.ended(id, codeCancelled, 10, 0)
	e.judge(id, false)
}

func TestPeersTheTableTurnsDownAreNotAskedAbout(t *testing.T) {
	e, _ := exposeService(t, "judged\ntcp 3000 %s from=tag:other")
	if e.take(3000) != nil {
		t.Error("let in")
	}
	e.event(frameRejected, codeDenied)
}

func TestNoVerdictIsNone(t *testing.T) {
	e, _ := exposeService(t, "judged\ntcp 3000 %s")
	_, decided := e.askFor(3000)
	e.cancel(errClosed)
	if <-decided != nil {
		t.Error("let in without a verdict")
	}
	e.event(frameRejected, codeCancelled)
}

func TestRefusedDatagramsAreAskedAboutOnce(t *testing.T) {
	now := time.Now()
	flows := &datagramFlows{}
	path := (&inboundFlow{peer: peer{addr: somePeer}, to: netip.AddrPortFrom(thisNode, 53)}).path()
	if flows.wasRejected(path, now) {
		t.Error("rejected before anything came")
	}
	flows.isNews(path, now)
	if !flows.wasRejected(path, now.Add(quietRejections-1)) || flows.wasRejected(path, now.Add(quietRejections)) {
		t.Error("a rejection holds for as long as it is no news")
	}
}

func TestConnectionOnTheWire(t *testing.T) {
	f := inboundFlow{
		transport: transportUDP,
		peer:      peer{addr: somePeer, name: strings.Repeat("n", 300), user: "alice@example.com", tags: []string{"tag:a", "tag:b"}},
		to:        netip.AddrPortFrom(thisNode, 53),
	}
	want := "\x11\x04\x64\x40\x00\x09\xc3\x50\x04\x64\x40\x00\x01\x00\x35\x04\x00\x00\x00\x00\x00\x00\xff" +
		strings.Repeat("n", 255) + "\x11alice@example.com\x02\x05tag:a\x05tag:b"
	if got := string(f.encode()); got != want {
		t.Errorf("%q, want %q", got, want)
	}
}
