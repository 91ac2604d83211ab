package main

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func parse(t *testing.T, env map[string]string, words ...string) options {
	t.Helper()
	o, err := parseOptions(words, func(name string) string { return env[name] })
	if err != nil {
		t.Fatal(err)
	}
	return o
}

func TestOptionsAreOwnFlagsThoseOfRunAndACommand(t *testing.T) {
	o := parse(t, nil, "--hostname=box", "--timeout", "2m", "--on-timeout=run", "--listen", ":1", "--", "sh", "-c", "--", "--timeout=1s")
	if o.timeout != 2*time.Minute || o.onTimeout != onTimeoutRun || o.onAgent != onAgentStay {
		t.Errorf("own flags: %+v", o)
	}
	if !slices.Equal(o.flags, []string{"--hostname=box", "--listen", ":1"}) {
		t.Errorf("flags of run: %q", o.flags)
	}
	if !slices.Equal(o.command, []string{"sh", "-c", "--", "--timeout=1s"}) {
		t.Errorf("command: %q", o.command)
	}
}

func TestAFlagGoesBeforeItsVariable(t *testing.T) {
	env := map[string]string{"TAILNET_ENTRYPOINT_TIMEOUT": "1s", "TAILNET_ENTRYPOINT_ON_AGENT_EXIT": "end"}
	if o := parse(t, env, "--", "x"); o.timeout != time.Second || o.onAgent != onAgentEnd {
		t.Errorf("of the environment: %+v", o)
	}
	if o := parse(t, env, "--timeout=0", "--", "x"); o.timeout != 0 {
		t.Errorf("of the flag: %+v", o)
	}
}

func TestWhatIsWrongIsNamed(t *testing.T) {
	for words, want := range map[string]string{
		"--hostname=box":          "after '--'",
		"--":                      "after '--'",
		"--timeout=soon -- x":     "--timeout: 'soon' is no time",
		"--timeout=-1s -- x":      "--timeout: '-1s' is no time",
		"--on-timeout=maybe -- x": "--on-timeout: 'maybe' is none of fail, run",
		"--timeout -- x":          "--timeout needs a value",
	} {
		if _, err := parseOptions(strings.Fields(words), func(string) string { return "" }); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v, want %s", words, err, want)
		}
	}
}
