package main

import (
	"math"
	"sync"
)

// handles maps the numbers C knows to nodes. A number is never given out twice, so a stale one is never another node.
type handles struct {
	mu    sync.RWMutex
	last  int32
	nodes map[int32]*node
}

// add stores n under a new handle, or returns 0 when the numbers are used up.
func (h *handles) add(n *node) int32 {
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.last == math.MaxInt32 {
		return 0
	}
	h.last++
	if h.nodes == nil {
		h.nodes = make(map[int32]*node)
	}
	h.nodes[h.last] = n
	return h.last
}

// get returns the node of a handle, or nil.
func (h *handles) get(handle int32) *node {
	h.mu.RLock()
	defer h.mu.RUnlock()
	return h.nodes[handle]
}

// remove takes the node of a handle out of the table: only one caller gets it.
func (h *handles) remove(handle int32) *node {
	h.mu.Lock()
	defer h.mu.Unlock()
	n := h.nodes[handle]
	delete(h.nodes, handle)
	return n
}

// each calls f for every node.
func (h *handles) each(f func(*node)) {
	h.mu.RLock()
	nodes := make([]*node, 0, len(h.nodes))
	for _, n := range h.nodes {
		nodes = append(nodes, n)
	}
	h.mu.RUnlock()
	for _, n := range nodes {
		f(n)
	}
}
