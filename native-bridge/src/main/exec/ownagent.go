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
	startPause    = 20 * time.Millisecond
)

// ownAgent is an agent that was started for the program and ends with it.
type ownAgent struct {
	pid int
}

// startAgent starts `tailnet-agent run`, configured by its environment, and returns when it answers on its control socket.
// Connections wait for its node themselves. It dies should this thread, the main one, do so.
func startAgent(socket string) (*ownAgent, error) {
	self, err := os.Readlink("/proc/self/exe")
	if err != nil {
		return nil, err
	}
	launcher := filepath.Join(filepath.Dir(filepath.Dir(self)), "bin", "tailnet-agent")
	arguments := []string{"tailnet-agent", "run", "--runtime-dir=" + filepath.Dir(socket)}
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
	pid, err := syscall.ForkExec(launcher, arguments, &syscall.ProcAttr{
		Env:   os.Environ(),
		Files: []uintptr{null.Fd(), null.Fd(), 2},
		Sys:   &syscall.SysProcAttr{Setsid: true, Pdeathsig: syscall.SIGTERM},
	})
	if err != nil {
		return nil, fmt.Errorf("%s cannot be started: %w", launcher, err)
	}
	started := &ownAgent{pid: pid}
	return started, started.await(controlAgent{path: socket})
}

func (a *ownAgent) await(agent controlAgent) error {
	for deadline := time.Now().Add(startPatience); ; time.Sleep(startPause) {
		if agent.ping() == nil {
			return nil
		}
		var status syscall.WaitStatus
		if pid, _ := syscall.Wait4(a.pid, &status, syscall.WNOHANG, nil); pid == a.pid {
			return fmt.Errorf("the agent that --start started ended with exit code %d", status.ExitStatus())
		}
		if time.Now().After(deadline) {
			a.stop()
			return errors.New("the agent that --start started does not answer")
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
