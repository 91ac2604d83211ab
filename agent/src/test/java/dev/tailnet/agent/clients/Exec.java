package dev.tailnet.agent.clients;

import dev.tailnet.agent.testing.ExecCommand;
import dev.tailnet.agent.testing.HttpTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * {@code tailnet-agent exec} for programs of this machine: nothing in their environment tells of a proxy, and they have no
 * capability, also where the tests are root's. A page waits for them on the tailnet.
 */
final class Exec implements AutoCloseable {
    static final String PAGE = "a page of the tailnet\n";

    /** What a program says that prints what it got, then what it is told on a port where nothing listens. */
    static final String ALL_WELL = "a page of the tailnet\nrefused\n";

    static final InetAddress PEER = InetAddress.ofLiteral("127.0.0.1");

    private final Tailnet tailnet;
    private final Path home;
    private final HttpTarget page;
    private final Map<String, String> variables = new HashMap<>();

    Exec(Tailnet tailnet) throws IOException {
        this.tailnet = tailnet;
        home = tailnet.folder();
        page = new HttpTarget(PEER, PAGE);
        variables.put("TAILNET_RUNTIME_DIR", tailnet.agent().runtimeDir().toString());
    }

    @Override
    public void close() {
        page.close();
    }

    Path home() {
        return home;
    }

    int port() {
        return page.port();
    }

    /** Where the page is. */
    String url() {
        return "http://" + Tailnet.HOST + ":" + port() + "/";
    }

    /** Gives the programs one more variable. */
    Exec with(String name, String value) {
        variables.put(name, value);
        return this;
    }

    Program.Run run(String... command) {
        return run("", List.of(command));
    }

    Program.Run run(String input, List<String> command) {
        return run(List.of("--"), input, command);
    }

    /** @param flags of {@code exec} */
    Program.Run run(List<String> flags, String input, List<String> command) {
        var prefix = new ArrayList<>(ExecCommand.withoutCapabilities());
        prefix.add(ExecCommand.helper().toString());
        prefix.addAll(flags);
        prefix.addAll(command);
        var first = prefix.removeFirst();
        var program = first.contains("/") ? Program.at(Path.of(first), home) : Program.named(first, home);
        return program.with(variables).input(input).run(prefix.toArray(String[]::new));
    }

    /** The {@code exec} itself. */
    Program program() {
        return Program.at(ExecCommand.helper(), home).with(variables);
    }

    /** A program's path; the test is skipped where it is missing. */
    String installed(String name) {
        return Program.named(name, home).executable().toString();
    }

    /** A file of the programs' with the page's port for PORT. */
    Path file(String name, String content) throws IOException {
        return Files.writeString(tailnet.folder().resolve(name), content.replace("PORT", String.valueOf(port())));
    }
}
