package main

import (
	"errors"
	"os"
	"os/exec"
	"strings"
	"syscall"
	"time"
)

// How long a command that is asked to end, as the agent has ended, may take.
const commandGrace = 10 * time.Second

// How long an agent that never told its own patience may take to end.
const unknownPatience = 30 * time.Second

// A session is one run of an entrypoint.
type session struct {
	options  options
	signals  <-chan os.Signal
	tty      *terminal
	agent    child
	command  child
	notice   notice
	received syscall.Signal // while the node was awaited, and ends the whole; 0 if none
	stopping bool           // the command has ended, or is not to be
	log      *os.File       // open as long as the agent is to be started
	killer   *time.Timer
}

func entrypoint(launcher string, o options) int {
	path, code := find(o.command[0])
	if code != 0 {
		return code
	}
	s := &session{options: o, signals: catchSignals(), tty: controllingTerminal()}
	told, err := s.startAgent(launcher)
	if err != nil {
		return fail(exitInternal, "cannot start the agent: %v", err)
	}
	if code := s.await(told); code != 0 {
		s.stopAgent()
		return code
	}
	if code := s.startCommand(path); code != 0 {
		s.stopAgent()
		return code
	}
	code = s.attend()
	s.tty.takeBack()
	s.stopAgent()
	return code
}

// find looks the command up before anything is started, so that a slip of the pen is told at once.
func find(name string) (string, int) {
	path, err := exec.LookPath(name)
	switch {
	case err == nil || errors.Is(err, exec.ErrDot):
		return path, 0
	case errors.Is(err, os.ErrPermission) || isDirectory(name):
		return "", fail(exitNotExecutable, "%s: not executable", name)
	case strings.Contains(name, "/"):
		return "", fail(exitNotFound, "%s: no such file", name)
	}
	return "", fail(exitNotFound, "%s: not found on the PATH (%s)", name, os.Getenv("PATH"))
}

func isDirectory(name string) bool {
	info, err := os.Stat(name)
	return err == nil && strings.Contains(name, "/") && info.IsDir()
}

// startAgent runs the agent in a session of its own: what is typed on the terminal is for the command.
func (s *session) startAgent(launcher string) (<-chan progress, error) {
	ours, theirs, err := os.Pipe()
	if err != nil {
		return nil, err
	}
	defer theirs.Close()
	nothing, err := os.Open(os.DevNull)
	if err != nil {
		return nil, err
	}
	defer nothing.Close()
	out, err := s.agentOutput()
	if err != nil {
		return nil, err
	}
	argv := append([]string{launcher, "run"}, s.options.flags...)
	argv = append(argv, "--notify-fd=3")
	files := []uintptr{nothing.Fd(), out[0], out[1], theirs.Fd()}
	if err := s.agent.start(launcher, argv, agentEnvironment(), files, &syscall.SysProcAttr{Setsid: true}); err != nil {
		return nil, err
	}
	return listen(ours), nil
}

func (s *session) agentOutput() ([2]uintptr, error) {
	if s.options.agentLog == "" {
		return [2]uintptr{1, 2}, nil
	}
	file, err := os.OpenFile(s.options.agentLog, os.O_WRONLY|os.O_CREATE|os.O_APPEND, 0o600)
	if err != nil {
		return [2]uintptr{}, err
	}
	s.log = file
	return [2]uintptr{file.Fd(), file.Fd()}, nil
}

// agentEnvironment leaves out what is for this process, and asks for the notice.
func agentEnvironment() []string {
	var env []string
	for _, variable := range os.Environ() {
		if !strings.HasPrefix(variable, "TAILNET_ENTRYPOINT_") {
			env = append(env, variable)
		}
	}
	return append(env, "TAILNET_ENTRYPOINT_NOTICE=1")
}

// await returns 0 when the command may start, else the exit code of the whole.
func (s *session) await(told <-chan progress) int {
	var late <-chan time.Time
	if s.options.timeout > 0 {
		late = time.After(s.options.timeout)
	}
	isListening := false
	for {
		select {
		case news, ok := <-told:
			if !ok {
				told = nil // it is about to end
				continue
			}
			s.notice, isListening = news.notice, true
			s.notice.scrub()
			if news.isUp || s.options.timeout == 0 {
				return 0
			}
		case <-late:
			if s.options.onTimeout == onTimeoutRun && isListening {
				say("the node is not up after %v; %s starts all the same", s.options.timeout, s.options.command[0])
				return 0
			}
			return fail(exitTimeout, "the node is not up after %v, and the agent's log says why; --timeout=TIME waits longer,"+
				" --on-timeout=run starts %s all the same", s.options.timeout, s.options.command[0])
		case got := <-s.signals:
			s.receive(got.(syscall.Signal))
			if s.received != 0 {
				return exitSignal + int(s.received)
			}
			if s.agent.ended {
				return s.agentFailed()
			}
		}
	}
}

// agentFailed is for an agent that ended before there was a command; its own words are on standard error.
func (s *session) agentFailed() int {
	say("the agent %s before %s was started", s.agent.ending(), s.options.command[0])
	if code := s.agent.code(); code != 0 {
		return code
	}
	return exitNode
}

func (s *session) startCommand(path string) int {
	attributes := &syscall.SysProcAttr{}
	s.tty.lend(attributes)
	err := s.command.start(path, s.options.command, s.notice.environment(), []uintptr{0, 1, 2}, attributes)
	switch {
	case err == nil:
		return 0
	case errors.Is(err, syscall.ENOENT):
		return fail(exitNotFound, "%s: no such file, or the interpreter that its first line names is missing", path)
	case errors.Is(err, syscall.ENOEXEC):
		return fail(exitNotExecutable, "%s: no program for this machine, or a script without a first line such as #!/bin/sh", path)
	}
	return fail(exitNotExecutable, "%s: %v", path, err)
}

// attend returns the exit code once the command has ended.
func (s *session) attend() int {
	told := false
	for !s.command.ended {
		if s.agent.ended && !told {
			told = true
			s.agentLost()
		}
		s.receive((<-s.signals).(syscall.Signal))
	}
	if s.killer != nil {
		s.killer.Stop()
		return max(s.agent.code(), exitInternal)
	}
	return s.command.code()
}

func (s *session) agentLost() {
	if s.options.onAgent == onAgentStay {
		say("the agent %s: from here on nothing reaches the tailnet. %s goes on (--on-agent-exit=continue)",
			s.agent.ending(), s.options.command[0])
		return
	}
	say("the agent %s: %s is asked to end as well (--on-agent-exit=end)", s.agent.ending(), s.options.command[0])
	s.command.signal(syscall.SIGTERM)
	pid := s.command.pid
	s.killer = time.AfterFunc(commandGrace, func() { _ = syscall.Kill(pid, syscall.SIGKILL) })
}

// stopAgent has the agent drain and log the node out. Signals that come now are for the agent: a second one ends it at once.
func (s *session) stopAgent() {
	s.stopping = true
	s.agent.signal(syscall.SIGTERM)
	patience := unknownPatience
	if s.notice.PatienceSeconds > 0 {
		patience = time.Duration(s.notice.PatienceSeconds) * time.Second
	}
	late := time.After(patience)
	for s.agent.runs() {
		select {
		case <-late:
			say("the agent has not ended after %v, and is killed", patience)
			s.agent.signal(syscall.SIGKILL)
		case got := <-s.signals:
			s.receive(got.(syscall.Signal))
		}
	}
}

// receive passes a signal on to the command; while there is none, one that means the end is for the agent.
func (s *session) receive(got syscall.Signal) {
	switch {
	case got == syscall.SIGCHLD:
		if reap(&s.agent, &s.command) == &s.command {
			s.tty.paused()
		}
	case got == syscall.SIGCONT && s.command.runs():
		s.tty.resumed(s.command.pid)
	case s.command.runs():
		s.command.signal(got)
	case got == syscall.SIGTERM || got == syscall.SIGINT || got == syscall.SIGQUIT || got == syscall.SIGHUP:
		s.received = got
		if s.stopping {
			s.agent.signal(syscall.SIGTERM)
		}
	}
}
