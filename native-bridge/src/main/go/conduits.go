package main

import "sync"

// conduits is the set of a node's conduits.
type conduits struct {
	mu     sync.Mutex
	open   map[*conduit]struct{}
	ended  bool
	active sync.WaitGroup
}

func (s *conduits) add(c *conduit) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.ended {
		return false
	}
	if s.open == nil {
		s.open = make(map[*conduit]struct{})
	}
	s.open[c] = struct{}{}
	s.active.Add(1)
	return true
}

func (s *conduits) remove(c *conduit) {
	s.mu.Lock()
	delete(s.open, c)
	s.mu.Unlock()
	s.active.Done()
}

// end ends all conduits and waits for it.
func (s *conduits) end() {
	s.mu.Lock()
	s.ended = true
	for c := range s.open {
		c.in.Close()
	}
	s.mu.Unlock()
	s.active.Wait()
}
