package main

// #include "abi.h"
import "C"

//export go_expose
func go_expose(sd C.int, table *C.char) C.int {
	return bridge(sd, func(n *node) error { return n.expose(text(table)) })
}

//export go_judge
func go_judge(sd C.int, id C.uint64_t, allowed C.int) C.int {
	return bridge(sd, func(n *node) error {
		n.judge(uint64(id), allowed != 0)
		return nil
	})
}
