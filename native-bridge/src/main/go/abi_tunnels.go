package main

/*
#include <errno.h>

#include "abi.h"
*/
import "C"

import (
	"syscall"
	"time"
	"unsafe"
)

//export go_route
func go_route(sd C.int, high, low C.uint64_t) C.int {
	return bridgeValue(sd, func(n *node) (route, error) { return n.routeOf(address(uint64(high), uint64(low))), nil })
}

//export go_dial_async
func go_dial_async(sd C.int, id C.uint64_t, via C.int, ip *C.char, port, ms C.int) C.int {
	return bridgeWithin(sd, ms, func(n *node, limit time.Duration) error {
		return n.dial(uint64(id), int(via), text(ip), int(port), limit)
	})
}

//export go_relay
func go_relay(sd C.int, id C.uint64_t, client C.int, data unsafe.Pointer, length C.size_t, idleMS C.int) C.int {
	result := C.int(-C.EBADF)
	if table.get(int32(sd)) == nil {
		syscall.Close(int(client))
		return result
	}
	return bridge(sd, func(n *node) error {
		return n.relay(uint64(id), int(client), early(data, length), milliseconds(idleMS))
	})
}

//export go_relay_fds
func go_relay_fds(sd C.int, id C.uint64_t, client, target C.int, data unsafe.Pointer, length C.size_t, answer unsafe.Pointer, answerLength C.size_t, idleMS C.int) C.int {
	if table.get(int32(sd)) == nil {
		syscall.Close(int(client))
		syscall.Close(int(target))
		return -C.EBADF
	}
	return bridge(sd, func(n *node) error {
		return n.relayFDs(uint64(id), int(client), int(target), early(data, length), early(answer, answerLength), milliseconds(idleMS))
	})
}

//export go_cancel
func go_cancel(sd C.int, id C.uint64_t) C.int {
	return bridge(sd, func(n *node) error {
		n.operations.cancelOne(uint64(id), errCancelled)
		return nil
	})
}
