package main

import (
	"testing"
)

func TestTrafficOfOpenConnections(t *testing.T) {
	n := newNode()
	moving := &tunnel{}
	moving.up.Store(10)
	moving.down.Store(20)
	if err := n.operations.begin(7, &operation{tunnel: moving}); err != nil {
		t.Fatal(err)
	}
	if err := n.operations.begin(8, &operation{}); err != nil { // a dial
		t.Fatal(err)
	}
	coming := &tunnel{}
	coming.up.Store(30)
	if !n.inbound.begin(7, coming) {
		t.Fatal("the node has ended")
	}

	var tunnels, inbound []traffic
	if count := n.operations.traffic(func(one traffic) { tunnels = append(tunnels, one) }); count != 1 {
		t.Errorf("%d tunnels", count)
	}
	if count := n.inbound.traffic(func(one traffic) { inbound = append(inbound, one) }); count != 1 {
		t.Errorf("%d connections from the tailnet", count)
	}
	if len(tunnels) != 1 || tunnels[0] != (traffic{id: 7, up: 10, down: 20}) {
		t.Errorf("tunnels: %v", tunnels)
	}
	if len(inbound) != 1 || inbound[0] != (traffic{id: 7, up: 30}) {
		t.Errorf("from the tailnet: %v", inbound)
	}

	n.operations.done(7, func() {})
	n.inbound.done(7, coming, func() {})
	if count := n.operations.traffic(func(traffic) {}) + n.inbound.traffic(func(traffic) {}); count != 0 {
		t.Errorf("%d are still there", count)
	}
}
