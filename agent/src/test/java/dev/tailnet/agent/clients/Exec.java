package dev.tailnet.agent.clients;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.tailnet.agent.testing.ExecCommand;
import dev.tailnet.agent.testing.HttpTarget;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Stream;

/**
 * {@code tailnet-agent exec} for programs of this machine, as an ordinary user: nobody where the tests are root's. Nothing in their
 * environment tells of a proxy. A page waits for them on the tailnet.
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
        tailnet.openToAll();
        home = folder();
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

    /** An empty one of the programs' user. */
    Path folder() throws IOException {
        return ExecCommand.giveToNobody(tailnet.folder());
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
        return program()
                .input(input)
                .run(Stream.concat(flags.stream(), command.stream()).toArray(String[]::new));
    }

    /** The {@code exec} itself. */
    Program program() {
        return Program.at(ExecCommand.helper(), home).with(variables).through(ExecCommand.asNobody());
    }

    /** The path of a program that the programs' user may run; the test is skipped where it is missing. */
    String installed(String name) {
        return installed(
                name,
                path -> Program.named("test", home)
                        .through(ExecCommand.asNobody())
                        .run("-x", path.toString()));
    }

    /** @param probe arguments with which it ends well, as it does not where a module of it is missing */
    String installed(String name, String... probe) {
        return installed(
                name,
                path -> Program.at(path, home).through(ExecCommand.asNobody()).run(probe));
    }

    private String installed(String name, Function<Path, Program.Run> probe) {
        var found = Program.all(name)
                .filter(path -> probe.apply(path).exitCode() == 0)
                .findFirst();
        assumeTrue(found.isPresent(), name + ", or a module of it, is missing, or not for every user");
        return found.orElseThrow().toString();
    }

    /** A file of the programs' user with the page's port for PORT. */
    Path file(String name, String content) throws IOException {
        return ExecCommand.giveToNobody(
                Files.writeString(folder().resolve(name), content.replace("PORT", String.valueOf(port()))));
    }
}
