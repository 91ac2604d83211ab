package main

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"sync/atomic"
)

// A control server that has forgotten a node answers each further request for its map with an error. The tailscale packages
// keep asking, stay in the state Running, and tell it to their log alone.
var (
	refused = regexp.MustCompile(`(?:Received error: PollNetMap|lite map update error after [^:]*): initial fetch failed (40[14]: .*)`)
	served  = []string{"mapRoutine: netmap received", "successful lite map update"}
)

// removal is what the log has said of it.
type removal struct {
	refusals atomic.Int32 // in a row
	told     atomic.Bool
}

// refusalsToBelieve is how many make a removal: what stands between may answer 404 as well, though seldom twice.
const refusalsToBelieve = 2

// watchRemoval looks for a removal, or the end of one, in a line of the log. It must not block.
func (n *node) watchRemoval(line string) {
	if words := refused.FindStringSubmatch(line); words != nil {
		if n.removal.refusals.Add(1) >= refusalsToBelieve && !n.removal.told.Swap(true) {
			n.tellRemoval(words[1])
		}
	} else if slices.ContainsFunc(served, func(words string) bool { return strings.Contains(line, words) }) {
		n.removal.refusals.Store(0)
		if n.removal.told.Swap(false) {
			n.tellRemoval("")
		}
	}
}

func (n *node) tellRemoval(words string) {
	if stream := n.stream.Load(); stream != nil {
		text, _ := json.Marshal(struct{ NodeRemoved string }{words})
		stream.notify(text)
	}
}
