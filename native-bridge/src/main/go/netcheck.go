package main

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"time"

	"tailscale.com/ipn/localapi"
	"tailscale.com/net/netcheck"
	"tailscale.com/tailcfg"
	"tailscale.com/tstime"
	"tailscale.com/types/logger"
)

// The real command line runs its check of the network in its own process. Ours has no Go, so the node runs it, as a path of its
// LocalAPI.
const netcheckPath = "tailnet-agent/netcheck"

// netcheckSlot is held by the one check at a time: each sends probes to every relay.
var netcheckSlot = make(chan struct{}, 1)

func init() { localapi.Register(netcheckPath, serveNetcheck) }

// serveNetcheck answers GET with a report: format is empty for people, json or json-line; verbose adds what it did;
// bind-address and bind-port are where it probes from.
func serveNetcheck(h *localapi.Handler, w http.ResponseWriter, r *http.Request) {
	if !h.PermitRead {
		http.Error(w, "netcheck access denied", http.StatusForbidden)
		return
	}
	format := r.FormValue("format")
	if !slices.Contains([]string{"", "json", "json-line"}, format) {
		http.Error(w, fmt.Sprintf("unknown output format %q: json and json-line are known", format), http.StatusBadRequest)
		return
	}
	bind, err := netcheckBind(r.FormValue("bind-address"), r.FormValue("bind-port"))
	if err != nil {
		http.Error(w, err.Error(), http.StatusBadRequest)
		return
	}
	backend := h.LocalBackend()
	derps := backend.DERPMap()
	if derps == nil || len(derps.Regions) == 0 {
		http.Error(w, "no relays are known before the node has been connected: log in first", http.StatusConflict)
		return
	}
	select {
	case netcheckSlot <- struct{}{}:
		defer func() { <-netcheckSlot }()
	case <-r.Context().Done():
		return
	}
	var said netcheckLog
	check := &netcheck.Client{NetMon: backend.NetMon(), Logf: logger.Discard}
	verbose := r.FormValue("verbose") == "true"
	if verbose {
		check.Verbose = true
		check.Logf = said.printf
	}
	// A client that goes away ends its check.
	ctx, cancel := context.WithCancel(r.Context())
	defer cancel()
	if err := check.Standalone(ctx, bind); err != nil {
		said.printf("UDP test failure: %v", err)
	}
	report, err := check.GetReport(ctx, derps, nil)
	if err != nil {
		http.Error(w, fmt.Sprintf("netcheck: %v", err), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	if format == "" {
		io.WriteString(w, said.String())
	}
	if err := writeNetcheck(w, format, verbose, derps, report); err != nil {
		h.Logf("netcheck: %v", err)
	}
}

// netcheckLog collects what a check says, from all its goroutines.
type netcheckLog struct {
	mu   sync.Mutex
	text strings.Builder
}

func (l *netcheckLog) printf(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	fmt.Fprintf(&l.text, "netcheck: "+format+"\n", args...)
}

func (l *netcheckLog) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

// netcheckBind is the address that probes are sent from.
func netcheckBind(address, port string) (string, error) {
	if address == "" && port == "" {
		return ":0", nil
	}
	number := cmp.Or(port, "0")
	if address == "" {
		if _, err := netip.ParseAddrPort("127.0.0.1:" + number); err != nil {
			return "", fmt.Errorf("%q is no port", port)
		}
		return ":" + number, nil
	}
	ip, err := netip.ParseAddr(address)
	if err != nil {
		return "", fmt.Errorf("%q is no address to bind to", address)
	}
	from, err := netip.ParseAddrPort(fmt.Sprintf("[%s]:%s", ip, number))
	if ip.Is4() {
		from, err = netip.ParseAddrPort(fmt.Sprintf("%s:%s", ip, number))
	}
	if err != nil {
		return "", fmt.Errorf("%q is no port", port)
	}
	return from.String(), nil
}

// writeNetcheck writes a report in the shape of the real command line.
func writeNetcheck(w io.Writer, format string, verbose bool, derps *tailcfg.DERPMap, report *netcheck.Report) error {
	switch format {
	case "json":
		return writeJSONLine(w, "\t", report)
	case "json-line":
		return writeJSONLine(w, "", report)
	}
	_, err := io.WriteString(w, netcheckText(verbose, derps, report))
	return err
}

func writeJSONLine(w io.Writer, indent string, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", indent)
	return encoder.Encode(value)
}

func netcheckText(verbose bool, derps *tailcfg.DERPMap, report *netcheck.Report) string {
	var text strings.Builder
	line := func(format string, args ...any) { fmt.Fprintf(&text, "\t* "+format+"\n", args...) }
	text.WriteString("\nReport:\n")
	line("Time: %v", report.Now.Local().Format(tstime.DateSpTimeNanoZ))
	line("UDP: %v", report.UDP)
	if report.GlobalV4.IsValid() {
		line("IPv4: yes, %s", report.GlobalV4)
	} else {
		line("IPv4: (no addr found)")
	}
	line("IPv6: %s", netcheckIPv6(report))
	line("MappingVariesByDestIP: %v", report.MappingVariesByDestIP)
	line("PortMapping: not checked")
	if report.CaptivePortal != "" {
		line("CaptivePortal: %v", report.CaptivePortal)
	}
	if len(report.RegionLatency) == 0 {
		line("Nearest DERP: unknown (no response to latency probes)")
		return text.String()
	}
	line("Nearest DERP: %s", nearestDERP(derps, report))
	line("DERP latency:")
	for _, id := range byLatency(derps, report) {
		latency := ""
		if d, ok := report.RegionLatency[id]; ok {
			latency = d.Round(time.Millisecond / 10).String()
		}
		number := ""
		if verbose {
			number = fmt.Sprintf("derp%d, ", id)
		}
		region := derps.Regions[id]
		fmt.Fprintf(&text, "\t\t- %3s: %-7s (%s%s)\n", region.RegionCode, latency, number, region.RegionName)
	}
	return text.String()
}

func netcheckIPv6(report *netcheck.Report) string {
	switch {
	case report.GlobalV6.IsValid():
		return "yes, " + report.GlobalV6.String()
	case report.IPv6:
		return "(no addr found)"
	case report.OSHasIPv6:
		return "no, but OS has support"
	default:
		return "no, unavailable in OS"
	}
}

func nearestDERP(derps *tailcfg.DERPMap, report *netcheck.Report) string {
	if report.PreferredDERP == 0 {
		return "[none]"
	}
	if region, ok := derps.Regions[report.PreferredDERP]; ok {
		return region.RegionName
	}
	return fmt.Sprintf("%d (region not found in map)", report.PreferredDERP)
}

// byLatency lists the regions, those that answered first and the quickest of them first.
func byLatency(derps *tailcfg.DERPMap, report *netcheck.Report) []int {
	ids := derps.RegionIDs()
	slices.SortStableFunc(ids, func(a, b int) int {
		one, answered := report.RegionLatency[a]
		other, otherAnswered := report.RegionLatency[b]
		switch {
		case answered && otherAnswered:
			return cmp.Compare(one, other)
		case answered:
			return -1
		case otherAnswered:
			return 1
		default:
			return cmp.Compare(a, b)
		}
	})
	return ids
}
