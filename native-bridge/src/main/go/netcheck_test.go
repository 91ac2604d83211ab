package main

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"tailscale.com/net/netcheck"
	"tailscale.com/tailcfg"
)

func TestNetcheckText(t *testing.T) {
	derps := &tailcfg.DERPMap{Regions: map[int]*tailcfg.DERPRegion{
		1: {RegionID: 1, RegionCode: "nyc", RegionName: "New York"},
		2: {RegionID: 2, RegionCode: "fra", RegionName: "Frankfurt"},
		3: {RegionID: 3, RegionCode: "syd", RegionName: "Sydney"},
	}}
	report := &netcheck.Report{
		Now:           time.Unix(1, 0),
		UDP:           true,
		OSHasIPv6:     true,
		GlobalV4:      netip.MustParseAddrPort("192.0.2.1:40000"),
		PreferredDERP: 2,
		RegionLatency: map[int]time.Duration{1: 90 * time.Millisecond, 2: 12_340 * time.Microsecond},
	}
	text := netcheckText(false, derps, report)
	want := []string{
		"\nReport:\n", "\t* UDP: true\n", "\t* IPv4: yes, 192.0.2.1:40000\n", "\t* IPv6: no, but OS has support\n",
		"\t* Nearest DERP: Frankfurt\n",
		"\t\t- fra: 12.3ms  (Frankfurt)\n\t\t- nyc: 90ms    (New York)\n\t\t- syd:         (Sydney)\n",
	}
	for _, part := range want {
		if !strings.Contains(text, part) {
			t.Errorf("%q is not in:\n%s", part, text)
		}
	}
	if verbose := netcheckText(true, derps, report); !strings.Contains(verbose, "(derp2, Frankfurt)") {
		t.Errorf("no region number in:\n%s", verbose)
	}
	report.RegionLatency = nil
	if text := netcheckText(false, derps, report); !strings.Contains(text, "Nearest DERP: unknown") {
		t.Errorf("latency from nowhere:\n%s", text)
	}
}

func TestNetcheckBind(t *testing.T) {
	for _, test := range []struct{ address, port, want string }{
		{"", "", ":0"},
		{"", "4000", ":4000"},
		{"127.0.0.1", "", "127.0.0.1:0"},
		{"::1", "4000", "[::1]:4000"},
		{"box", "", ""},
		{"", "70000", ""},
		{"127.0.0.1", "x", ""},
	} {
		got, err := netcheckBind(test.address, test.port)
		if got != test.want || (err != nil) != (test.want == "") {
			t.Errorf("netcheckBind(%q, %q) = %q, %v; want %q", test.address, test.port, got, err, test.want)
		}
	}
}
