package dev.tailnet.agent.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A run of curl.
 *
 * @param exitCode curl's own, 97 for a refusal by a SOCKS proxy, 56 for one by an HTTP proxy
 * @param took from start to end of the process
 */
public record Curl(int exitCode, String output, String errors, Duration took) {
    private static final int LIMIT_SECONDS = 60;

    /** Runs curl, verbosely, with these arguments. */
    public static Curl run(String... arguments) {
        List<String> command = new ArrayList<>(List.of("curl", "-q", "-sS", "-v", "--max-time", "40"));
        command.addAll(List.of(arguments));
        long start = System.nanoTime();
        try {
            var builder = new ProcessBuilder(command);
            builder.environment()
                    .keySet()
                    .removeIf(name -> name.toLowerCase(java.util.Locale.ROOT).endsWith("_proxy"));
            Process curl = builder.start();
            curl.getOutputStream().close();
            var errors = new StringBuffer();
            Thread reader = Thread.ofVirtual().start(() -> {
                try {
                    errors.append(new String(curl.getErrorStream().readAllBytes(), StandardCharsets.UTF_8));
                } catch (IOException e) {
                    errors.append(e);
                }
            });
            String output = new String(curl.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
            if (!curl.waitFor(LIMIT_SECONDS, TimeUnit.SECONDS)) {
                curl.destroyForcibly();
                throw new AssertionError("curl did not end: " + command);
            }
            reader.join();
            return new Curl(curl.exitValue(), output, errors.toString(), Duration.ofNanos(System.nanoTime() - start));
        } catch (IOException e) {
            throw new UncheckedIOException("curl is needed: install it", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }
}
