package main

/*
#include <stdint.h>
*/
import "C"

//export go_resolve_in_tailnet
func go_resolve_in_tailnet(sd C.int, id C.uint64_t, name *C.char, ms C.int) C.int {
	return bridge(sd, func(n *node) error {
		limit, err := timeout(ms)
		if err != nil {
			return err
		}
		return n.resolveInTailnet(uint64(id), text(name), limit)
	})
}
