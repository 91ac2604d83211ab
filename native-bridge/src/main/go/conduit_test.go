package main

import (
	"bytes"
	"syscall"
	"testing"
	"time"
)

func TestDatagramsOfAllSizes(t *testing.T) {
	for _, at := range []string{"127.0.0.1:0", "[::1]:0"} {
		t.Run(at, func(t *testing.T) {
			target := echoes(t, listenUDP(t, at))
			n, _ := testNode(t)
			_, caller := testConduit(t, n, 1, usualIdleTimes)
			caller.open(1, target)
			for _, size := range []int{0, 1, 1200, 8000, 65507} {
				sent := randomBytes(size)
				caller.write(frameDatagram, 0, 1, sent)
				if f := caller.want(frameDatagram, 1, 0); !bytes.Equal(f.payload, sent) {
					t.Errorf("%d bytes came back as %d", size, len(f.payload))
				}
			}
		})
	}
}

func TestFlowsAreSeparate(t *testing.T) {
	one, two := echoes(t, listenUDP(t, "127.0.0.1:0")), echoes(t, listenUDP(t, "127.0.0.1:0"))
	n, _ := testNode(t)
	_, caller := testConduit(t, n, 2, usualIdleTimes)
	caller.open(1, one)
	caller.open(2, two)
	caller.write(frameDatagram, 0, 2, []byte("two"))
	if f := caller.want(frameDatagram, 2, 0); string(f.payload) != "two" {
		t.Errorf("%q", f.payload)
	}
	caller.ask(3, viaDirect, one)
	caller.want(frameFlowOpened, 3, codeResources)
	caller.ask(2, viaDirect, one)
	caller.want(frameFlowOpened, 2, codeInternal)
	caller.write(frameFlowClose, 0, 1, nil)
	caller.write(frameDatagram, 0, 1, []byte("late"))
	caller.open(3, one)
}

// A caller that does not read loses datagrams, and costs a bounded amount of memory; other conduits go on.
func TestAFullConduitDrops(t *testing.T) {
	target := echoes(t, listenUDP(t, "127.0.0.1:0"))
	n, _ := testNode(t)
	c, deaf := testConduit(t, n, 1, usualIdleTimes)
	deaf.open(1, target)
	datagram := make([]byte, 32<<10)
	for deadline := time.Now().Add(patience); n.datagramsDropped.down.Load() == 0; {
		if time.Now().After(deadline) {
			t.Fatal("nothing was dropped")
		}
		deaf.write(frameDatagram, 0, 1, datagram)
	}
	c.out.mu.Lock()
	waiting := len(c.out.pending)
	c.out.mu.Unlock()
	if waiting > conduitBacklog+maxDatagram+frameHeader {
		t.Errorf("%d bytes wait", waiting)
	}
	_, other := testConduit(t, n, 1, usualIdleTimes)
	other.open(1, target)
	other.write(frameDatagram, 0, 1, []byte("other"))
	other.want(frameDatagram, 1, 0)
}

func TestClosingAConduitEndsItsFlows(t *testing.T) {
	n, _ := testNode(t)
	c, caller := testConduit(t, n, 1, usualIdleTimes)
	caller.open(1, echoes(t, listenUDP(t, "127.0.0.1:0")))
	f := c.flow(1)
	caller.conn.Close()
	n.conduits.active.Wait()
	if _, _, err := f.conn.read(); err == nil {
		t.Error("the flow's socket is open")
	}
}

func TestClosingANodeEndsItsConduits(t *testing.T) {
	n, _ := testNode(t)
	_, caller := testConduit(t, n, 1, usualIdleTimes)
	caller.open(1, echoes(t, listenUDP(t, "127.0.0.1:0")))
	n.conduits.end()
	caller.wantEnd()
	if _, err := n.openConduit(1); errnoOf(err) != syscall.EBADF {
		t.Errorf("%v", err)
	}
	if _, err := n.openConduit(0); errnoOf(err) != syscall.EINVAL {
		t.Errorf("%v", err)
	}
}

func TestNonsenseEndsAConduit(t *testing.T) {
	n, _ := testNode(t)
	for _, nonsense := range [][]byte{
		appendFrame(nil, 9, 0, 1, 0),
		appendFrame(nil, frameDatagram, 0, 1, maxDatagram+1),
		{0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
		{255, 255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0},
	} {
		_, caller := testConduit(t, n, 1, usualIdleTimes)
		if _, err := caller.conn.Write(nonsense); err != nil {
			t.Fatal(err)
		}
		caller.wantEnd()
	}
}
