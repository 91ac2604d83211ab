package main

import (
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// onTerminal starts a command on a terminal of its own, which controls its session.
func onTerminal(t *testing.T, c *exec.Cmd) (keyboard *os.File, screen *lines) {
	t.Helper()
	master, err := os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Skipf("no pseudo-terminals here: %v", err)
	}
	t.Cleanup(func() { _ = master.Close() })
	if err := unix.IoctlSetPointerInt(int(master.Fd()), unix.TIOCSPTLCK, 0); err != nil {
		t.Fatal(err)
	}
	number, err := unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN)
	if err != nil {
		t.Fatal(err)
	}
	slave, err := os.OpenFile(fmt.Sprintf("/dev/pts/%d", number), os.O_RDWR|unix.O_NOCTTY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer slave.Close()
	c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
	c.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true, Ctty: 0}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	return master, collect(t, master)
}

func press(t *testing.T, keyboard *os.File, keys string) {
	t.Helper()
	if _, err := keyboard.WriteString(keys); err != nil {
		t.Fatal(err)
	}
}

func TestCtrlCReachesTheCommandOnceAndTheAgentNot(t *testing.T) {
	h := newHome(t, `trap 'echo INT >>"$EVENTS"' INT; `+comesUp)
	c := h.command("entrypoint", "--", "sh", "-c",
		`trap 'n=$((n+1)); echo "interrupt $n"' INT; trap 'echo "total $n"; exit 3' QUIT; echo ready; while :; do sleep 0.02; done`)
	keyboard, screen := onTerminal(t, c)
	screen.await("ready")
	press(t, keyboard, "\x03")
	screen.await("interrupt 1")
	press(t, keyboard, "\x03")
	screen.await("interrupt 2")
	press(t, keyboard, "\x1c")
	screen.await("total 2")
	_ = c.Wait()
	wantCode(t, c.ProcessState.ExitCode(), 3, "")
	if events := h.read("events"); events != "started\nTERM\n" {
		t.Errorf("the agent got: %q", events)
	}
}

func TestAJobOfAShellStopsAndGoesOn(t *testing.T) {
	bash, err := exec.LookPath("bash")
	if err != nil {
		t.Skip("no bash here, whose job control is used")
	}
	h := newHome(t, comesUp)
	inner := h.command("entrypoint", "--", "sh", "-c", `echo "com""mand"; read word; echo "got $word"; exit 8`)
	if err := os.Mkdir(h.dir+"/libexec", 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(inner.Path, inner.Args[0]); err != nil {
		t.Fatal(err)
	}
	shell := exec.Command(bash, "--norc", "--noprofile", "-i")
	shell.Env = append(inner.Env, "PS1=shell-prompt>", "TERM=dumb")
	keyboard, screen := onTerminal(t, shell)
	screen.await("shell-prompt>")
	press(t, keyboard, inner.Args[0]+` entrypoint -- sh -c 'echo "com""mand"; read word; echo "got $word"; exit 8'`+"\n")
	screen.await("command")
	press(t, keyboard, "\x1a")
	screen.await(`Stopped`)
	press(t, keyboard, "fg\n")
	press(t, keyboard, "word\n")
	screen.await("got word")
	press(t, keyboard, "echo code $?\n")
	screen.await("code 8")
	press(t, keyboard, "exit\n")
	_ = shell.Wait()
}
