package main

import (
	"bufio"
	"bytes"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// These tests run this program in a process of its own, with a script in the agent's place that says what the agent says, and
// writes to a file what is done to it. The real agent is in EntrypointIT.

const beInit = "TEST_BE_TAILNET_INIT"

func TestMain(m *testing.M) {
	if os.Getenv(beInit) != "" {
		os.Exit(run(os.Args))
	}
	os.Exit(m.Run())
}

const notes = `{"environment":{"ALL_PROXY":"socks5h://127.0.0.1:1055"},"secretVariables":["TS_AUTHKEY"],"secretFlags":["--auth-key"],"patienceSeconds":20}`

// What an agent does; each ends on SIGTERM.
const (
	comesUp     = begins + `printf '%s\n' "$NOTES" >&3; exec 3>&-; ` + lasts
	onlyListens = begins + `printf '%s' "$NOTES" >&3; ` + lasts
	begins      = `trap 'echo TERM >>"$EVENTS"; exit 0' TERM; echo started >>"$EVENTS"; `
	lasts       = `while :; do sleep 0.05; done`
)

type home struct {
	t   *testing.T
	dir string
}

func newHome(t *testing.T, agent string) home {
	h := home{t, t.TempDir()}
	script := "#!/bin/sh\necho \"$*\" >\"$HOME_DIR/arguments\"\n" + agent + "\n"
	if err := os.Mkdir(filepath.Join(h.dir, "bin"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(h.dir, "bin", "tailnet-agent"), []byte(script), 0o755); err != nil {
		t.Fatal(err)
	}
	return h
}

func (h home) command(args ...string) *exec.Cmd {
	self, err := os.Executable()
	if err != nil {
		h.t.Fatal(err)
	}
	c := exec.Command(self)
	c.Args = append([]string{filepath.Join(h.dir, "libexec", "tailnet-init")}, args...)
	c.Env = append(os.Environ(), beInit+"=1", "NOTES="+notes, "HOME_DIR="+h.dir, "EVENTS="+filepath.Join(h.dir, "events"))
	return c
}

func (h home) run(args ...string) (code int, output string) {
	h.t.Helper()
	return finish(h.t, h.command(args...))
}

func finish(t *testing.T, c *exec.Cmd) (code int, output string) {
	t.Helper()
	out, err := c.CombinedOutput()
	if _, isExit := err.(*exec.ExitError); err != nil && !isExit {
		t.Fatal(err)
	}
	return c.ProcessState.ExitCode(), string(out)
}

func (h home) read(name string) string {
	content, err := os.ReadFile(filepath.Join(h.dir, name))
	if err != nil {
		return ""
	}
	return string(content)
}

func wantCode(t *testing.T, got, want int, output string) {
	t.Helper()
	if got != want {
		t.Errorf("exit code %d, want %d; it said:\n%s", got, want, output)
	}
}

func wantText(t *testing.T, text string, parts ...string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("no %q in:\n%s", part, text)
		}
	}
}

func TestACommandRunsWithTheAgentsEnvironmentAndItsOwnArguments(t *testing.T) {
	h := newHome(t, comesUp)
	code, out := h.run("entrypoint", "--hostname=box", "--", "sh", "-c", `echo "$ALL_PROXY|$1"; exit 7`, "sh", "a  b")
	wantCode(t, code, 7, out)
	wantText(t, out, "socks5h://127.0.0.1:1055|a  b")
	wantText(t, h.read("arguments"), "run --hostname=box --notify-fd=3")
	wantText(t, h.read("events"), "TERM")
}

func TestEveryEndOfACommandHasItsExitCode(t *testing.T) {
	h := newHome(t, comesUp)
	plain := filepath.Join(h.dir, "plain")
	broken := filepath.Join(h.dir, "broken")
	for file, mode := range map[string]os.FileMode{plain: 0o644, broken: 0o755} {
		if err := os.WriteFile(file, []byte("no program"), mode); err != nil {
			t.Fatal(err)
		}
	}
	for _, c := range []struct {
		command []string
		code    int
		said    string
	}{
		{[]string{"true"}, 0, ""},
		{[]string{"sh", "-c", "kill -KILL $$"}, 137, ""},
		{[]string{"sh", "-c", "kill -TERM $$"}, 143, ""},
		{[]string{"no-such-command"}, 127, "no-such-command: not found on the PATH"},
		{[]string{"/no/such/file"}, 127, "/no/such/file: no such file"},
		{[]string{plain}, 126, "not executable"},
		{[]string{h.dir}, 126, "not executable"},
		{[]string{broken}, 126, "no program for this machine, or a script without a first line"},
	} {
		code, out := h.run(append([]string{"entrypoint", "--"}, c.command...)...)
		wantCode(t, code, c.code, out)
		wantText(t, out, c.said)
	}
	if _, out := h.run("entrypoint"); !strings.Contains(out, "which command?") {
		t.Errorf("without a command: %s", out)
	}
}

func TestSecretsReachNeitherTheCommandNorItsViewOfThisProcess(t *testing.T) {
	h := newHome(t, comesUp)
	c := h.command("entrypoint", "--auth-key=tskey-flag", "--auth-key", "tskey-word", "--", "sh", "-c",
		`env; tr '\0' '\n' </proc/$PPID/environ; tr '\0' '\n' </proc/$PPID/cmdline`)
	c.Env = append(c.Env, "TS_AUTHKEY=tskey-variable", "OTHER=stays")
	code, out := finish(t, c)
	wantCode(t, code, 0, out)
	wantText(t, out, "OTHER=stays", "--auth-key=**********", "TS_AUTHKEY=**************")
	if strings.Contains(out, "tskey") {
		t.Errorf("a secret is left in:\n%s", out)
	}
}

func TestANodeThatIsNotUpInTime(t *testing.T) {
	h := newHome(t, onlyListens)
	code, out := h.run("entrypoint", "--timeout=300ms", "--", "echo", "ran")
	wantCode(t, code, exitTimeout, out)
	wantText(t, out, "the node is not up after 300ms")
	wantText(t, h.read("events"), "TERM")
	if strings.Contains(out, "ran\n") {
		t.Errorf("the command ran: %s", out)
	}

	code, out = h.run("entrypoint", "--timeout=300ms", "--on-timeout=run", "--", "sh", "-c", "echo $ALL_PROXY")
	wantCode(t, code, 0, out)
	wantText(t, out, "starts all the same", "socks5h://")

	code, out = h.run("entrypoint", "--timeout=0", "--", "sh", "-c", "echo $ALL_PROXY")
	wantCode(t, code, 0, out)
	wantText(t, out, "socks5h://")
}

func TestAnAgentThatEndsBeforeTheCommandStarts(t *testing.T) {
	code, out := newHome(t, "echo no good >&2; exit 5").run("entrypoint", "--", "echo", "ran")
	wantCode(t, code, 5, out)
	wantText(t, out, "no good", "ended with exit code 5 before echo was started")
	code, out = newHome(t, "exit 0").run("entrypoint", "--", "echo", "ran")
	wantCode(t, code, exitNode, out)
}

func TestAnAgentThatEndsBeforeTheCommandDoes(t *testing.T) {
	h := newHome(t, `printf '%s\n' "$NOTES" >&3; exec 3>&-; while [ ! -e "$HOME_DIR/go" ]; do sleep 0.02; done; exit 9`)
	code, out := h.run("entrypoint", "--", "sh", "-c", `: >"$HOME_DIR/go"; sleep 0.5; exit 3`)
	wantCode(t, code, 3, out)
	wantText(t, out, "ended with exit code 9: from here on nothing reaches the tailnet")

	_ = os.Remove(filepath.Join(h.dir, "go"))
	code, out = h.run("entrypoint", "--on-agent-exit=end", "--", "sh", "-c", `: >"$HOME_DIR/go"; exec sleep 60`)
	wantCode(t, code, 9, out)
	wantText(t, out, "sh is asked to end as well")
}

func TestSignalsGoToTheCommandAndBeforeItToTheAgent(t *testing.T) {
	h := newHome(t, comesUp)
	c := h.command("entrypoint", "--", "sh", "-c",
		`trap 'echo USR1' USR1; trap 'echo TERM; exit 4' TERM; echo ready; while :; do sleep 0.02; done`)
	lines := startReading(t, c)
	lines.await("ready")
	_ = c.Process.Signal(syscall.SIGUSR1)
	lines.await("USR1")
	_ = c.Process.Signal(syscall.SIGTERM)
	lines.await("TERM")
	_ = c.Wait()
	wantCode(t, c.ProcessState.ExitCode(), 4, "")

	h = newHome(t, begins+`echo starting; `+lasts)
	c = h.command("entrypoint", "--", "echo", "ran")
	lines = startReading(t, c)
	lines.await("starting")
	_ = c.Process.Signal(syscall.SIGTERM)
	_ = c.Wait()
	wantCode(t, c.ProcessState.ExitCode(), 143, "")
	wantText(t, h.read("events"), "TERM")
}

func TestRunPassesSignalsAndTheExitCode(t *testing.T) {
	h := newHome(t, `trap 'echo HUP' HUP; trap 'exit 6' TERM; echo ready; while :; do sleep 0.02; done`)
	c := h.command("run", "--hostname=box")
	lines := startReading(t, c)
	lines.await("ready")
	_ = c.Process.Signal(syscall.SIGHUP)
	lines.await("HUP")
	_ = c.Process.Signal(syscall.SIGTERM)
	_ = c.Wait()
	wantCode(t, c.ProcessState.ExitCode(), 6, "")
	wantText(t, h.read("arguments"), "run --hostname=box")
}

func TestProcessOneReapsOrphans(t *testing.T) {
	unshare := []string{"unshare", "--pid", "--fork", "--kill-child", "--mount-proc"}
	if os.Getuid() != 0 {
		unshare = append(unshare, "--user", "--map-root-user")
	}
	if err := exec.Command(unshare[0], append(unshare[1:], "true")...).Run(); err != nil {
		t.Skipf("no process namespace here (%s): %v", strings.Join(unshare, " "), err)
	}
	h := newHome(t, comesUp)
	inner := h.command("entrypoint", "--", "sh", "-c",
		// Twenty processes whose parent is gone; all end, and none may be left over.
		`for i in $(seq 20); do (sleep 0.1 &); done; sleep 0.6; echo "pid 1 is $(cat /proc/1/comm)"; `+
			`echo "zombies: $(grep -ls '^State:.Z' /proc/[0-9]*/status | wc -l)"; exit 5`)
	// unshare keeps the arguments but for the first, which a link provides.
	if err := os.Mkdir(filepath.Join(h.dir, "libexec"), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(inner.Path, inner.Args[0]); err != nil {
		t.Fatal(err)
	}
	c := exec.Command(unshare[0], append(unshare[1:], inner.Args...)...)
	c.Env = inner.Env
	code, out := finish(t, c)
	wantCode(t, code, 5, out)
	wantText(t, out, "pid 1 is tailnet-init", "zombies: 0")
}

type lines struct {
	t      *testing.T
	mu     sync.Mutex
	text   bytes.Buffer
	change chan struct{}
}

func startReading(t *testing.T, c *exec.Cmd) *lines {
	t.Helper()
	out, err := c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr = os.Stderr
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = c.Process.Kill() })
	return collect(t, out)
}

func collect(t *testing.T, from io.Reader) *lines {
	l := &lines{t: t, change: make(chan struct{}, 1000)}
	go func() {
		reader := bufio.NewReader(from)
		for {
			b, err := reader.ReadByte()
			if err != nil {
				close(l.change)
				return
			}
			l.mu.Lock()
			l.text.WriteByte(b)
			l.mu.Unlock()
			select {
			case l.change <- struct{}{}:
			default:
			}
		}
	}()
	return l
}

// await returns when what was written has a match, and forgets it up to its end.
func (l *lines) await(pattern string) {
	l.t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.After(20 * time.Second)
	for {
		l.mu.Lock()
		at := re.FindIndex(l.text.Bytes())
		if at != nil {
			l.text.Next(at[1])
			l.mu.Unlock()
			return
		}
		text := l.text.String()
		l.mu.Unlock()
		select {
		case _, open := <-l.change:
			if !open {
				l.t.Fatalf("it ended without %q: %s", pattern, fmt.Sprintf("%q", text))
			}
		case <-deadline:
			l.t.Fatalf("no %q: %q", pattern, text)
		}
	}
}
