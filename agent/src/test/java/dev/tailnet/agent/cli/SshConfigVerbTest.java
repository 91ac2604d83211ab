package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class SshConfigVerbTest {

    @Test
    void isASnippetOfSshConfig() {
        assertThat(SshConfigVerb.lines(List.of("*.tailnet.test", "db"), List.of("tailnet-agent", "nc")))
                .isEqualTo("""
                        Host *.tailnet.test db
                            ProxyCommand tailnet-agent nc %h %p
                        """);
    }

    @Test
    void quotesForSshAndForTheShell() {
        assertThat(SshConfigVerb.lines(List.of("*"), List.of("/opt/my agent/100%/it's", "nc")))
                .endsWith("ProxyCommand '/opt/my agent/100%%/it'\\''s' nc %h %p\n");
    }
}
