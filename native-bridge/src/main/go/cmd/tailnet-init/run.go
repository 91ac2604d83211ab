package main

import (
	"os"
	"syscall"
)

// runAgent is "tailnet-agent run" as process 1.
func runAgent(launcher string, args []string) int {
	signals := catchSignals()
	tty := controllingTerminal()
	attributes := &syscall.SysProcAttr{}
	tty.lend(attributes)
	var agent child
	argv := append([]string{launcher}, args...)
	if err := agent.start(launcher, argv, os.Environ(), []uintptr{0, 1, 2}, attributes); err != nil {
		return fail(exitInternal, "cannot start %s: %v", launcher, err)
	}
	for s := range signals {
		switch s {
		case syscall.SIGCHLD:
			if reap(&agent) != nil {
				tty.paused()
			}
			if agent.ended {
				return agent.code()
			}
		case syscall.SIGCONT:
			tty.resumed(agent.pid)
		default:
			agent.signal(s.(syscall.Signal))
		}
	}
	return exitInternal
}
