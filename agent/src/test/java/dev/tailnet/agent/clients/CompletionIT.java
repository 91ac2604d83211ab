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

    /** In a terminal, as zsh completes nowhere else. */
    @Test
    void zsh() throws Exception {
        String complete = """
                zmodload zsh/zpty
                zpty shell zsh -f -i
                zpty -w shell "autoload -U compinit && compinit -D && source '%s' && stty columns 100 rows 50 && print LOA''DED"
                zpty -r shell said '*LOADED*'
                zpty -w -n shell $'tailnet-agent %s\t'
                zpty -r shell said '*%s*'
                print -r -- "$said"
                zpty -d shell
                """;
        Program zsh = Program.named("zsh", home);
        Path script = script("zsh");
        assertThat(zsh.run("-f", "-c", complete.formatted(script, "netch", "netcheck"))
                        .ok())
                .contains("netcheck");
        assertThat(zsh.run("-f", "-c", complete.formatted(script, "set --exit-node-al", "--exit-node-allow-lan-access"))
                        .ok())
                .contains("--exit-node-allow-lan-access");
        assertThat(zsh.run("-f", "-c", complete.formatted(script, "run --internet=", "exit-node"))
                        .ok())
                .contains("deny", "direct", "exit-node");
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
