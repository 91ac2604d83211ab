package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"strings"
)

// A notice is what the agent writes to the descriptor of --notify-fd as soon as its proxies listen, as TAILNET_ENTRYPOINT_NOTICE
// asks for. The newline after it comes when the node is up.
type notice struct {
	Environment     map[string]string `json:"environment"`     // in which programs use the proxies
	SecretVariables []string          `json:"secretVariables"` // which may hold what no other program may see
	SecretFlags     []string          `json:"secretFlags"`     // likewise
	PatienceSeconds int               `json:"patienceSeconds"` // within which the agent ends after SIGTERM
}

// What the agent has told so far.
type progress struct {
	notice notice
	isUp   bool
}

// listen reads the agent's line: sends once the notice is there, and again once the newline is. It closes the channel when the agent
// closes its end, as it does when it ends.
func listen(from io.ReadCloser) <-chan progress {
	told := make(chan progress, 2)
	go func() {
		defer from.Close()
		defer close(told)
		decoder := json.NewDecoder(from)
		var n notice
		if decoder.Decode(&n) != nil {
			return
		}
		told <- progress{notice: n}
		if b, err := bufio.NewReader(io.MultiReader(decoder.Buffered(), from)).ReadByte(); err == nil && b == '\n' {
			told <- progress{n, true}
		}
	}()
	return told
}

// environment is this process's, as a command beside the agent is to have it.
func (n notice) environment() []string {
	var env []string
	for _, variable := range os.Environ() {
		name, _, _ := strings.Cut(variable, "=")
		if _, replaced := n.Environment[name]; !replaced && !contains(n.SecretVariables, name) {
			env = append(env, variable)
		}
	}
	for name, value := range n.Environment {
		env = append(env, name+"="+value)
	}
	return env
}

func contains(names []string, name string) bool {
	for _, n := range names {
		if n == name {
			return true
		}
	}
	return false
}
