package dev.tailnet.agent.cli.text;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;

class ColumnsTest {
    private final Columns columns = new Columns().row("a", "bb", "c").row("aaa", "ä", "");

    @Test
    void columnsAreAsWideAsTheirWidestCell() {
        assertThat(columns.toString()).isEqualTo("a    bb  c\naaa  ä   \n");
    }

    @Test
    void tailscalesTablesPadTheLastColumnToo() {
        assertThat(columns.padded()).isEqualTo("a    bb  c  \naaa  ä      \n");
    }
}
