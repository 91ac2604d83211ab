package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// frontMain is the process that the caller started: it looks like the program to the caller, and is nothing but its
// shadow. It kills all the rest should the supervisor die.
func frontMain(args []string) int {
	options, err := parseOptions(args)
	if errors.Is(err, errHelp) {
		fmt.Print(usageText)
		return 0
	}
	if err != nil {
		complain("%v", err)
		return exitUsage
	}
	if options.explain {
		found := examine()
		if options.json {
			fmt.Print(found.json())
		} else {
			fmt.Print(found.text())
		}
		return found.ExitCode
	}
	socket, err := options.controlSocket()
	if err != nil {
		complain("%v", err)
		return exitUsage
	}
	var own *ownAgent
	if err := (controlAgent{path: socket}).ping(); err != nil {
		if errors.Is(err, unix.EAFNOSUPPORT) {
			complain("%v", noUnixSockets)
			return exitWrapper
		}
		if !options.start || errors.Is(err, unix.EACCES) {
			complain("%s", noAgent(socket, err))
			return exitNoAgent
		}
		if own, err = startAgent(socket); err != nil {
			complain("%v", err)
			return exitNode
		}
	}
	return runFront(socket, options, own)
}

func noAgent(socket string, err error) string {
	if errors.Is(err, unix.EACCES) {
		return "the agent at " + socket + " cannot be asked: permission denied. Run this as the user the agent runs as"
	}
	return "no agent is running at " + socket + ". Start one with 'tailnet-agent run' or --start, or name its directory with --runtime-dir"
}

func runFront(socket string, options options, own *ownAgent) int {
	defer own.stop()
	adoptOrphans()
	supervisor, theirs, err := newPair()
	if err != nil {
		complain("%v", err)
		return exitWrapper
	}
	inherited := inheritedDescriptors(theirs)
	arguments := append([]string{"tailnet-exec", fmt.Sprintf("%s%d", superviseFlag, theirs), socket}, options.words()...)
	pid, err := syscall.ForkExec("/proc/self/exe", arguments, &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{0, 1, 2},
	})
	if err != nil {
		complain("the supervisor cannot be started: %v", err)
		return exitWrapper
	}
	_ = unix.Close(theirs)
	leaveDescriptors(inherited, 0, 1)
	signals := catchSignals() // while the supervisor starts, which awaits it before the program
	supervisor.send(messageReady, 0)
	go passOn(signals, supervisor)
	for {
		kind, value, err := supervisor.receive()
		switch {
		case err != nil:
			return supervisorDied(pid, err)
		case kind == messageExited:
			own.stop()
			endAs(syscall.WaitStatus(uint32(value)))
		case kind == messageFailed:
			return int(value)
		case kind == messageStopped:
			stopAs(syscall.Signal(value))
		}
	}
}

func supervisorDied(pid int, err error) int {
	var status syscall.WaitStatus
	if errors.Is(err, io.EOF) || errors.Is(err, unix.ECONNRESET) { // the latter when it had not read all
		_, _ = syscall.Wait4(pid, &status, 0, nil)
	} else {
		complain("%v", err)
	}
	killDescendants()
	if status.Signaled() && status.Signal() == unix.SIGSYS {
		complain("%v", killedByFilter)
	} else {
		complain("the supervisor (process %d) has ended, so all that it watched over was killed", pid)
	}
	return exitWrapper
}

// caught are the signals that go on to the program. The rest reach it by other ways, or mean this process.
var caught = []os.Signal{
	unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2, unix.SIGALRM, unix.SIGCONT,
	unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU,
}

func catchSignals() chan os.Signal {
	signals := make(chan os.Signal, 64)
	for _, one := range caught {
		if !signal.Ignored(one) {
			signal.Notify(signals, one)
		}
	}
	return signals
}

func passOn(signals <-chan os.Signal, supervisor *peer) {
	for received := range signals {
		number := received.(syscall.Signal)
		if !isFromTerminal(number) {
			supervisor.send(messageSignal, int32(number))
		}
	}
}

// isFromTerminal tells what the terminal has sent to the program as well: all of the foreground's process group gets it.
func isFromTerminal(number syscall.Signal) bool {
	switch number {
	case unix.SIGINT, unix.SIGQUIT, unix.SIGTSTP, unix.SIGTTIN, unix.SIGTTOU:
	default:
		return false
	}
	terminal, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_NOCTTY|unix.O_CLOEXEC, 0)
	if err != nil {
		return false
	}
	defer func() { _ = unix.Close(terminal) }()
	foreground, err := unix.IoctlGetInt(terminal, unix.TIOCGPGRP)
	return err == nil && (foreground == unix.Getpgrp() || number == unix.SIGTTIN || number == unix.SIGTTOU)
}
