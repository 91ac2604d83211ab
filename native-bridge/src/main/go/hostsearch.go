package main

import (
	"os"
	"strconv"
	"strings"
)

const (
	mostDots      = 15
	maxNameLength = 253
)

// hostSearch is what this machine takes a name for that may not be complete (resolv.conf(5)), as Go's resolver reads it. The
// search is done here, so that the complete name is known: the policy has a say in that too.
type hostSearch struct {
	domains []string
	ndots   int // a name with so many dots is tried as it is first
}

func readHostSearch(path string) hostSearch {
	raw, err := os.ReadFile(path)
	if err != nil {
		raw = nil
	}
	hostname, err := os.Hostname()
	if err != nil {
		hostname = ""
	}
	return parseHostSearch(string(raw), hostname)
}

// parseHostSearch falls back on the host's own domain.
func parseHostSearch(text, hostname string) hostSearch {
	s := hostSearch{ndots: 1}
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) < 2 {
			continue
		}
		switch fields[0] {
		case "domain":
			s.domains = nonEmpty(fields[1:2])
		case "search":
			s.domains = nonEmpty(fields[1:])
		case "options":
			s.readOptions(fields[1:])
		}
	}
	if _, domain, ok := strings.Cut(hostname, "."); ok && len(s.domains) == 0 {
		s.domains = nonEmpty([]string{domain})
	}
	return s
}

func nonEmpty(domains []string) []string {
	var full []string
	for _, domain := range domains {
		if domain = canonical(domain); domain != "" {
			full = append(full, domain)
		}
	}
	return full
}

func (s *hostSearch) readOptions(options []string) {
	for _, option := range options {
		if number, ok := strings.CutPrefix(option, "ndots:"); ok {
			if dots, err := strconv.Atoi(number); err == nil {
				s.ndots = min(max(dots, 0), mostDots)
			}
		}
	}
}

// names returns what a name may stand for, in the order to try it.
func (s *hostSearch) names(name string) []string {
	var longer []string
	for _, domain := range s.domains {
		if full := name + "." + domain; len(full) <= maxNameLength {
			longer = append(longer, full)
		}
	}
	if strings.Count(name, ".") >= s.ndots {
		return append([]string{name}, longer...)
	}
	return append(longer, name)
}
