package main

import (
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
)

// A child is a process that this one started, and whose end it wants to know.
type child struct {
	pid   int // 0 before it was started
	ended bool
	state syscall.WaitStatus
}

func (c *child) runs() bool {
	return c.pid != 0 && !c.ended
}

// code is the exit code as shells have it.
func (c *child) code() int {
	if c.state.Signaled() {
		return exitSignal + int(c.state.Signal())
	}
	return c.state.ExitStatus()
}

func (c *child) signal(s syscall.Signal) {
	if c.runs() {
		_ = syscall.Kill(c.pid, s)
	}
}

func (c *child) ending() string {
	if c.state.Signaled() {
		return fmt.Sprintf("was killed by signal %d (%v)", c.state.Signal(), c.state.Signal())
	}
	return fmt.Sprintf("ended with exit code %d", c.state.ExitStatus())
}

// start runs a program whose exit code for a failure is that of shells.
func (c *child) start(path string, argv, env []string, files []uintptr, attributes *syscall.SysProcAttr) error {
	attributes.Pdeathsig = syscall.SIGTERM
	pid, err := syscall.ForkExec(path, argv, &syscall.ProcAttr{Env: env, Files: files, Sys: attributes})
	if err != nil {
		return err
	}
	c.pid = pid
	return nil
}

// reap takes every child off the kernel's hands that has ended: ours, and those that lost their parent and came to process 1. It
// tells which of ours has stopped.
func reap(ours ...*child) (stopped *child) {
	for {
		var state syscall.WaitStatus
		pid, err := syscall.Wait4(-1, &state, syscall.WNOHANG|syscall.WUNTRACED, nil)
		if err == syscall.EINTR {
			continue
		}
		if err != nil || pid <= 0 {
			return stopped
		}
		for _, c := range ours {
			if c.pid != pid {
				continue
			}
			if state.Stopped() {
				stopped = c
			} else {
				c.ended, c.state = true, state
			}
		}
	}
}

// catchSignals delivers every signal that means something to a child; those that were ignored from the start stay so.
func catchSignals() <-chan os.Signal {
	signals := make(chan os.Signal, 64)
	for s := syscall.Signal(1); s < 65; s++ {
		switch s {
		case syscall.SIGKILL, syscall.SIGSTOP: // cannot be caught
		case syscall.SIGURG: // the Go runtime's own
		case syscall.SIGPIPE, syscall.SIGTTIN, syscall.SIGTTOU: // mean this process itself
		case syscall.SIGILL, syscall.SIGTRAP, syscall.SIGABRT, syscall.SIGBUS, syscall.SIGFPE, syscall.SIGSEGV, syscall.SIGSYS: // faults
		case 32, 33, 34: // the C library's own
		default:
			if !signal.Ignored(s) {
				signal.Notify(signals, s)
			}
		}
	}
	return signals
}

// launcherBeside returns bin/tailnet-agent of the folder in whose libexec this program is.
func launcherBeside(self string) string {
	return filepath.Join(filepath.Dir(filepath.Dir(self)), "bin", "tailnet-agent")
}
