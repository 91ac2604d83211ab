package main

import (
	"errors"
	"io"
	"sync"
	"sync/atomic"
	"syscall"
	"time"
)

// tunnel moves bytes between a client and a target until both directions have ended.
type tunnel struct {
	client, target leg
	answer         []byte // what the target has said already
	idle           time.Duration

	up, down atomic.Uint64 // bytes from the client, bytes to it

	failOnce sync.Once
	failure  atomic.Pointer[failure]
}

func newTunnel(client, target leg, idle time.Duration) *tunnel {
	return &tunnel{client: client, target: target, idle: idle}
}

// fail ends the tunnel now: both sides are reset. The first cause is the one that counts.
func (t *tunnel) fail(cause *failure) {
	t.failOnce.Do(func() {
		t.failure.Store(cause)
		t.client.abort()
		t.target.abort()
	})
}

// run moves bytes, early ones first, and returns how the tunnel ended.
func (t *tunnel) run(early []byte) (outcome code, words string) {
	stopWatch := t.watchIdle()
	defer stopWatch()
	var upward sync.WaitGroup
	upward.Go(func() { t.move(t.client, t.target, early, &t.up, "client", "target") })
	t.move(t.target, t.client, t.answer, &t.down, "target", "client")
	upward.Wait()
	t.client.close()
	t.target.close()
	if cause := t.failure.Load(); cause != nil {
		return cause.code, cause.text
	}
	return codeOK, ""
}

// move is one direction: it ends with the end of its source, which it passes on.
func (t *tunnel) move(from, to leg, early []byte, count *atomic.Uint64, source, sink string) {
	defer func() {
		if r := recover(); r != nil {
			t.fail(failf(codeInternal, "panic in a tunnel: %v", r))
		}
	}()
	if len(early) > 0 {
		if err := to.write(early); err != nil {
			t.failed(sink, err)
			return
		}
		count.Add(uint64(len(early)))
	}
	var broken string
	var err error
	a, fromSocket := from.(*socketLeg)
	b, toSocket := to.(*socketLeg)
	if fromSocket && toSocket {
		broken, err = splice(a, b, count, source, sink)
	} else {
		broken, err = pump(from, to, count, source, sink)
	}
	if err == io.EOF {
		broken, err = sink, to.closeWrite()
	}
	if err != nil {
		t.failed(broken, err)
	}
}

// pump copies through a buffer. It returns an error, io.EOF at the end, and the side it is of.
func pump(from, to leg, count *atomic.Uint64, source, sink string) (side string, err error) {
	for {
		b, length, err := from.read()
		if err != nil {
			return source, err
		}
		err = to.write(b[:length])
		giveBuffer(b)
		if err != nil {
			return sink, err
		}
		count.Add(uint64(length))
	}
}

// failed ends the tunnel for an error of one side.
func (t *tunnel) failed(side string, err error) {
	var known *failure
	if errors.As(err, &known) {
		t.fail(known)
		return
	}
	c := classify(err)
	if c == codeReset || c == codeRefused {
		t.fail(failf(codeReset, "reset by the %s", side))
		return
	}
	t.fail(failf(c, "the connection to the %s failed: %v", side, err))
}

// watchIdle ends the tunnel when no byte has moved for the idle timeout. It looks at the counts a few times per
// timeout, so moving bytes costs nothing.
func (t *tunnel) watchIdle() (stop func()) {
	if t.idle <= 0 {
		return func() {}
	}
	interval := max(t.idle/8, time.Millisecond)
	var mu sync.Mutex
	var timer *time.Timer
	stopped := false
	seen := t.up.Load() + t.down.Load()
	since := time.Now()
	check := func() {
		mu.Lock()
		defer mu.Unlock()
		if stopped {
			return
		}
		if moved := t.up.Load() + t.down.Load(); moved != seen {
			seen, since = moved, time.Now()
		} else if time.Since(since) >= t.idle {
			t.fail(failf(codeIdle, "no byte in either direction for %s", t.idle))
			return
		}
		timer.Reset(interval)
	}
	mu.Lock()
	timer = time.AfterFunc(interval, check)
	mu.Unlock()
	return func() {
		mu.Lock()
		stopped = true
		mu.Unlock()
		timer.Stop()
	}
}

// relay joins clientFD, ours from here on, to the connection dialed under id.
func (n *node) relay(id uint64, clientFD int, early []byte, idle time.Duration) error {
	client, err := adoptSocket(clientFD)
	if err != nil {
		return err
	}
	t, err := n.operations.unpark(id, func(target leg) *tunnel { return newTunnel(client, target, idle) })
	if err != nil {
		client.abort()
		return err
	}
	go n.runTunnel(id, t, early)
	return nil
}

// relayFDs joins two descriptors, ours from here on, under an id not yet in use. Answer is what the target has said already.
func (n *node) relayFDs(id uint64, clientFD, targetFD int, early, answer []byte, idle time.Duration) error {
	client, err := adoptSocket(clientFD)
	if err != nil {
		syscall.Close(targetFD)
		return err
	}
	target, err := adoptSocket(targetFD)
	if err != nil {
		client.abort()
		return err
	}
	t := newTunnel(client, target, idle)
	t.answer = answer
	if err := n.operations.begin(id, &operation{tunnel: t}); err != nil {
		t.fail(errCancelled)
		return err
	}
	go n.runTunnel(id, t, early)
	return nil
}

func (n *node) runTunnel(id uint64, t *tunnel, early []byte) {
	outcome, words := t.run(early)
	n.operations.done(id, func() { n.stream.Load().closed(id, outcome, t.up.Load(), t.down.Load(), words) })
}
