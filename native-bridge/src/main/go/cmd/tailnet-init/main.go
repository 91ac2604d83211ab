// Command tailnet-init is the agent's parent where there is no service manager: as process 1 of a container, and for
// "tailnet-agent entrypoint". It starts the agent (a JVM, which could not wait for processes that it does not know) and, as an
// entrypoint, a command beside it; it passes signals on, reaps orphans, and ends with the exit code that counts.
//
// It is no service manager: nothing is started again. It knows neither the agent's settings nor the tailnet; what it has to know
// the agent tells it in one line (see notice).
//
//	tailnet-init run [FLAG...]
//	tailnet-init entrypoint [FLAG...] -- COMMAND [ARGUMENT...]
//
// Called by bin/tailnet-agent, with an absolute path below which it finds that again.
package main

import (
	"fmt"
	"os"
	"runtime"
)

// Exit codes: the agent's own and those that shells have for commands.
const (
	exitInternal      = 1
	exitUsage         = 2
	exitNode          = 6
	exitTimeout       = 12
	exitNotExecutable = 126
	exitNotFound      = 127
	exitSignal        = 128
)

func init() {
	// Children are to notice the end of this process, which the kernel tells them when the thread that started them ends.
	runtime.LockOSThread()
}

func main() {
	os.Exit(run(os.Args))
}

func run(args []string) int {
	if len(args) < 2 {
		return fail(exitUsage, "is called by tailnet-agent: see 'tailnet-agent help entrypoint'")
	}
	agent := launcherBeside(args[0])
	switch args[1] {
	case "run":
		return runAgent(agent, args[1:])
	case "entrypoint":
		options, err := parseOptions(args[2:], os.Getenv)
		if err != nil {
			return fail(exitUsage, "entrypoint: %v", err)
		}
		return entrypoint(agent, options)
	}
	return fail(exitUsage, "'%s' is neither run nor entrypoint", args[1])
}

func say(format string, args ...any) {
	fmt.Fprintf(os.Stderr, "tailnet-agent: "+format+"\n", args...)
}

func fail(code int, format string, args ...any) int {
	say(format, args...)
	return code
}
