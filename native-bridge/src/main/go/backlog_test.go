package main

import (
	"runtime"
	"sync"
	"testing"

	"github.com/tailscale/wireguard-go/device"
	"tailscale.com/tsd"
	"tailscale.com/types/logger"
	"tailscale.com/util/eventbus/eventbustest"
	"tailscale.com/wgengine"
)

func TestWireGuardsBacklogIsLimited(t *testing.T) {
	system := tsd.NewSystemWithBus(eventbustest.NewBus(t))
	engine, err := wgengine.NewFakeUserspaceEngine(logger.Discard, system.Set, system.HealthTracker.Get(),
		system.UserMetricsRegistry(), system.Bus.Get())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(engine.Close)
	if !limitBacklog(engine) {
		t.Fatal("WireGuard's device has another layout: the backlog is without limit")
	}
	elements, _ := reach[*device.WaitPool](engine, "wgdev", "pool", "inboundElements")
	taken := make(chan any, 2*backlog)
	var taking sync.WaitGroup
	taking.Go(func() {
		for range cap(taken) {
			taken <- (*elements).Get()
		}
	})
	for !exhausted(*elements) {
		runtime.Gosched()
	}
	if count := len(taken); count > backlog {
		t.Errorf("%d packets could be under way, the backlog is %d", count, backlog)
	}
	for range cap(taken) {
		(*elements).Put(<-taken) // lets the next one be taken
	}
	taking.Wait()
}

func exhausted(elements *device.WaitPool) bool {
	lock, _ := reach[sync.Mutex](elements, "lock")
	count, _ := reach[uint32](elements, "count")
	limit, _ := reach[uint32](elements, "max")
	lock.Lock()
	defer lock.Unlock()
	return *count >= *limit
}
