package main

import (
	"math"
	"sync"
	"testing"
)

func TestHandlesAreNeverReused(t *testing.T) {
	var h handles
	seen := make(map[int32]bool)
	for range 1000 {
		n := &node{}
		handle := h.add(n)
		if seen[handle] {
			t.Fatalf("handle %d was given out twice", handle)
		}
		seen[handle] = true
		if h.get(handle) != n {
			t.Fatalf("handle %d is not the node it was given to", handle)
		}
		if h.remove(handle) != n || h.remove(handle) != nil || h.get(handle) != nil {
			t.Fatalf("handle %d is not gone after its removal", handle)
		}
	}
}

func TestWrongHandlesAreNothing(t *testing.T) {
	var h handles
	h.add(&node{})
	for _, handle := range []int32{0, -1, 2, math.MaxInt32, math.MinInt32} {
		if h.get(handle) != nil || h.remove(handle) != nil {
			t.Errorf("handle %d is a node", handle)
		}
	}
}

func TestHandlesRunOut(t *testing.T) {
	h := handles{last: math.MaxInt32 - 1}
	if got := h.add(&node{}); got != math.MaxInt32 {
		t.Errorf("the last handle is %d", got)
	}
	if got := h.add(&node{}); got != 0 {
		t.Errorf("after the last handle comes %d", got)
	}
}

func TestOneRemoverGetsTheNode(t *testing.T) {
	var h handles
	handle := h.add(&node{})
	var got sync.Map
	var wg sync.WaitGroup
	for i := range 16 {
		wg.Go(func() {
			if h.remove(handle) != nil {
				got.Store(i, true)
			}
		})
	}
	wg.Wait()
	count := 0
	got.Range(func(any, any) bool { count++; return true })
	if count != 1 {
		t.Errorf("%d removers got the node", count)
	}
}
