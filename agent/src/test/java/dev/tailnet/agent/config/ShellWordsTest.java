package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ShellWordsTest {

    @Test
    void splitsAsAShellDoes() {
        assertThat(ShellWords.split("  a  b\tc\n")).containsExactly("a", "b", "c");
        assertThat(ShellWords.split("--x='a b' \"c d\"e 'f'\"g\"")).containsExactly("--x=a b", "c de", "fg");
        assertThat(ShellWords.split("a\\ b \\\"c\\\" \"d\\\"e\\f\" 'g\\h'"))
                .containsExactly("a b", "\"c\"", "d\"e\\f", "g\\h");
        assertThat(ShellWords.split("'' a \"\"")).containsExactly("", "a", "");
        assertThat(ShellWords.split("a\\\nb")).containsExactly("ab");
        assertThat(ShellWords.split("$HOME")).containsExactly("$HOME");
        assertThat(ShellWords.split("")).isEmpty();
    }

    @Test
    void refusesWhatDoesNotEnd() {
        assertThatThrownBy(() -> ShellWords.split("a 'b")).hasMessageContaining("quote '");
        assertThatThrownBy(() -> ShellWords.split("a \"b\\\"")).hasMessageContaining("quote \"");
        assertThatThrownBy(() -> ShellWords.split("a\\")).hasMessageContaining("backslash");
    }
}
