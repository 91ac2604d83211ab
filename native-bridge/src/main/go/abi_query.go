package main

/*
#include "abi.h"
*/
import "C"

import (
	"syscall"
	"time"
	"unsafe"
)

//export go_query
func go_query(sd C.int, id C.uint64_t, message unsafe.Pointer, length C.size_t, ms C.int) C.int {
	return bridgeWithin(sd, ms, func(n *node, limit time.Duration) error {
		if length < dnsHeader || length > maxDNSMessage {
			return apiErrorf(syscall.EINVAL, "a DNS message of %d bytes", length)
		}
		return n.query(uint64(id), early(message, length), limit)
	})
}
