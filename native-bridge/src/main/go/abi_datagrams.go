package main

import "C"

//export go_datagrams
func go_datagrams(sd, maxFlows C.int) C.int {
	return bridgeValue(sd, func(n *node) (int, error) { return n.openConduit(int(maxFlows)) })
}
