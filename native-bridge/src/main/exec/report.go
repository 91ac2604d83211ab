package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"time"
)

const (
	// As ExitCode.EXEC_UNAVAILABLE has them.
	exitUnavailable  = 52
	causeUnavailable = "exec-unavailable"
)

// report is what `check --exec` finds, in the form of `check` (ReportJson, ReportText), so that one reader takes both.
type report struct {
	Target       *string `json:"target"` // null, as for a node
	OK           bool    `json:"ok"`
	Cause        *string `json:"cause"`
	ExitCode     int     `json:"exitCode"`
	Message      *string `json:"message"`
	Fix          *string `json:"fix"`
	DirectEgress string  `json:"directEgress"`
	Steps        []step  `json:"steps"`
}

type step struct {
	Step         string   `json:"step"`
	Outcome      outcome  `json:"outcome"`
	Milliseconds *float64 `json:"milliseconds"`
	Details      string   `json:"details"`
}

type outcome string

const (
	passed outcome = "passed"
	failed outcome = "failed"
	noted  outcome = "note"
)

// examine tries exec out, and says of --enforce what holds.
func examine() report {
	began := time.Now()
	found, err := tryOut()
	took := float64(time.Since(began).Microseconds()) / 1000
	return reportOf(err, took, found)
}

func reportOf(trial error, took float64, found features) report {
	made := report{OK: trial == nil, DirectEgress: "untested"}
	if trial != nil {
		said := &unavailable{reason: trial.Error()}
		_ = errors.As(trial, &said)
		cause := causeUnavailable
		made.Cause, made.ExitCode, made.Message, made.Fix = &cause, exitUnavailable, &said.reason, &said.fix
		made.Steps = []step{{"exec", failed, &took, said.reason}}
		return made
	}
	made.Steps = []step{{"exec", passed, &took, "calls of a program were held up and its socket taken"}}
	for _, one := range statements(found) {
		outcome := passed
		if !one.holds {
			outcome = noted
		}
		made.Steps = append(made.Steps, step{Step: one.subject, Outcome: outcome, Details: one.details})
	}
	return made
}

func (r report) json() string {
	text, _ := json.Marshal(r)
	return string(text) + "\n"
}

func (r report) text() string {
	var text strings.Builder
	marks := map[outcome]string{passed: "ok", failed: "FAIL", noted: "note"}
	for _, one := range r.Steps {
		fmt.Fprintf(&text, "%-5s%-15s%s", marks[one.Outcome], one.Step, one.Details)
		if one.Milliseconds != nil {
			fmt.Fprintf(&text, "  [%.1f ms]", *one.Milliseconds)
		}
		text.WriteString("\n")
	}
	if r.OK {
		return text.String() + "exec works here\n"
	}
	fmt.Fprintf(&text, "%-5s%-15s%s\nexec fails: %s (exit code %d)\n", "", "fix", *r.Fix, *r.Cause, r.ExitCode)
	return text.String()
}
