package main

import (
	"runtime/metrics"
)

// statistics is struct tailnet_stats.
type statistics struct {
	tunnels, bytesUp, bytesDown uint64
	goHeap, goSys, goroutines   uint64
	droppedUp, droppedDown      uint64
	inbound                     inboundTotals
}

// runtimeSamples can be read without stopping the world.
var runtimeSamples = []string{
	"/memory/classes/heap/objects:bytes",
	"/memory/classes/total:bytes",
	"/sched/goroutines:goroutines",
}

func (n *node) stats() statistics {
	samples := make([]metrics.Sample, len(runtimeSamples))
	for i, name := range runtimeSamples {
		samples[i].Name = name
	}
	metrics.Read(samples)
	tunnels, up, down := n.operations.totals()
	return statistics{
		tunnels:     uint64(tunnels),
		bytesUp:     up,
		bytesDown:   down,
		goHeap:      samples[0].Value.Uint64(),
		goSys:       samples[1].Value.Uint64(),
		goroutines:  samples[2].Value.Uint64(),
		droppedUp:   n.datagramsDropped.up.Load(),
		droppedDown: n.datagramsDropped.down.Load(),
		inbound:     n.inbound.totals(),
	}
}
