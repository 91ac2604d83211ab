package main

import (
	"bytes"
	"net/netip"
	"runtime"
	"testing"
	"time"
)

func TestOnlyTheTargetIsHeard(t *testing.T) {
	target := listenUDP(t, "127.0.0.1:0")
	defer target.Close()
	n, _ := testNode(t)
	_, caller := testConduit(t, n, 1, usualIdleTimes)
	caller.open(1, netip.MustParseAddrPort(target.LocalAddr().String()))
	caller.write(frameDatagram, 0, 1, []byte("hello"))
	_, flow, err := target.ReadFrom(make([]byte, 16))
	if err != nil {
		t.Fatal(err)
	}
	stranger := listenUDP(t, "127.0.0.1:0")
	defer stranger.Close()
	if _, err := stranger.WriteTo([]byte("stranger"), flow); err != nil {
		t.Fatal(err)
	}
	if _, err := target.WriteTo([]byte("target"), flow); err != nil {
		t.Fatal(err)
	}
	if f := caller.want(frameDatagram, 1, 0); string(f.payload) != "target" {
		t.Errorf("%q", f.payload)
	}
}

func TestFlowsThatCannotBe(t *testing.T) {
	n, _ := testNode(t)
	_, caller := testConduit(t, n, 1, usualIdleTimes)
	caller.ask(1, viaTailnet, netip.MustParseAddrPort("100.64.0.1:53"))
	caller.want(frameFlowOpened, 1, codeNodeDown)
	caller.ask(2, 7, netip.MustParseAddrPort("127.0.0.1:53"))
	caller.want(frameFlowOpened, 2, codeInternal)
	caller.ask(3, viaDirect, netip.MustParseAddrPort("127.0.0.1:0"))
	caller.want(frameFlowOpened, 3, codeInternal)
	for _, payload := range [][]byte{nil, {1}, {1, 2}, {1, 2, 3, 4, 5}} {
		caller.write(frameFlowOpen, viaDirect, 4, payload)
		caller.want(frameFlowOpened, 4, codeInternal)
	}
}

func TestARefusalEndsNoFlow(t *testing.T) {
	target := listenUDP(t, "127.0.0.1:0")
	at := netip.MustParseAddrPort(target.LocalAddr().String())
	target.Close()
	n, _ := testNode(t)
	c, caller := testConduit(t, n, 1, usualIdleTimes)
	caller.open(1, at)
	f := c.flow(1)
	caller.write(frameDatagram, 0, 1, []byte("nobody there"))
	for deadline := time.Now().Add(patience); f.trouble.Load() == nil; runtime.Gosched() {
		if time.Now().After(deadline) {
			t.Fatal("no ICMP message came")
		}
	}
	echoes(t, listenUDP(t, at.String()))
	caller.write(frameDatagram, 0, 1, []byte("somebody there"))
	if f := caller.want(frameDatagram, 1, 0); string(f.payload) != "somebody there" {
		t.Errorf("%q", f.payload)
	}
	if words := f.idleWords(time.Minute); !bytes.Contains([]byte(words), []byte("refused")) {
		t.Error(words)
	}
}

func TestIdleFlowsEnd(t *testing.T) {
	target := echoes(t, listenUDP(t, "127.0.0.1:0"))
	n, _ := testNode(t)
	c, caller := testConduit(t, n, 2, idleTimes{dns: 4 * time.Millisecond, oneWay: 20 * time.Millisecond, bothWays: time.Hour})
	caller.open(1, target)
	caller.write(frameDatagram, 0, 1, []byte("answered"))
	caller.want(frameDatagram, 1, 0)
	caller.open(2, target)
	caller.want(frameFlowClosed, 2, codeIdle)
	caller.write(frameDatagram, 0, 2, []byte("into the void"))
	caller.write(frameDatagram, 0, 1, []byte("still there"))
	caller.want(frameDatagram, 1, 0)
	if c.flow(1) == nil || c.flow(2) != nil {
		t.Error("the wrong flow ended")
	}
}

func TestIdleTimesOfRFC4787(t *testing.T) {
	f := &flow{target: netip.MustParseAddrPort("192.0.2.1:1024")}
	if limit := usualIdleTimes.of(f); limit < 2*time.Minute {
		t.Error(limit)
	}
	f.received.Add(1)
	if limit := usualIdleTimes.of(f); limit < 5*time.Minute {
		t.Error(limit)
	}
	f.target = netip.MustParseAddrPort("192.0.2.1:53")
	if limit := usualIdleTimes.of(f); limit >= time.Minute {
		t.Error(limit)
	}
}
