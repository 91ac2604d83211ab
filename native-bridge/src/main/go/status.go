package main

import (
	"context"
	"errors"
	"sync"

	"tailscale.com/ipn"
)

// status is what the bus said last.
type status struct {
	mu      sync.Mutex
	state   ipn.State
	problem string        // why a login failed, until the state moves on
	changed chan struct{} // closed and replaced with every change
}

func (s *status) get() (ipn.State, string, <-chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.state, s.problem, s.changed
}

func (s *status) update(n *ipn.Notify) {
	if n.State == nil && n.ErrMessage == nil && n.LoginFinished == nil {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if n.State != nil {
		s.state = *n.State
	}
	switch {
	case n.ErrMessage != nil && *n.ErrMessage != "":
		s.problem = *n.ErrMessage
	case n.LoginFinished != nil, s.state == ipn.Running, s.state == ipn.Starting:
		s.problem = ""
	}
	close(s.changed)
	s.changed = make(chan struct{})
}

// awaitRunning waits for the state Running.
func (n *node) awaitRunning(ctx context.Context) error {
	for {
		state, problem, changed := n.status.get()
		switch {
		case state == ipn.Running:
			return nil
		case problem != "":
			return errors.New(problem)
		}
		select {
		case <-changed:
		case <-n.ctx.Done():
			return errClosed
		case <-ctx.Done():
			return contextError(ctx, ctx.Err())
		}
	}
}
