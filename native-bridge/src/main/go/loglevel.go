package main

import (
	"regexp"
	"strings"
	"sync"
	"time"
)

// The tailscale packages write for their own developers, without levels but for a mark here and there. What a user has to know of
// the node's state arrives on the bus. So what is marked as verbose is debug, a plain line is info, and what tells of trouble that
// the bus does not tell is a warning.

var (
	structured = regexp.MustCompile(`^\[v\x00JSON\]\d`)
	verbose    = regexp.MustCompile(`\[v[12]\]`)
	marked     = regexp.MustCompile(`\[(unexpected|warning)\]|(?i:^warning\b|: warning: )`)
	trouble    = regexp.MustCompile(`(?i)\b(error|errors|failed|failure|fails|cannot|can't|could not|unable to)\b`)
	noTrouble  = regexp.MustCompile(`(?i)\b(error|err)[:=]\s*(<nil>|nil|none)\b`)
)

// expected are the beginnings of lines that tell of an error and are no news: the bus tells the same, in words of the agent, or it
// makes no difference to a node in user space.
var expected = []string{
	"health(",           // on the bus
	"control: ",         // on the bus, as health
	"Received error: ",  // on the bus, or a removal
	"netcheck: ",        // measures what can be reached: some of it cannot
	"derphttp", "derp-", // reconnects, and is on the bus while it does not
	"magicsock: derp-",         // likewise
	"magicsock: last netcheck", // mends itself
	"magicsock: disco: ",       // a peer that cannot be reached
	"dns: resolver: forward: ", // each query gets its answer, with the reason
	"TPM: ",
	"tstun: ",
	"monitor",
	"ipnext: work queue shutdown",
	"localapi: ", // who asked is told
	"[RATELIMIT]",
}

// backendLevel tells how much a line of the tailscale packages matters.
func backendLevel(line string) logLevel {
	switch {
	case structured.MatchString(line), verbose.MatchString(line):
		return logDebug
	case marked.MatchString(line):
		return logWarning
	case !trouble.MatchString(line), noTrouble.MatchString(line), isExpected(line):
		return logInfo
	default:
		return logWarning
	}
}

func isExpected(line string) bool {
	for _, beginning := range expected {
		if strings.HasPrefix(line, beginning) {
			return true
		}
	}
	return false
}

// A warning that comes again and again is one for so many times, then once in so long; in between it is info.
const (
	warningBurst  = 3
	warningPause  = 10 * time.Minute
	maxWarnedKind = 256
)

// warnings limits the rate of warnings that are alike.
type warnings struct {
	mu    sync.Mutex
	kinds map[string]*warned
}

type warned struct {
	times int
	last  time.Time
}

// admit tells whether a line of this kind, which is the format of it, is a warning now.
func (w *warnings) admit(kind string, now time.Time) bool {
	w.mu.Lock()
	defer w.mu.Unlock()
	known := w.kinds[kind]
	if known == nil {
		if len(w.kinds) >= maxWarnedKind {
			clear(w.kinds)
		}
		if w.kinds == nil {
			w.kinds = make(map[string]*warned)
		}
		known = new(warned)
		w.kinds[kind] = known
	}
	if known.times >= warningBurst && now.Sub(known.last) < warningPause {
		return false
	}
	known.times++
	known.last = now
	return true
}
