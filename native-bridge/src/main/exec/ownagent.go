package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

const (
	startPatience = 30 * time.Second

	// The agent writes here when it listens, to who sets the variable (ReadinessNotice).
	noticeDescriptor = 3
	noticeVariable   = "TAILNET_ENTRYPOINT_NOTICE"
)

// ownAgent is an agent that was started for the program and ends with it.
type ownAgent struct {
	pid    int
	notice *os.File // open for as long as it has something to write
}

// startAgent starts `tailnet-agent run`, configured by its environment, and returns when it answers on its control socket.
// Connections wait for its node themselves. It dies should this thread, the main one, do so.
func startAgent(socket string) (*ownAgent, error) {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil, err
	}
	launcher := filepath.Join(filepath.Dir(filepath.Dir(self)), "bin", "tailnet-agent")
	arguments := []string{"tailnet-agent", "run", "--runtime-dir=" + filepath.Dir(socket), fmt.Sprintf("--notify-fd=%d", noticeDescriptor)}
	for variable, flag := range map[string]string{
		"TAILNET_LOG_LEVEL":     "--log-level=warn",
		"TAILNET_LISTEN":        "--listen=127.0.0.1:0",
		"TAILNET_STATUS_LISTEN": "--status-listen=none",
	} {
		if os.Getenv(variable) == "" {
			arguments = append(arguments, flag)
		}
	}
	null, err := os.OpenFile(os.DevNull, os.O_RDWR, 0)
	if err != nil {
		return nil, err
	}
	defer func() { _ = null.Close() }()
	notice, noticed, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	pid, err := syscall.ForkExec(launcher, arguments, &syscall.ProcAttr{
		Env:   append(os.Environ(), noticeVariable+"=1"),
		Files: []uintptr{null.Fd(), null.Fd(), 2, noticed.Fd()},
		Sys:   &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM},
	})
	_ = noticed.Close()
	if err != nil {
		_ = notice.Close()
		return nil, fmt.Errorf("%s cannot be started: %w", launcher, err)
	}
	started := &ownAgent{pid: pid, notice: notice}
	return started, started.await()
}

// await returns when the agent listens, or has ended.
func (a *ownAgent) await() error {
	_ = a.notice.SetReadDeadline(time.Now().Add(startPatience))
	_, err := a.notice.Read(make([]byte, 1))
	switch {
	case err == nil:
		return nil
	case errors.Is(err, os.ErrDeadlineExceeded):
		a.stop()
		return errors.New("the agent that --start started does not answer")
	default:
		var status syscall.WaitStatus
		for {
			if _, err := syscall.Wait4(a.pid, &status, 0, nil); !errors.Is(err, unix.EINTR) {
				return fmt.Errorf("the agent that --start started ended with exit code %d", status.ExitStatus())
			}
		}
	}
}

// stop has it log out and waits for its end, which the agent's own patience bounds.
func (a *ownAgent) stop() {
	if a == nil {
		return
	}
	_ = unix.Kill(a.pid, unix.SIGTERM)
	for {
		if _, err := syscall.Wait4(a.pid, nil, 0, nil); !errors.Is(err, unix.EINTR) {
			return
		}
	}
}
