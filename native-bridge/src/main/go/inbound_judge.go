package main

import (
	"sync"
	"time"
)

// judgeTimeout bounds the wait for a verdict. The caller may put it off for some time itself.
const judgeTimeout = 20 * time.Second

// undecided holds the flows that wait for the caller's verdict.
type undecided struct {
	mu      sync.Mutex
	waiting map[uint64]chan<- bool
}

// judged asks the caller whether a flow may come in, if the caller wants to be asked. Without an answer it may not.
func (n *node) judged(f *inboundFlow) *failure {
	if !n.inbound.table.Load().judged {
		return nil
	}
	verdict := n.inbound.undecided.add(f.id)
	defer n.inbound.undecided.take(f.id)
	n.stream.Load().asked(f)
	late := time.NewTimer(judgeTimeout)
	defer late.Stop()
	select {
	case allowed := <-verdict:
		if allowed {
			return nil
		}
		return failf(codeDenied, "the connection is not allowed")
	case <-late.C:
		return failf(codeDenied, "there was no verdict within %v", judgeTimeout)
	case <-n.ctx.Done():
		return errClosed
	}
}

// judge is the caller's verdict on a flow. One that is open already ends when it is not allowed any more.
func (n *node) judge(id uint64, allowed bool) {
	if verdict := n.inbound.undecided.take(id); verdict != nil {
		verdict <- allowed
	} else if !allowed {
		n.inbound.abort(id)
	}
}

func (u *undecided) add(id uint64) <-chan bool {
	verdict := make(chan bool, 1)
	u.mu.Lock()
	defer u.mu.Unlock()
	if u.waiting == nil {
		u.waiting = make(map[uint64]chan<- bool)
	}
	u.waiting[id] = verdict
	return verdict
}

func (u *undecided) take(id uint64) chan<- bool {
	u.mu.Lock()
	defer u.mu.Unlock()
	verdict := u.waiting[id]
	delete(u.waiting, id)
	return verdict
}

// abort resets an open flow.
func (i *inbound) abort(id uint64) {
	i.mu.Lock()
	open := i.open[id]
	i.mu.Unlock()
	if open != nil {
		open.fail(errCancelled)
	}
}
