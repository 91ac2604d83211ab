package main

import (
	"fmt"
	"log"
	"os"
	"runtime"
	"slices"
	"strings"
	"time"
)

// logLevel is the code of a LOG frame.
type logLevel uint8

const (
	logDebug   logLevel = 0
	logInfo    logLevel = 1
	logWarning logLevel = 2
	logError   logLevel = 3
)

// The tailscale packages write most lines through a logger they are given, a few through Go's own.
func init() {
	log.SetFlags(0)
	log.SetOutput(goLog{})
}

// goLog takes what is written to Go's own logger. It belongs to no node, so every node gets it.
type goLog struct{}

func (goLog) Write(p []byte) (int, error) {
	line := strings.TrimRight(string(p), "\n")
	if isFatal() {
		// log.Fatal would end the process that has loaded this library. As a panic it ends a start, with this reason.
		fmt.Fprintln(os.Stderr, line)
		panic(line)
	}
	table.each(func(n *node) { n.backendLine(line, line) })
	return len(p), nil
}

// isFatal tells whether the line being written is one of log.Fatal and its kin.
func isFatal() bool {
	var callers [16]uintptr
	frames := runtime.CallersFrames(callers[:runtime.Callers(2, callers[:])])
	for {
		frame, more := frames.Next()
		if strings.HasPrefix(frame.Function, "log.") && strings.Contains(frame.Function, "Fatal") {
			return true
		}
		if !more {
			return false
		}
	}
}

func droppedLine(count int) string {
	return fmt.Sprintf("%d log lines were dropped: the event stream was read too slowly", count)
}

// log writes a line to the log descriptor if the caller set one, else to the event stream.
func (n *node) log(level logLevel, format string, args ...any) {
	line := strings.TrimRight(fmt.Sprintf(format, args...), "\n")
	line = strings.ToValidUTF8(maskSecrets(n.redact(line)), "\uFFFD")
	if file := n.logFile.Load(); file != nil {
		fmt.Fprintln(file, line)
		return
	}
	n.stream.Load().log(level, line)
}

func (n *node) backendLogf(format string, args ...any) {
	line := fmt.Sprintf(format, args...)
	n.watchRemoval(line)
	n.backendLine(format, line)
}

// backendLine logs a line of the tailscale packages. Lines of one kind are alike.
func (n *node) backendLine(kind, line string) {
	level := backendLevel(line)
	if level == logWarning && !n.warnings.admit(kind, time.Now()) {
		level = logInfo
	}
	n.log(level, "%s", structured.ReplaceAllString(line, ""))
}

func (n *node) userLogf(format string, args ...any) {
	n.log(logInfo, format, args...)
}

// hide keeps secrets out of the log from now on.
func (n *node) hide(secrets []string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	var all []string
	if known := n.secrets.Load(); known != nil {
		all = append(all, *known...)
	}
	for _, secret := range secrets {
		if len(secret) >= minSecret && !slices.Contains(all, secret) {
			all = append(all, secret)
		}
	}
	n.secrets.Store(&all)
}

// redact removes what the node logs in with, and the key to the fronts, from a line.
func (n *node) redact(line string) string {
	line = strings.ReplaceAll(line, frontToken(), "[token]")
	if secrets := n.secrets.Load(); secrets != nil {
		for _, secret := range *secrets {
			line = strings.ReplaceAll(line, secret, "[auth key]")
		}
	}
	return line
}

// setLogFD makes log lines go to a descriptor of the caller's; -1 discards them.
func (n *node) setLogFD(fd int) error {
	if fd < 0 {
		file, err := os.OpenFile(os.DevNull, os.O_WRONLY, 0)
		if err != nil {
			return err
		}
		n.logFile.Store(file)
		return nil
	}
	dup, err := dupFD(fd)
	if err != nil {
		return err
	}
	n.logFile.Store(os.NewFile(uintptr(dup), "log"))
	return nil
}
