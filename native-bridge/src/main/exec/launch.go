package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"

	"golang.org/x/sys/unix"
)

// superviseFlag begins the first argument of the supervisor; the number of its descriptor to the front follows.
const superviseFlag = "--supervise-on="

// The main thread is kept from everything else: the thread that has the filter is to end, which the main thread does not.
func init() {
	runtime.LockOSThread()
}

func superviseMain(flag string, args []string) int {
	fd, err := strconv.Atoi(strings.TrimPrefix(flag, superviseFlag))
	options, errOptions := parseOptions(args[min(1, len(args)):])
	if err != nil || errOptions != nil {
		complain("%s is not for the command line", superviseFlag)
		return exitUsage
	}
	front := peerOn(fd)
	code, err := supervise(front, args[0], options)
	if err != nil {
		complain("%v", err)
		front.send(messageFailed, int32(code))
	}
	return code
}

// forProgram are what service managers send to all of a unit's processes (systemd.kill(5)): the supervisor ends after the program.
var forProgram = []syscall.Signal{unix.SIGHUP, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGUSR1, unix.SIGUSR2}

// outliveSignals ignores them. The program does not inherit that: to Go's runtime, which is not told, they have its own handlers, and a child
// gets the default for these.
func outliveSignals() {
	for _, one := range forProgram {
		setAction(one, &action{ignored})
	}
}

func supervise(front *peer, socket string, options options) (int, error) {
	command := options.command
	inherited := inheritedDescriptors()
	adoptOrphans()
	file, err := findProgram(command[0])
	if err != nil {
		return exitNoSuchFile, err
	}
	agent := controlAgent{path: socket}
	resolver := &resolver{agent: agent, lookups: newLookups()}
	if err := checkYama(); err != nil {
		return exitWrapper, err
	}
	if err := checkCalls(); err != nil {
		return exitWrapper, err
	}
	tcp, err := newTCP(agent, resolver, newComplaints())
	if err != nil {
		return exitWrapper, loopbackFailure(err)
	}
	if options.enforce {
		if found := lookAround(); !found.AddDescriptor {
			return exitWrapper, errors.New("--enforce needs Linux 5.14; see 'tailnet-agent exec --explain'")
		}
		if err := refuseInherited(inherited); err != nil {
			return exitWrapper, err
		}
	}
	outliveSignals()
	if _, _, err := front.receive(); err != nil {
		return exitWrapper, err // nobody would hear of the program
	}
	pid, fd, code, err := start(file, options)
	if err != nil {
		return code, err
	}
	leaveDescriptors(inherited, 0, 1, 2)
	_ = os.WriteFile("/proc/self/comm", []byte("tailnet-exec"), 0)
	_, _ = unix.Setsid() // a terminal's signals mean the program
	_ = unix.Chdir("/")
	state := new(programState)
	go obey(front, pid, state)
	supervisor := &supervisor{listener: listener(fd), tcp: tcp, datagrams: newDatagrams(newDesks(func(d *desk) receiver {
		if d.target.Port() == dnsPort {
			return newNameDesk(d, resolver)
		}
		user := func() program { return program{tid: d.by.Load()} }
		return newAgentDesk(d, agent, func() wish { return resolver.wish(givenDatagrams, d.target, user()) }, func(asked wish, err error) {
			tcp.complaints.refused(user(), asked.String()+" (UDP)", err)
		})
	}), newRoutes(agent))}
	if options.enforce {
		supervisor.enforcement = &enforcement{supervisor: supervisor, allowUnix: options.allowUnix}
	}
	go func() {
		if supervisor.run() != nil {
			killDescendants()
		}
	}()
	watch(front, pid, state)
	return 0, nil
}

// start runs the program with the filter. The filter is put on a thread alone, which then becomes the parent of the program
// and ends.
func start(file string, options options) (pid, fd, code int, err error) {
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // for ever: the thread ends with this function
		program := filterProgram()
		if options.enforce {
			program = enforcedProgram(landlockABI() > 0)
			if err = confine(); err != nil {
				code = exitWrapper
				return
			}
		}
		if fd, err = installFilter(program); err != nil {
			code = exitWrapper
			return
		}
		unix.CloseOnExec(fd)
		pid, err = forkExec(file, options.command)
		if err != nil {
			code = exitCannotRun
			if errors.Is(err, unix.ENOENT) {
				code = exitNoSuchFile
			}
			err = &os.PathError{Op: "run", Path: file, Err: err}
		}
	}()
	<-done
	return pid, fd, code, err
}

func forkExec(file string, command []string) (int, error) {
	attributes := &syscall.ProcAttr{Env: os.Environ(), Files: []uintptr{0, 1, 2}}
	pid, err := syscall.ForkExec(file, command, attributes)
	if errors.Is(err, unix.ENOEXEC) { // a script without its first line, as execvp(3) takes them
		return syscall.ForkExec("/bin/sh", append([]string{"sh", file}, command[1:]...), attributes)
	}
	return pid, err
}

// findProgram searches the PATH as execvp(3) does.
func findProgram(name string) (string, error) {
	if strings.Contains(name, "/") {
		return name, nil
	}
	for _, directory := range filepath.SplitList(os.Getenv("PATH")) {
		file := filepath.Join(directory, name)
		if !strings.Contains(file, "/") {
			file = "./" + file
		}
		if info, err := os.Stat(file); err == nil && !info.IsDir() && unix.Access(file, unix.X_OK) == nil {
			return file, nil
		}
	}
	return "", errors.New(name + ": command not found")
}
