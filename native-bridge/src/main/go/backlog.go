package main

import (
	"sync"

	"github.com/tailscale/wireguard-go/device"
	"tailscale.com/wgengine"
)

// backlog is how many received packets may be on their way through WireGuard at once. Each waits in a buffer of 64 KiB
// however short it is, and on Linux WireGuard lets any number wait: with what a few dozen downloads have in flight, that is
// gigabytes, and the collector is busy with nothing else. Beyond the limit packets wait in the kernel's buffer and are lost
// when that is full, which tells TCP to send more slowly.
//
// Only what comes in is counted. The buffers themselves are also those of what goes out; were they counted, packets that
// wait for a peer which has vanished would keep every other packet from being received, and netstack, which answers some
// packets while it takes them, would wait for itself.
const backlog = 1024

// limitBacklog applies the limit to a node's engine, before its first peer. It reports whether it found where: WireGuard has
// a limit, and on Linux no way to set it.
func limitBacklog(engine wgengine.Engine) bool {
	elements, ok := reach[*device.WaitPool](engine, "wgdev", "pool", "inboundElements")
	if !ok || *elements == nil {
		return false
	}
	lock, hasLock := reach[sync.Mutex](*elements, "lock")
	limit, hasLimit := reach[uint32](*elements, "max")
	if !hasLock || !hasLimit {
		return false
	}
	lock.Lock()
	defer lock.Unlock()
	*limit = backlog
	return true
}
