package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.testing.ExecCommand;
import java.io.IOException;
import java.util.Map;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** {@code exec -- bash} is a shell as any other: a session of one, driven in tmux. */
@Timeout(240)
class ExecShellIT extends UnderExec {
    ExecShellIT(Tailnet tailnet) throws IOException {
        super(tailnet);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "--enforce "})
    void aSession(String flags) throws IOException {
        exec.installed("tmux");
        String curl = exec.installed("curl");
        String helper = String.join(" ", ExecCommand.asNobody()) + " " + ExecCommand.helper();
        var variables =
                Map.of("TAILNET_RUNTIME_DIR", tailnet.agent().runtimeDir().toString());
        try (var terminal = new Tmux(exec.home(), tailnet.folder().resolve("tmux"), 90, 24, variables)) {
            terminal.type(helper + " " + flags + "-- bash --norc --noprofile");
            terminal.type("echo inside-$((40 + 2)); stty size");
            assertThat(terminal.await("24 90")).contains("inside-42");
            terminal.type(curl + " -sS " + exec.url());
            terminal.await(Exec.PAGE.strip());

            terminal.type("sleep 600");
            terminal.awaitForeground("sleep");
            terminal.press("C-c");
            terminal.type("echo interrupted-$?");
            terminal.await("interrupted-130");

            terminal.type("cat");
            terminal.awaitForeground("cat");
            terminal.press("C-z");
            terminal.awaitPart("Stopped");
            terminal.type("jobs | grep -c Stopped");
            terminal.await("1");
            terminal.type("fg");
            terminal.awaitForeground("cat");
            terminal.type("typed into the foreground");
            terminal.awaitTimes(2, "typed into the foreground");
            terminal.press("C-d");
            terminal.type("sleep 600 & kill %1; wait %1; echo background-$?");
            terminal.await("background-143");

            terminal.type("trap 'echo resized to $(stty size)' WINCH");
            terminal.resize(100, 30);
            terminal.awaitPart("resized to 30 100");

            terminal.type("exit 7");
            terminal.type("echo outside-$?");
            terminal.await("outside-7");

            terminal.type(helper + " " + flags + "-- sleep 600");
            terminal.awaitForeground("sleep");
            terminal.press("C-z");
            terminal.type("jobs | grep -c Stopped.*sleep");
            terminal.awaitTimes(2, "1");
            terminal.type("fg");
            terminal.awaitForeground("sleep");
            terminal.press("C-c");
            terminal.type("echo ended-$?");
            terminal.await("ended-130");
        }
    }
}
