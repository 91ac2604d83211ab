package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

const usageText = `Usage: tailnet-agent exec [--start] [--enforce [--allow-unix=PATH]...] [--runtime-dir=DIR] [--] CMD [ARG]...

Runs a program whose TCP connections and name lookups go through the running agent, by its policy and into its audit log. The
program needs to know nothing of proxies, and neither privilege nor a TUN device is used. What it starts is followed.

      --start             Start an agent for as long as CMD runs, if none is running; its flags come from the environment
                          (TS_AUTHKEY, TAILNET_...)
      --enforce           Nothing but what the agent carries leaves: see 'exec --explain'
      --allow-unix=PATH   With --enforce: a unix socket whose server outside may be used; repeat for more
      --explain           Try whether this works here, and say what of --enforce holds; --json for programs, 52 if it does not work
      --runtime-dir=DIR   Runtime directory of the agent (default: where 'run' has it)
  -h, --help              Show this help

Connections to loopback addresses and unix sockets are left alone.

Exit code: the program's; 2 wrong flag, 6 the agent of --start does not start, 7 no agent is running, 125 this system does not allow it, 126 CMD
cannot be run, 127 CMD is not found.

Examples:
  tailnet-agent exec -- psql -h postgres.internal
  tailnet-agent exec -- ssh build-7
  tailnet-agent exec -- bash
`

var errHelp = errors.New("help")

// options is what the command line says.
type options struct {
	runtimeDir string
	start      bool
	enforce    bool
	allowUnix  []string
	explain    bool
	json       bool // with explain
	command    []string
}

func parseOptions(args []string) (options, error) {
	var parsed options
	for len(args) > 0 {
		word := args[0]
		if word == "--" {
			args = args[1:]
			break
		}
		if !strings.HasPrefix(word, "-") || word == "-" {
			break
		}
		args = args[1:]
		name, value, hasValue := strings.Cut(word, "=")
		switch name {
		case "-h", "--help":
			return parsed, errHelp
		case "--start":
			parsed.start = true
		case "--enforce":
			parsed.enforce = true
		case "--explain", "--exec": // check --exec
			parsed.explain = true
		case "--json":
			parsed.json = true
		case "--allow-unix":
			if !strings.HasPrefix(value, "/") && !strings.HasPrefix(value, "@") {
				return parsed, errors.New("--allow-unix=PATH wants an absolute path, or @NAME for an abstract one")
			}
			parsed.allowUnix = append(parsed.allowUnix, value)
		case "--runtime-dir":
			if !hasValue {
				if len(args) == 0 {
					return parsed, errors.New("--runtime-dir wants a directory")
				}
				value, args = args[0], args[1:]
			}
			parsed.runtimeDir = value
		default:
			return parsed, fmt.Errorf("exec has no flag %s; put -- before a command that begins with a dash", name)
		}
	}
	if len(args) == 0 && !parsed.explain {
		return parsed, errors.New("give a command to run, as in: tailnet-agent exec -- curl http://host")
	}
	parsed.command = args
	return parsed, nil
}

// controlSocket is where the agent listens, by the rules of the other commands (RunningAgentFlags, RuntimeDirectory).
func (o options) controlSocket() (string, error) {
	const name, socket = "tailnet-agent", "agent.sock"
	asked := o.runtimeDir
	if asked == "" {
		asked = os.Getenv("TAILNET_RUNTIME_DIR")
	}
	if asked != "" {
		absolute, err := filepath.Abs(asked)
		return filepath.Join(absolute, socket), err
	}
	own := filepath.Join(os.TempDir(), name+"-"+strconv.Itoa(os.Getuid()))
	ofUnit, ofUser := os.Getenv("RUNTIME_DIRECTORY"), os.Getenv("XDG_RUNTIME_DIR")
	switch {
	case ofUnit != "":
		own, _, _ = strings.Cut(ofUnit, ":")
	case strings.HasPrefix(ofUser, "/") && unix.Access(ofUser, unix.W_OK) == nil:
		own = filepath.Join(ofUser, name)
	case os.Getuid() == 0:
		own = filepath.Join("/run", name)
	}
	ofSystem := filepath.Join("/run", name)
	if !exists(filepath.Join(own, socket)) && exists(filepath.Join(ofSystem, socket)) {
		own = ofSystem
	}
	return filepath.Join(own, socket), nil
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// words are the options as the supervisor parses them again.
func (o options) words() []string {
	var words []string
	if o.enforce {
		words = append(words, "--enforce")
	}
	for _, path := range o.allowUnix {
		words = append(words, "--allow-unix="+path)
	}
	return append(append(words, "--"), o.command...)
}
