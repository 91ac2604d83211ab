package main

import (
	"testing"
	"time"

	"tailscale.com/control/controlclient"
)

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

func TestARemovalIsInTheAnswerToAnUpdateToo(t *testing.T) {
	n, caller := testNode(t)
	for range 2 {
		n.watchRemoval("control: lite map update error after 4ms: initial fetch failed 404: node not found")
	}
	if f, _ := readFrame(t, caller); string(f.payload) != `{"NodeRemoved":"404: node not found"}` {
		t.Errorf("%s", f.payload)
	}
	n.watchRemoval("control: [v1] successful lite map update in 3ms")
	if f, _ := readFrame(t, caller); string(f.payload) != `{"NodeRemoved":""}` {
		t.Errorf("%s", f.payload)
	}
}

func TestTheServerIsAskedNowAndThenOnly(t *testing.T) {
	var c control
	now := time.Now()
	if c.toAsk(now) != nil {
		t.Error("there is nobody to ask")
	}
	c.use(&controlclient.Auto{})
	if c.toAsk(now) == nil || c.toAsk(now.Add(askedAgainAfter/2)) != nil || c.toAsk(now.Add(askedAgainAfter)) == nil {
		t.Error("at the wrong times")
	}
}
