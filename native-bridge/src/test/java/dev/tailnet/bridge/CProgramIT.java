package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.testnet.AuthKeyOptions;
import dev.tailnet.testnet.TestNetwork;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.ExtendWith;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Programs in C that know {@code tailscale.h} only, linked with this library and run against the real control server. */
@ExtendWith(Tailnet.class)
class CProgramIT {

    @TempDir
    Path dir;

    @ParameterizedTest
    @ValueSource(strings = {"echo", "remote-addresses", "loopback", "close-during-up", "wrong-handles"})
    void scenario(String scenario, TestNetwork network) throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.ephemeralNode().withReusable(true));
        assertThat(run(network, scenario, key)).endsWith(scenario + ": ok\n");
    }

    @Test
    void aBadKeyIsCalledThat(TestNetwork network) throws Exception {
        String key = network.createAuthKey(AuthKeyOptions.singleUse());
        network.expireAuthKey(key);
        assertThat(run(network, "bad-key", key))
                .contains("up says: ", "expired")
                .doesNotContain(key)
                .endsWith("bad-key: ok\n");
    }

    private String run(TestNetwork network, String scenario, String key) throws Exception {
        Path program = CCompiler.program(dir.resolve("libtailscale-test"), Path.of("src/test/c/libtailscale_test.c"));
        Path output = dir.resolve(scenario + ".log");
        var builder = new ProcessBuilder(List.of(
                        program.toString(), scenario, network.controlUrl().toString(), dir.toString()))
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(network.nodeEnvironment());
        builder.environment().put("TEST_AUTHKEY", key);
        Process process = builder.start();
        try {
            boolean ended = process.waitFor(60, TimeUnit.SECONDS);
            String said = Files.readString(output);
            assertThat(ended).as("ended; it said:%n%s", said).isTrue();
            assertThat(process.exitValue()).as("exit code; it said:%n%s", said).isZero();
            return said;
        } finally {
            process.destroyForcibly();
        }
    }
}
