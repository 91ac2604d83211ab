package main

import (
	"bufio"
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
	"log"
	"net"
	"net/netip"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

type frame struct {
	kind, code uint8
	id         uint64
	payload    []byte
}

func readFrame(t *testing.T, r io.Reader) (frame, bool) {
	t.Helper()
	var header [frameHeader]byte
	if _, err := io.ReadFull(r, header[:]); err == io.EOF {
		return frame{}, false
	} else if err != nil {
		t.Fatal(err)
	}
	if header[6] != 0 || header[7] != 0 {
		t.Fatalf("bad header % x", header)
	}
	f := frame{kind: header[4], code: header[5], id: binary.BigEndian.Uint64(header[8:])}
	f.payload = make([]byte, binary.BigEndian.Uint32(header[:])-(frameHeader-4))
	if _, err := io.ReadFull(r, f.payload); err != nil {
		t.Fatal(err)
	}
	return f, true
}

// newTestStream returns a stream and the caller's end of it.
func newTestStream(t *testing.T) (*stream, net.Conn) {
	t.Helper()
	conn, fd, err := socketPair(syscall.SOCK_STREAM, true)
	if err != nil {
		t.Fatal(err)
	}
	leg, err := adoptSocket(fd)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(leg.close)
	leg.conn.SetDeadline(time.Now().Add(10 * time.Second))
	return newStream(conn), leg.conn
}

func TestFrames(t *testing.T) {
	s, caller := newTestStream(t)
	s.started(codeOK, "")
	s.notify([]byte(`{"State":6}`))
	s.dialed(7, codeRefused, "no")
	s.closed(8, codeReset, 1<<40, 3, "reset by the target")
	s.resolved(9, answer{source: sourceSplitDNS, ttl: 60, servers: "192.0.2.53", alsoCalled: []string{"db.corp.test"},
		addrs: []netip.Addr{netip.MustParseAddr("192.0.2.1"), netip.MustParseAddr("2001:db8::1")}}, nil)
	nobody, err := noSuchName(30, sourceMagicDNS, "x does not exist")
	s.resolved(10, nobody, err)
	response := []byte("\x00\x01\x81\x80\x00\x01\x00\x00\x00\x00\x00\x00 and more")
	s.answered(11, reply{source: sourceSystem, servers: "192.0.2.54:53", raw: response}, nil)
	s.answered(12, reply{}, failf(codeTimeout, "no answer"))
	s.answered(13, reply{raw: response[:11]}, nil)
	s.changed()
	s.exitNode("gate", "")
	s.exitNode("gate", "no such peer")
	s.log(logWarning, "careful")
	s.stopped(codeInternal, "why")
	s.close()
	address := append([]byte{sourceSplitDNS, 0, 0, 0, 60, 2, 4, 192, 0, 2, 1, 16}, netip.MustParseAddr("2001:db8::1").AsSlice()...)
	address = append(address, "\x01\x0cdb.corp.test192.0.2.53"...)
	counts := []byte{0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 3}
	for _, want := range []frame{
		{frameStarted, 0, 0, []byte{}},
		{frameNotify, 0, 0, []byte(`{"State":6}`)},
		{frameDialed, uint8(codeRefused), 7, []byte("no")},
		{frameClosed, uint8(codeReset), 8, append(counts, "reset by the target"...)},
		{frameResolved, 0, 9, address},
		{frameResolved, uint8(codeNoSuchName), 10, append([]byte{sourceMagicDNS, 0, 0, 0, 30, 0, 0}, "x does not exist"...)},
		{frameAnswered, 0, 11, append(append([]byte{sourceSystem, 13}, "192.0.2.54:53"...), response...)},
		{frameAnswered, uint8(codeTimeout), 12, []byte("no answer")},
		{frameAnswered, uint8(codeResolveFailed), 13, []byte("the DNS server answers with less than a message")},
		{frameChanged, 0, 0, []byte{}},
		{frameExitNode, 0, 0, []byte("gate\n")},
		{frameExitNode, 0, 0, []byte("gate\nno such peer")},
		{frameLog, uint8(logWarning), 0, []byte("careful")},
		{frameStopped, uint8(codeInternal), 0, []byte("why")},
	} {
		got, ok := readFrame(t, caller)
		if !ok || got.kind != want.kind || got.code != want.code || got.id != want.id || !bytes.Equal(got.payload, want.payload) {
			t.Fatalf("got %v %+v, want %+v", ok, got, want)
		}
	}
	if _, ok := readFrame(t, caller); ok {
		t.Error("the stream does not end")
	}
}

func TestManyProducersLoseNothing(t *testing.T) {
	s, caller := newTestStream(t)
	const producers, each = 8, 5000
	var wg sync.WaitGroup
	for p := range producers {
		wg.Go(func() {
			for i := range each {
				s.dialed(uint64(p*each+i), codeOK, "")
			}
		})
	}
	go func() { wg.Wait(); s.close() }()
	seen := make([]bool, producers*each)
	r := bufio.NewReader(caller)
	for range seen {
		f, ok := readFrame(t, r)
		if !ok || seen[f.id] {
			t.Fatalf("frame %d: lost or doubled", f.id)
		}
		seen[f.id] = true
	}
}

func TestLogsGiveWayToFrames(t *testing.T) {
	s, caller := newTestStream(t)
	line := strings.Repeat("x", 1000)
	for range 20_000 {
		s.log(logDebug, line)
	}
	s.log(logError, "kept")
	s.dialed(1, codeOK, "")
	s.close()
	var kinds []string
	for {
		f, ok := readFrame(t, caller)
		if !ok {
			break
		}
		if f.kind != frameLog || f.code != uint8(logDebug) {
			kinds = append(kinds, fmt.Sprint(f.kind, " ", f.code))
		}
	}
	got := strings.Join(kinds, ", ")
	if !strings.Contains(got, "4 3") || !strings.Contains(got, "5 0") || !strings.Contains(got, "4 2") {
		t.Errorf("%s: want the error, the dial and how many lines were dropped", got)
	}
}

func TestReaderThatIsGone(t *testing.T) {
	s, caller := newTestStream(t)
	caller.Close()
	for range 1000 {
		s.notify(make([]byte, 10_000))
	}
	s.close()
	select {
	case <-s.done:
	case <-time.After(5 * time.Second):
		t.Error("the writer does not end")
	}
}

func TestNoStreamIsNoError(t *testing.T) {
	var s *stream
	s.started(codeOK, "")
	s.log(logError, "x")
	s.close()
}

func TestFatalLinesDoNotEndTheProcess(t *testing.T) {
	defer func() {
		if r := recover(); r != "invalid something" {
			t.Errorf("recovered %v", r)
		}
	}()
	log.Print("harmless")
	log.Fatalf("invalid %s", "something")
}

func TestTheAuthKeyIsInNoLine(t *testing.T) {
	n := newNode()
	key := "tskey-auth-secret"
	n.hide([]string{key})
	if got := n.redact("key=tskey-auth-secret."); got != "key=[auth key]." {
		t.Error(got)
	}
}
