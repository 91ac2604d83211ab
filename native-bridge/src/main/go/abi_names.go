package main

/*
#include <stdint.h>
*/
import "C"

import "time"

//export go_resolve
func go_resolve(sd C.int, id C.uint64_t, name *C.char, ms C.int) C.int {
	return bridgeWithin(sd, ms, func(n *node, limit time.Duration) error {
		return n.resolve(uint64(id), text(name), limit)
	})
}

//export go_resolve_in_tailnet
func go_resolve_in_tailnet(sd C.int, id C.uint64_t, name *C.char, ms C.int) C.int {
	return bridgeWithin(sd, ms, func(n *node, limit time.Duration) error {
		return n.resolveInTailnet(uint64(id), text(name), limit)
	})
}
