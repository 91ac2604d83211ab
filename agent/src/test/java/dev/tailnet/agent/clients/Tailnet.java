package dev.tailnet.agent.clients;

import dev.tailnet.agent.testing.AgentProcess;
import dev.tailnet.agent.testing.ExecCommand;
import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestNetwork;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.extension.ExtensionContext;
import org.junit.jupiter.api.extension.ParameterContext;
import org.junit.jupiter.api.extension.ParameterResolver;
import tools.jackson.databind.json.JsonMapper;

/**
 * The tailnet that all tests of clients share: the host {@value #HOST}, whose ports are those of loopback here, and the agent with
 * its program on a path of its own.
 */
final class Tailnet implements AutoCloseable {
    static final String HOST = "web.tailnet.test";

    private final TestNetwork network;
    private final AgentProcess agent;
    private final Path program;
    private final Map<String, String> environment;
    private final Certificate certificate;

    private Tailnet() throws Exception {
        network = TestNetwork.start();
        var unused = network.startPeer("web");
        agent = AgentProcess.in(network, "box")
                .authKey(network.createAuthKey(AuthKeyOptions.ephemeralNode()))
                .startAndAwaitRunning();
        program = install();
        environment = new TreeMap<>(printed("env", "--format=json"));
        certificate =
                Certificate.create(Files.createDirectory(network.directory().resolve("tls")), HOST);
    }

    /** Gives tests the one that there is, and ends it after the last. */
    static final class Provider implements ParameterResolver {
        @Override
        public boolean supportsParameter(ParameterContext parameter, ExtensionContext context) {
            return parameter.getParameter().getType() == Tailnet.class;
        }

        @Override
        public Object resolveParameter(ParameterContext parameter, ExtensionContext context) {
            return context.getRoot()
                    .getStore(ExtensionContext.Namespace.create(Tailnet.class))
                    .computeIfAbsent(Tailnet.class, key -> start(), Tailnet.class);
        }

        private static Tailnet start() {
            try {
                return new Tailnet();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        }
    }

    TestNetwork network() {
        return network;
    }

    AgentProcess agent() {
        return agent;
    }

    Certificate certificate() {
        return certificate;
    }

    /** What {@code tailnet-agent env} prints. */
    Map<String, String> environment() {
        return environment;
    }

    /** Where programs find {@code tailnet-agent}. */
    String path() {
        return program.getParent() + File.pathSeparator + System.getenv("PATH");
    }

    /** A folder of its own, removed with the tailnet. */
    Path folder() throws IOException {
        return Files.createTempDirectory(network.directory(), "clients");
    }

    /** Lets all users of this machine ask the agent. */
    void openToAll() throws IOException {
        Files.setPosixFilePermissions(network.directory(), PosixFilePermissions.fromString("rwx--x--x"));
        Files.setPosixFilePermissions(agent.runtimeDir().getParent(), PosixFilePermissions.fromString("rwx--x--x"));
        ExecCommand.openToAll(agent.runtimeDir());
    }

    /** The agent's own program, which finds the agent by its environment. */
    Program tailnetAgent() throws IOException {
        return Program.at(program, folder())
                .with("TAILNET_RUNTIME_DIR", agent.runtimeDir().toString());
    }

    private Map<String, String> printed(String... arguments) throws IOException {
        var variables =
                JsonMapper.shared().readTree(tailnetAgent().run(arguments).ok());
        var map = new TreeMap<String, String>();
        variables
                .properties()
                .forEach(variable ->
                        map.put(variable.getKey(), variable.getValue().asString()));
        return map;
    }

    /** The launcher's command with this JVM's class path. */
    private Path install() throws IOException {
        var bin = Files.createDirectory(network.directory().resolve("bin"));
        var script = "#!/bin/sh\nexec '" + Path.of(System.getProperty("java.home"), "bin", "java")
                + "' -XX:+UseSerialGC -XX:TieredStopAtLevel=1 -Xshare:auto -cp '"
                + System.getProperty("java.class.path") + "' dev.tailnet.agent.cli.Main \"$@\"\n";
        return Files.setPosixFilePermissions(
                Files.writeString(bin.resolve("tailnet-agent"), script), PosixFilePermissions.fromString("rwxr-xr-x"));
    }

    @Override
    public void close() {
        agent.close();
        network.close();
    }
}
