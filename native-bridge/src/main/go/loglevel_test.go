package main

import (
	"strings"
	"testing"
	"time"
)

func TestBackendLevels(t *testing.T) {
	for line, want := range map[string]logLevel{
		"[v1] netcheck: report":                                         logDebug,
		"magicsock: [v2] x":                                             logDebug,
		"[v1] authReconfig: skipping, error":                            logDebug,
		"[v\x00JSON]1{\"Hostinfo\":{}}":                                 logDebug,
		"Switching ipn state A -> B":                                    logInfo,
		"control: LoginInteractive -> regen":                            logInfo,
		"magicsock: home is now derp-1":                                 logInfo,
		"wgengine: Reconfig done, err=<nil>":                            logInfo,
		"health(warnable=warming-up): error: Tailscale is starting.":    logInfo,
		"health(warnable=warming-up): ok":                               logInfo,
		"control: lite map update error after 3s: EOF":                  logInfo,
		"TPM: error opening: stat /dev/tpmrm0: no such file":            logInfo,
		"tstun: error initializing tun dev stats polling":               logInfo,
		"dns: resolver: forward: no upstream resolvers set, error":      logInfo,
		"[unexpected] bad thing":                                        logWarning,
		"nodeBackend: [unexpected] using TSMP key":                      logWarning,
		"magicsock: [warning] failed to force-set UDP buffer":           logWarning,
		"warning: removing profile data for \"x\": no such key":         logWarning,
		"Failed to save new controlclient state: no space left":         logWarning,
		"magicsock: unable to bind udp4 port 41641: in use":             logWarning,
		"wgengine: error setting DNS config after major link change: x": logWarning,
	} {
		if got := backendLevel(line); got != want {
			t.Errorf("%q: %d, want %d", line, got, want)
		}
	}
}

func TestWarningsThatAreAlikeAreLimited(t *testing.T) {
	var w warnings
	now := time.Now()
	for i := range 2 * warningBurst {
		if got := w.admit("a", now.Add(time.Duration(i)*time.Second)); got != (i < warningBurst) {
			t.Errorf("warning %d: %v", i, got)
		}
	}
	if !w.admit("b", now) {
		t.Error("a warning of another kind was held back")
	}
	later := now.Add(warningPause + time.Minute)
	if !w.admit("a", later) || w.admit("a", later.Add(time.Second)) {
		t.Error("after a pause it is one warning again")
	}
}

func TestKindsOfWarningsAreBounded(t *testing.T) {
	var w warnings
	for i := range 3 * maxWarnedKind {
		w.admit(strings.Repeat("x", i), time.Now())
	}
	if len(w.kinds) > maxWarnedKind {
		t.Errorf("%d kinds are kept", len(w.kinds))
	}
}

// A line that is no warning for its being repeated is still there for whoever looks for a fault.
func TestRepeatedWarningsBecomeInformation(t *testing.T) {
	n, events := testNode(t)
	for range warningBurst + 1 {
		n.backendLogf("[unexpected] %s", "thing")
	}
	for i := range warningBurst + 1 {
		want := logWarning
		if i == warningBurst {
			want = logInfo
		}
		if f, _ := readFrame(t, events); f.kind != frameLog || f.code != uint8(want) || string(f.payload) != "[unexpected] thing" {
			t.Errorf("line %d: %+v", i, f)
		}
	}
}

func TestStructuredLinesAreJSON(t *testing.T) {
	n, events := testNode(t)
	n.backendLogf("[v\x00JSON]%d%s", 2, `{"a":1}`)
	if f, _ := readFrame(t, events); string(f.payload) != `{"a":1}` || f.code != uint8(logDebug) {
		t.Errorf("%+v", f)
	}
}
