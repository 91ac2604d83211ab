package main

import "C"

import "syscall"

//export go_localapi
func go_localapi(sd C.int) C.int { return bridgeValue(sd, (*node).localAPIConn) }

//export go_serve_localapi
func go_serve_localapi(sd C.int, client, others C.int) C.int {
	if table.get(int32(sd)) == nil {
		syscall.Close(int(client))
		return -C.int(syscall.EBADF)
	}
	return bridge(sd, func(n *node) error { return n.serveLocalAPI(int(client), permission(others)) })
}
