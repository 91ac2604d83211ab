package dev.tailnet.agent.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** A network of its own, empty but for loopback, for as long as the test likes; it does not outlive this JVM. */
public final class NetworkNamespace implements AutoCloseable {
    private static final int LIMIT_SECONDS = 60;

    private final Process holder;

    private NetworkNamespace(Process holder) {
        this.holder = holder;
    }

    /** Whether this process may make one. */
    public static boolean isPossible() {
        try {
            return finish(new ProcessBuilder("unshare", "--net", "true").start())
                            .exitCode()
                    == 0;
        } catch (IOException e) {
            return false;
        }
    }

    /** Makes one. */
    public static NetworkNamespace open() {
        try {
            // cat ends with the pipe, and the pipe with this process.
            Process holder = new ProcessBuilder("unshare", "--net", "sh", "-c", "ip link set lo up && echo && exec cat")
                    .redirectError(ProcessBuilder.Redirect.INHERIT)
                    .start();
            assertThat(holder.getInputStream().read())
                    .as("a line of the new namespace")
                    .isEqualTo('\n');
            return new NetworkNamespace(holder);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The process that keeps it, for {@code ip link set NAME netns PID}. */
    public long pid() {
        return holder.pid();
    }

    /** Starts a program in it. */
    public Process start(String... command) {
        var whole = new ArrayList<>(List.of("nsenter", "--net=/proc/" + pid() + "/ns/net", "--"));
        whole.addAll(List.of(command));
        try {
            Process process = new ProcessBuilder(whole).start();
            process.getOutputStream().close();
            return process;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Runs a program in it to its end. */
    public Run run(String... command) {
        return finish(start(command));
    }

    /** Runs a program in it that has to end well, and returns its output. */
    public String ok(String... command) {
        Run run = run(command);
        assertThat(run.exitCode()).as("%s\n%s", List.of(command), run.errors()).isZero();
        return run.output();
    }

    /** What came of a program. */
    public record Run(int exitCode, String output, String errors) {}

    private static Run finish(Process process) {
        try {
            var errors = new StringBuffer();
            Thread reader = Thread.ofVirtual().start(() -> errors.append(text(process.getErrorStream())));
            String output = text(process.getInputStream());
            if (!process.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new AssertionError(process.info() + " did not end");
            }
            reader.join();
            return new Run(process.exitValue(), output, errors.toString());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    private static String text(InputStream stream) {
        try {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    @Override
    public void close() {
        holder.destroy();
    }
}
