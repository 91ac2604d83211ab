package main

import (
	"os"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// The pools of the tailscale packages keep what a burst of packets took until two collections have passed, and after a
// burst the next collection is far away. A soft limit makes collections come sooner above it; below it there is no
// difference. It allows for what each tunnel needs while it is idle.
const (
	memoryBase      = 384 << 20
	memoryPerTunnel = 64 << 10
	memoryStep      = 512 // tunnels: changing the limit stops the world
)

// memory is the number of tunnels, and for how many the limit is set.
var memory struct {
	tunnels, allowed atomic.Int64
	changing         sync.Mutex
}

func init() { limitMemory(0) }

// countTunnel adds to the number of tunnels, which moves the limit now and then.
func countTunnel(change int64) {
	tunnels, allowed := memory.tunnels.Add(change), memory.allowed.Load()
	if tunnels > allowed || tunnels < allowed-2*memoryStep {
		limitMemory(tunnels)
	}
}

func limitMemory(tunnels int64) {
	memory.changing.Lock()
	defer memory.changing.Unlock()
	allowed := (tunnels/memoryStep + 1) * memoryStep
	if memory.allowed.Swap(allowed) != allowed && os.Getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryBase + allowed*memoryPerTunnel)
	}
}
