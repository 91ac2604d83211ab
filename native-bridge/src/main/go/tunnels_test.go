package main

import (
	"testing"
	"time"
)

type ending struct {
	code  code
	words string
}

func (p pair) start(t *testing.T, early string, idle time.Duration) (*tunnel, <-chan ending) {
	tunnel := newTunnel(p.client, p.target, idle)
	return tunnel, run(t, tunnel, early)
}

// startAndUse returns when a byte has passed.
func (p pair) startAndUse(t *testing.T, idle time.Duration) (*tunnel, <-chan ending) {
	t.Helper()
	tunnel, ended := p.start(t, "", idle)
	mustWrite(t, p.clientPeer, "x")
	mustRead(t, p.targetPeer, "x")
	return tunnel, ended
}

func run(t *testing.T, tunnel *tunnel, early string) <-chan ending {
	ended := make(chan ending, 1)
	go func() {
		c, words := tunnel.run([]byte(early))
		ended <- ending{c, words}
	}()
	t.Cleanup(func() { tunnel.fail(errCancelled) })
	return ended
}

func mustHaveMoved(t *testing.T, tunnel *tunnel, up, down uint64) {
	t.Helper()
	if tunnel.up.Load() != up || tunnel.down.Load() != down {
		t.Errorf("%d up, %d down; want %d and %d", tunnel.up.Load(), tunnel.down.Load(), up, down)
	}
}

func await(t *testing.T, ended <-chan ending, want code) ending {
	t.Helper()
	select {
	case got := <-ended:
		if got.code != want {
			t.Errorf("ended with %d %q, want %d", got.code, got.words, want)
		}
		return got
	case <-time.After(patience):
		t.Fatal("the tunnel does not end")
		return ending{}
	}
}

// halfClose has one side end first and still hear the other, which ends then.
func (p pair) halfClose(t *testing.T, first, second farEnd) *tunnel {
	t.Helper()
	tunnel, ended := p.start(t, "", 0)
	mustWrite(t, first, "question")
	first.CloseWrite()
	mustRead(t, second, "question")
	mustEnd(t, second)
	mustWrite(t, second, "reply")
	mustRead(t, first, "reply")
	second.Close()
	mustEnd(t, first)
	await(t, ended, codeOK)
	return tunnel
}
