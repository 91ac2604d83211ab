package main

import "testing"

func TestARemovalIsToldOnceAndTakenBack(t *testing.T) {
	n, caller := testNode(t)
	for range 3 {
		n.watchRemoval("Received error: PollNetMap: initial fetch failed 404: node not found")
	}
	if f, _ := readFrame(t, caller); f.kind != frameNotify || string(f.payload) != `{"NodeRemoved":"404: node not found"}` {
		t.Errorf("%d %s", f.kind, f.payload)
	}
	n.watchRemoval("control: [v1] mapRoutine: netmap received: loggedIn=true inMapPoll=true")
	if f, _ := readFrame(t, caller); f.kind != frameNotify || string(f.payload) != `{"NodeRemoved":""}` {
		t.Errorf("%d %s", f.kind, f.payload)
	}
}

func TestOneRefusalIsNoRemoval(t *testing.T) {
	n := newNode()
	for range 3 {
		n.watchRemoval("Received error: PollNetMap: initial fetch failed 404: page not found")
		n.watchRemoval("control: [v1] mapRoutine: netmap received: loggedIn=true inMapPoll=true")
	}
	n.watchRemoval("Received error: PollNetMap: initial fetch failed 502: bad gateway")
	if n.removal.told.Load() {
		t.Error("told")
	}
}
