package main

import (
	"context"
	"errors"
	"net/netip"
	"slices"
	"testing"
)

func TestANodeThatIsDownKnowsNotWhatIsTheTailnets(t *testing.T) {
	if _, err := newNode().lookUpInTailnet(context.Background(), "name.invalid"); classify(err) != codeNodeDown {
		t.Errorf("%v", err)
	}
}

func TestLookUpWithoutATailnet(t *testing.T) {
	n := newNode()
	found, err := n.lookUp(context.Background(), "localhost")
	if err != nil || found.source != sourceSystem || !slices.ContainsFunc(found.addrs, netip.Addr.IsLoopback) {
		t.Errorf("%+v %v", found, err)
	}
	if slices.Contains(found.alsoCalled, "localhost") {
		t.Errorf("%+v", found)
	}
	for _, name := range []string{".", "a..b", string(make([]byte, 300))} {
		if _, err := n.lookUp(context.Background(), name); classify(err) != codeNoSuchName {
			t.Errorf("%q: %v", name, err)
		}
	}
	ctx, cancel := context.WithCancelCause(context.Background())
	cancel(errCancelled)
	if _, err := lookUpWithin(ctx, n.lookUp, "name.invalid", 1); !errors.Is(err, errCancelled) {
		t.Errorf("%v", err)
	}
}
