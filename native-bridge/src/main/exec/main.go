// Command tailnet-exec is `tailnet-agent exec`: it runs a program whose connections and lookups a supervisor hands to the
// agent, with seccomp's user notification (seccomp_unotify(2)) and without any privilege.
//
// Three processes take part. The one that the caller started (front.go) passes on signals and the exit status. Its child,
// the supervisor (supervise.go), answers the system calls that the filter (filter.go) holds up; it is the ancestor of all
// the rest, as Yama wants it to be, and in a session of its own. Its child is the program, with the caller's terminal,
// process group, descriptors and working directory.
package main

import (
	"fmt"
	"os"
	"strings"
)

const (
	exitUsage   = 2
	exitNode    = 6
	exitNoAgent = 7

	// As env(1) and shells have them.
	exitWrapper    = 125
	exitCannotRun  = 126
	exitNoSuchFile = 127
)

func main() {
	if len(os.Args) > 1 && strings.HasPrefix(os.Args[1], superviseFlag) {
		os.Exit(superviseMain(os.Args[1], os.Args[2:]))
	}
	if len(os.Args) == 2 {
		switch os.Args[1] {
		case trialFlag:
			os.Exit(trialMain())
		case trialCallFlag:
			os.Exit(trialCallMain())
		}
	}
	os.Exit(frontMain(os.Args[1:]))
}

func complain(format string, values ...any) {
	fmt.Fprintf(os.Stderr, "tailnet-agent: "+format+"\n", values...)
}
