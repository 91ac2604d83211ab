package main

import (
	"net/netip"
	"strings"
	"testing"
)

func parse(t *testing.T, lines ...string) *exposures {
	t.Helper()
	table, err := parseExposures(strings.Join(lines, "\n"))
	if err != nil {
		t.Fatal(err)
	}
	return table
}

func TestEmptyTable(t *testing.T) {
	if table := parse(t, "", " "); !table.empty() || table.tcp.find(80) != nil {
		t.Error("an empty table exposes something")
	}
	if table := parse(t, "tcp 1055 private"); !table.empty() {
		t.Error("a private port is no exposure")
	}
	if parse(t, "udp 53 localhost:53").empty() || parse(t, "tcp all localhost").empty() {
		t.Error("an exposure makes no empty table")
	}
}

func TestServiceAddresses(t *testing.T) {
	table := parse(t,
		"tcp 3000 localhost:3000",
		"tcp 8765 10.0.0.5:9000",
		"tcp 8766 [::ffff:10.0.0.5]:9000",
		"tcp all localhost",
		"udp 5353 [2001:db8::1]:53")
	for port, want := range map[uint16]string{
		3000: "127.0.0.1:3000 [::1]:3000",
		8765: "10.0.0.5:9000",
		8766: "10.0.0.5:9000",
		22:   "127.0.0.1:22 [::1]:22",
	} {
		var got []string
		for _, candidate := range table.tcp.find(port).target.candidates(port) {
			got = append(got, candidate.String())
		}
		if strings.Join(got, " ") != want {
			t.Errorf("port %d: %v, want %s", port, got, want)
		}
	}
	if got := table.udp.find(5353).target.candidates(5353); got[0] != netip.MustParseAddrPort("[2001:db8::1]:53") {
		t.Error(got)
	}
	if table.udp.find(3000) != nil {
		t.Error("a port of TCP is exposed for UDP")
	}
}

func TestAllLeavesOutPrivatePortsAndGivesWayToNamedOnes(t *testing.T) {
	table := parse(t, "tcp 22 localhost:22 from=tag:admin", "tcp all localhost", "tcp 1055 private", "tcp 9002 private", "tcp 9002 localhost:9002")
	if found := table.tcp.find(22); found == nil || len(found.from.tags) != 1 {
		t.Error("the line of a port does not come before all")
	}
	if table.tcp.find(1055) != nil {
		t.Error("all exposes a private port")
	}
	if table.tcp.find(9002) == nil {
		t.Error("a private port that is named is not exposed")
	}
}

func TestWrongLinesAreNamed(t *testing.T) {
	for line, want := range map[string]string{
		"tcp 3000":                              "are needed",
		"limit 0":                               `"0" is no number of connections`,
		"sctp 1 localhost:1":                    "neither tcp nor udp",
		"tcp 0 localhost:1":                     `"0" is no port`,
		"tcp 70000 localhost:1":                 `"70000" is no port`,
		"tcp 1 localhost:x":                     `"x" is no port`,
		"tcp 1 db:5432":                         `"db:5432" is no IP:PORT`,
		"tcp 1 127.0.0.1:0":                     "is no IP:PORT",
		"tcp 1 [fe80::1%eth0]:1":                "is no IP:PORT",
		"tcp all 127.0.0.1:1":                   "all is given once, for localhost",
		"tcp all localhost\ntcp all localhost":  "all is given once",
		"tcp 1 localhost:1\ntcp 1 localhost:2":  "exposed already",
		"tcp 1 localhost:1 quickly":             `unknown option "quickly"`,
		"tcp 1 localhost:1 from=web":            "is no tag:NAME",
		"tcp 1 localhost:1 from=user:":          "is no tag:NAME",
		"udp 1 localhost:1 proxy-protocol":      "for tcp",
		"tcp 2 localhost:2\nudp 0x1 localhost:": "exposure \"udp 0x1 localhost:\"",
	} {
		if _, err := parseExposures(line); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want %s", line, err, want)
		}
	}
}
