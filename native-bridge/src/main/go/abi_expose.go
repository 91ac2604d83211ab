package main

import "C"

//export go_expose
func go_expose(sd C.int, table *C.char) C.int {
	return bridge(sd, func(n *node) error { return n.expose(text(table)) })
}
