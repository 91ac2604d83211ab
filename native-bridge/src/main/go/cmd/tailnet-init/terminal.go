package main

import (
	"os"
	"os/signal"
	"syscall"

	"golang.org/x/sys/unix"
)

// A terminal is the one that controls this session; nil when there is none.
//
// The child that a person talks to gets a process group of its own in its foreground: Ctrl-C reaches that child alone, once, and
// shells find what they expect.
type terminal struct {
	file *os.File
}

func controllingTerminal() *terminal {
	file, err := os.OpenFile("/dev/tty", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		return nil
	}
	return &terminal{file}
}

// lend has a child that is yet to be started take over, if this process is in the foreground.
func (t *terminal) lend(attributes *syscall.SysProcAttr) {
	if t == nil {
		return
	}
	attributes.Setpgid = true
	if t.isOurs() {
		attributes.Foreground = true
		attributes.Ctty = int(t.file.Fd())
	}
}

func (t *terminal) isOurs() bool {
	group, err := unix.IoctlGetInt(int(t.file.Fd()), unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// give puts a process group into the foreground.
func (t *terminal) give(group int) {
	// Who is in the background is stopped for this, unless it ignores the signal; children must not inherit that.
	signal.Ignore(syscall.SIGTTOU)
	defer signal.Reset(syscall.SIGTTOU)
	// An error means that the terminal is gone, or the group: then there is nothing to give.
	_ = unix.IoctlSetPointerInt(int(t.file.Fd()), unix.TIOCSPGRP, group)
}

// paused is told that the child was stopped, by Ctrl-Z or a signal: the job as a whole stops, for the shell to go on.
func (t *terminal) paused() {
	if t == nil || os.Getpid() == 1 {
		return
	}
	t.give(unix.Getpgrp())
	_ = syscall.Kill(0, syscall.SIGSTOP)
}

// resumed is told that this process was stopped and goes on: the child goes on too, in the foreground if the job is there.
func (t *terminal) resumed(child int) {
	if t != nil {
		if t.isOurs() {
			t.give(child)
		}
		child = -child // its whole group
	}
	_ = syscall.Kill(child, syscall.SIGCONT)
}

func (t *terminal) takeBack() {
	if t != nil {
		t.give(unix.Getpgrp())
	}
}
