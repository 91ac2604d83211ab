package dev.tailnet.testnet.quickstart;

import static dev.tailnet.testnet.quickstart.Quickstart.say;

import dev.tailnet.testnet.Commands;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** Shows what curl gets through each protocol. */
final class Demonstration {
    private static final Duration CURL_TIMEOUT = Duration.ofSeconds(30);

    private final AgentView agent;
    private final Path directory;

    Demonstration(AgentView agent, Path directory) {
        this.agent = agent;
        this.directory = directory;
    }

    /**
     * Fetches the page in every way and shows command and answer.
     *
     * @throws QuickstartException if an answer does not have the text expected
     */
    void show(String url, String expected) throws QuickstartException {
        curl("Through SOCKS5", Map.of(), List.of("--proxy", "socks5h://" + agent.proxy(), url), expected);
        curl(
                "Through HTTP CONNECT",
                Map.of(),
                List.of("--proxytunnel", "--proxy", "http://" + agent.proxy(), url),
                expected);
        curl("Through plain HTTP", Map.of(), List.of("--proxy", "http://" + agent.proxy(), url), expected);
        curl("With the variables below", agent.exports(), List.of(url), expected);
        curl("Readiness", Map.of(), List.of("http://" + agent.status() + "/readyz"), "ready");
    }

    private void curl(String title, Map<String, String> environment, List<String> arguments, String expected)
            throws QuickstartException {
        say("");
        say(title + ":");
        say("  $ curl " + String.join(" ", arguments));
        var command = new ArrayList<>(List.of("curl", "--silent", "--show-error", "--fail", "--max-time", "20"));
        command.addAll(arguments);
        var result = Commands.run(directory, environment, CURL_TIMEOUT, command);
        result.stdout().lines().forEach(line -> say("  " + line));
        if (result.exitCode() != 0 || !result.stdout().contains(expected)) {
            throw new QuickstartException("curl ended with exit code %d and did not get '%s': %s%s"
                    .formatted(result.exitCode(), expected, result.stdout(), result.stderr()));
        }
    }
}
