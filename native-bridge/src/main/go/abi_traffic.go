package main

/*
#include "abi.h"
*/
import "C"

import (
	"syscall"
	"unsafe"
)

//export go_traffic
func go_traffic(sd, which C.int, out unsafe.Pointer, capacity C.int) C.int {
	return bridgeValue(sd, func(n *node) (int, error) {
		if capacity < 0 || (out == nil && capacity > 0) {
			return 0, apiErrorf(syscall.EINVAL, "no place for %d connections", capacity)
		}
		room := unsafe.Slice((*C.struct_tailnet_traffic)(out), capacity)
		put := func(t traffic) {
			if len(room) > 0 {
				room[0] = C.struct_tailnet_traffic{id: C.uint64_t(t.id), up: C.uint64_t(t.up), down: C.uint64_t(t.down)}
				room = room[1:]
			}
		}
		switch which {
		case C.TAILNET_TRAFFIC_TUNNELS:
			return n.operations.traffic(put), nil
		case C.TAILNET_TRAFFIC_INBOUND:
			return n.inbound.traffic(put), nil
		default:
			return 0, apiErrorf(syscall.EINVAL, "%d is no kind of connection", which)
		}
	})
}
