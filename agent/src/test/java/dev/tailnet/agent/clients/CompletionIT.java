package dev.tailnet.agent.clients;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Shells complete verbs and flags with the scripts that {@code completion} prints. */
class CompletionIT {
    @TempDir
    private Path home;

    private CommandLines commands;

    @BeforeEach
    void prepare() {
        commands = CommandLines.in(home);
    }

    private Path script(String shell) throws Exception {
        return Files.writeString(
                home.resolve(shell),
                commands.tailnetAgent(home).run("completion", shell).ok());
    }

    @Test
    void bash() throws Exception {
        String complete = """
                source '%s'
                COMP_WORDS=(tailnet-agent %s); COMP_CWORD=$(( ${#COMP_WORDS[@]} - 1 )); COMP_LINE="${COMP_WORDS[*]}"
                _complete_tailnet-agent
                printf '%%s\\n' "${COMPREPLY[@]}"
                """;
        Program bash = Program.named("bash", home);
        assertThat(bash.run("-c", complete.formatted(script("bash"), "netch")).ok())
                .contains("netcheck");
        assertThat(bash.run("-c", complete.formatted(script("bash"), "set --exit"))
                        .ok())
                .contains("--exit-node", "--exit-node-allow-lan-access");
    }

    @Test
    void zsh() throws Exception {
        assertThat(Program.named("zsh", home)
                        .run(
                                "-f",
                                "-c",
                                "autoload -U compinit && compinit -D && source '" + script("zsh")
                                        + "' && print $_comps[tailnet-agent]")
                        .ok())
                .contains("_complete_tailnet-agent");
    }

    @Test
    void fish() throws Exception {
        Program fish = Program.named("fish", home);
        String complete = "source '" + script("fish") + "'; complete -C 'tailnet-agent %s'";
        assertThat(fish.run("--no-config", "-c", complete.formatted("netch")).ok())
                .startsWith("netcheck\t");
        assertThat(fish.run("--no-config", "-c", complete.formatted("set --exit"))
                        .ok())
                .contains("--exit-node\t", "--exit-node-allow-lan-access\t");
    }
}
