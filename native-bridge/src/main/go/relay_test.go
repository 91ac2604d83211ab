package main

import (
	"crypto/sha256"
	"errors"
	"io"
	"math/rand/v2"
	"net"
	"runtime"
	"syscall"
	"testing"
	"time"
)

func TestWhatTheTargetHasSaidComesFirst(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		mustWrite(t, p.targetPeer, "later")
		tunnel := newTunnel(p.client, p.target, 0)
		tunnel.answer = []byte("greeting ")
		ended := run(t, tunnel, "")
		mustRead(t, p.clientPeer, "greeting later")
		p.targetPeer.Close()
		p.clientPeer.Close()
		await(t, ended, codeOK)
		mustHaveMoved(t, tunnel, 0, 14)
	})
}

func TestEarlyDataComesFirst(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		mustWrite(t, p.clientPeer, "later")
		tunnel, ended := p.start(t, "early ", 0)
		mustRead(t, p.targetPeer, "early later")
		p.clientPeer.CloseWrite()
		mustEnd(t, p.targetPeer)
		p.targetPeer.CloseWrite()
		mustEnd(t, p.clientPeer)
		await(t, ended, codeOK)
		mustHaveMoved(t, tunnel, 11, 0)
	})
}

func TestHalfCloseByTheClient(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		mustHaveMoved(t, p.halfClose(t, p.clientPeer, p.targetPeer), 8, 5)
	})
}

func TestHalfCloseByTheTarget(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		mustHaveMoved(t, p.halfClose(t, p.targetPeer, p.clientPeer), 5, 8)
	})
}

func TestResetByTheTarget(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		_, ended := p.startAndUse(t, 0)
		p.reset()
		if _, err := p.clientPeer.Read(make([]byte, 1)); !errors.Is(err, syscall.ECONNRESET) {
			t.Errorf("the client reads %v, want a reset", err)
		}
		if got := await(t, ended, codeReset); got.words != "reset by the target" {
			t.Error(got.words)
		}
	})
}

func TestResetByTheClient(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		_, ended := p.startAndUse(t, 0)
		resetTCP(p.clientPeer.(*net.TCPConn))
		_, err := p.targetPeer.Read(make([]byte, 1))
		var op *net.OpError
		if !errors.As(err, &op) || classify(err) != codeReset {
			t.Errorf("the target reads %v, want a reset", err)
		}
		if got := await(t, ended, codeReset); got.words != "reset by the client" {
			t.Error(got.words)
		}
	})
}

func TestCancelResetsBoth(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		tunnel, ended := p.startAndUse(t, 0)
		tunnel.fail(errCancelled)
		await(t, ended, codeCancelled)
		for _, conn := range []net.Conn{p.clientPeer, p.targetPeer} {
			if _, err := conn.Read(make([]byte, 1)); classify(err) != codeReset {
				t.Errorf("%T reads %v, want a reset", conn, err)
			}
		}
	})
}

func TestCancelWhileBothWait(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		tunnel, ended := p.start(t, "", 0)
		fill := make([]byte, 1<<20)
		for _, conn := range []farEnd{p.clientPeer, p.targetPeer} {
			go func() {
				for {
					if _, err := conn.Write(fill); err != nil {
						return
					}
				}
			}()
		}
		for tunnel.up.Load() == 0 || tunnel.down.Load() == 0 {
			runtime.Gosched()
		}
		tunnel.fail(errCancelled)
		await(t, ended, codeCancelled)
	})
}

func TestIdle(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		const idle = 200 * time.Millisecond
		begin := time.Now()
		_, ended := p.startAndUse(t, idle)
		await(t, ended, codeIdle)
		if took := time.Since(begin); took < idle {
			t.Errorf("idle after %s", took)
		}
	})
}

func TestTrafficKeepsATunnel(t *testing.T) {
	eachPath(t, func(t *testing.T, p pair) {
		const idle = 150 * time.Millisecond
		_, ended := p.start(t, "", idle)
		ticks := time.NewTicker(idle / 5)
		defer ticks.Stop()
		for range 20 {
			<-ticks.C
			mustWrite(t, p.targetPeer, "x")
			mustRead(t, p.clientPeer, "x")
		}
		await(t, ended, codeIdle)
	})
}

// TestBulk moves 100 MB each way at once and watches the memory.
func TestBulk(t *testing.T) {
	const total = 100 << 20
	eachPath(t, func(t *testing.T, p pair) {
		tunnel, ended := p.start(t, "", 0)
		var before runtime.MemStats
		runtime.ReadMemStats(&before)
		sums := make(chan [32]byte, 4)
		send := func(conn farEnd, seed byte) {
			random := rand.NewChaCha8([32]byte{seed})
			hash := sha256.New()
			block := make([]byte, 128<<10)
			for sent := 0; sent < total; sent += len(block) {
				random.Read(block)
				hash.Write(block)
				if _, err := conn.Write(block); err != nil {
					t.Error(err)
					break
				}
			}
			conn.CloseWrite()
			sums <- [32]byte(hash.Sum(nil))
		}
		receive := func(conn farEnd) {
			hash := sha256.New()
			if n, err := io.Copy(hash, struct{ io.Reader }{conn}); n != total || err != nil {
				t.Errorf("received %d bytes, %v", n, err)
			}
			sums <- [32]byte(hash.Sum(nil))
		}
		go send(p.clientPeer, 1)
		go receive(p.targetPeer)
		first, second := <-sums, <-sums
		if first != second {
			t.Error("the bytes towards the target were changed")
		}
		go send(p.targetPeer, 2)
		go receive(p.clientPeer)
		if first, second = <-sums, <-sums; first != second {
			t.Error("the bytes towards the client were changed")
		}
		await(t, ended, codeOK)
		mustHaveMoved(t, tunnel, total, total)
		runtime.GC()
		var after runtime.MemStats
		runtime.ReadMemStats(&after)
		if grown := int64(after.HeapAlloc) - int64(before.HeapAlloc); grown > 32<<20 {
			t.Errorf("the heap has grown by %d MB", grown>>20)
		}
	})
}
