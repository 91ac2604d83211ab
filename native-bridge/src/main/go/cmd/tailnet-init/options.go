package main

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"
)

// What becomes of the command when the node is not up in time, or of both when the agent ends before it.
const (
	onTimeoutFail = "fail"
	onTimeoutRun  = "run"
	onAgentStay   = "continue"
	onAgentEnd    = "end"
)

type options struct {
	timeout   time.Duration // for the node to be up; 0 waits for the proxies only
	onTimeout string
	onAgent   string   // what an end of the agent means for the command
	agentLog  string   // a file for what the agent writes; empty: where this process writes
	flags     []string // for run
	command   []string
}

// parseOptions reads the words after "entrypoint". A flag is also a variable, as those of run are.
func parseOptions(words []string, getenv func(string) string) (options, error) {
	o := options{timeout: 30 * time.Second, onTimeout: onTimeoutFail, onAgent: onAgentStay}
	own := []struct {
		flag, variable string
		set            func(string) error
	}{
		{"--timeout", "TAILNET_ENTRYPOINT_TIMEOUT", o.setTimeout},
		{"--on-timeout", "TAILNET_ENTRYPOINT_ON_TIMEOUT", oneOf(&o.onTimeout, onTimeoutFail, onTimeoutRun)},
		{"--on-agent-exit", "TAILNET_ENTRYPOINT_ON_AGENT_EXIT", oneOf(&o.onAgent, onAgentStay, onAgentEnd)},
		{"--agent-log", "TAILNET_ENTRYPOINT_AGENT_LOG", func(v string) error { o.agentLog = v; return nil }},
	}
	for _, f := range own {
		if v := strings.TrimSpace(getenv(f.variable)); v != "" {
			if err := f.set(v); err != nil {
				return o, fmt.Errorf("%s: %w", f.variable, err)
			}
		}
	}
	end := slices.Index(words, "--")
	if end < 0 || end == len(words)-1 {
		return o, errors.New("which command? Write it after '--': tailnet-agent entrypoint --hostname=box -- bash")
	}
	o.command = words[end+1:]
	words = words[:end]
	for i := 0; i < len(words); i++ {
		name, value, has := strings.Cut(words[i], "=")
		at := -1
		for j, f := range own {
			if f.flag == name {
				at = j
			}
		}
		if at < 0 {
			o.flags = append(o.flags, words[i])
			continue
		}
		if !has {
			if i++; i == len(words) {
				return o, fmt.Errorf("%s needs a value", name)
			}
			value = words[i]
		}
		if err := own[at].set(value); err != nil {
			return o, fmt.Errorf("%s: %w", name, err)
		}
	}
	return o, nil
}

func (o *options) setTimeout(v string) error {
	if v == "0" {
		o.timeout = 0
		return nil
	}
	d, err := time.ParseDuration(v)
	if err != nil || d < 0 {
		return fmt.Errorf("'%s' is no time: write 30s, 2m, or 0 to wait for the proxies only", v)
	}
	o.timeout = d
	return nil
}

func oneOf(to *string, values ...string) func(string) error {
	return func(v string) error {
		if !slices.Contains(values, v) {
			return fmt.Errorf("'%s' is none of %s", v, strings.Join(values, ", "))
		}
		*to = v
		return nil
	}
}
