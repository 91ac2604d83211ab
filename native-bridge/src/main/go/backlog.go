package main

import (
	"reflect"
	"sync"
	"unsafe"

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
	elements, ok := reach[*device.WaitPool](reflect.ValueOf(engine), "wgdev", "pool", "inboundElements")
	if !ok || *elements == nil {
		return false
	}
	pool := reflect.ValueOf(*elements)
	lock, hasLock := reach[sync.Mutex](pool, "lock")
	limit, hasLimit := reach[uint32](pool, "max")
	if !hasLock || !hasLimit {
		return false
	}
	lock.Lock()
	defer lock.Unlock()
	*limit = backlog
	return true
}

// reach finds a field by the names of the fields on the way to it, exported or not. It must have exactly this type.
func reach[F any](from reflect.Value, path ...string) (*F, bool) {
	for _, name := range path {
		for from.Kind() == reflect.Pointer || from.Kind() == reflect.Interface {
			from = from.Elem()
		}
		if from.Kind() != reflect.Struct {
			return nil, false
		}
		from = from.FieldByName(name)
	}
	if !from.CanAddr() || from.Type() != reflect.TypeFor[F]() {
		return nil, false
	}
	return (*F)(unsafe.Pointer(from.UnsafeAddr())), true
}
