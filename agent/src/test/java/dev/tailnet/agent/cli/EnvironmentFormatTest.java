package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.json.JsonMapper;

/** That each reader gets the value that was meant, whatever is in it. */
class EnvironmentFormatTest {
    private static final String NASTY = "a 'b' \"c\" $HOME `id` \\d %n !e ;f *";

    private static Map<String, String> variables() {
        var variables = new LinkedHashMap<String, String>();
        variables.put("PLAIN", "http://127.0.0.1:1055");
        variables.put("NASTY", NASTY);
        return variables;
    }

    @ParameterizedTest
    @ValueSource(strings = {"sh", "bash", "dash", "zsh", "busybox"})
    void posixShellsTakeTheValuesAsTheyAre(String shell) throws Exception {
        var script = EnvironmentFormat.BASH.print(variables()) + "printenv PLAIN; printenv NASTY";
        var command = shell.equals("busybox") ? new String[] {shell, "sh", "-c"} : new String[] {shell, "-c"};
        assertThat(run(shell, script, command)).isEqualTo("http://127.0.0.1:1055\n" + NASTY + "\n");
    }

    @Test
    void fishTakesTheValuesAsTheyAre() throws Exception {
        var script = EnvironmentFormat.FISH.print(variables()) + "printenv NASTY";
        assertThat(run("fish", script, "fish", "-c")).isEqualTo(NASTY + "\n");
    }

    @Test
    void fishLines() {
        assertThat(EnvironmentFormat.FISH.print(Map.of("A", "it's \\ this")))
                .isEqualTo("set -gx A 'it\\'s \\\\ this'\n");
    }

    @Test
    void jsonIsAnObjectOfStrings() {
        var object = JsonMapper.shared().readTree(EnvironmentFormat.JSON.print(variables()));
        assertThat(object.path("NASTY").asString()).isEqualTo(NASTY);
        assertThat(object.size()).isEqualTo(2);
    }

    @Test
    void dockerGetsWordsThatNeedNoQuotes() throws Exception {
        var words = EnvironmentFormat.DOCKER.print(variables());
        assertThat(words).isEqualTo("-e PLAIN=http://127.0.0.1:1055\n");
        assertThat(run("sh", "printf '<%s>' $(printf '%s' '" + words + "')", "sh", "-c"))
                .isEqualTo("<-e><PLAIN=http://127.0.0.1:1055>");
    }

    @Test
    void systemdGetsAssignmentsWithItsEscapes() {
        assertThat(EnvironmentFormat.SYSTEMD.print(Map.of("A", "b \"c\" \\ %d")))
                .isEqualTo("Environment=\"A=b \\\"c\\\" \\\\ %%d\"\n");
    }

    private static String run(String program, String script, String... command) throws Exception {
        var all = new java.util.ArrayList<>(java.util.List.of(command));
        all.add(script);
        Process shell;
        try {
            shell = new ProcessBuilder(all).redirectErrorStream(true).start();
        } catch (IOException e) {
            assumeTrue(false, program + " is missing");
            throw e;
        }
        shell.getOutputStream().close();
        return new String(shell.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }
}
