package dev.tailnet.agent;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.agent.config.Configuration;
import dev.tailnet.agent.config.Flags;
import dev.tailnet.agent.config.Settings;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class PartsTest {
    private final List<String> calls = new ArrayList<>();
    private Configuration first;
    private Configuration second;

    @BeforeEach
    void load() throws Exception {
        first = configuration("first");
        second = configuration("second");
    }

    private static Configuration configuration(String hostname) throws Exception {
        return Configuration.load(new Flags(Map.of(), List.of()), Map.of("TS_HOSTNAME", hostname));
    }

    /** Writes down what is called, and fails where it is told to. */
    private final class Recorder implements Part {
        private final String name;
        private final String failing;

        Recorder(String name, String failing) {
            this.name = name;
            this.failing = failing;
        }

        Recorder(String name) {
            this(name, "");
        }

        @Override
        public void open() throws StartFailure {
            calls.add(name + " open");
            if (failing.equals("open")) {
                throw new StartFailure(ExitCode.LISTEN, name);
            }
        }

        @Override
        public void apply(Settings next) throws ReloadFailure {
            calls.add(name + " " + next.node().hostname());
            if (next.node().hostname().equals(failing)) {
                throw new ReloadFailure(name, new IllegalStateException());
            }
        }

        @Override
        public void windDown() {
            calls.add(name + " down");
        }

        @Override
        public void close() {
            calls.add(name + " close");
        }
    }

    @Test
    void theyOpenInOrderAndCloseInTheOpposite() throws Exception {
        var parts = new Parts(first);
        parts.open(new Recorder("a"), new Recorder("b"));
        parts.open(new Recorder("c"));
        parts.windDown();
        parts.close();
        assertThat(calls)
                .containsExactly(
                        "a open", "b open", "c open", "a down", "b down", "c down", "c close", "b close", "a close");
    }

    @Test
    void onlyWhatWasOpenedIsClosed() {
        var parts = new Parts(first);
        assertThatThrownBy(() -> parts.open(new Recorder("a"), new Recorder("b", "open"), new Recorder("c")))
                .hasMessage("b");
        parts.close();
        assertThat(calls).containsExactly("a open", "b open", "b close", "a close");
    }

    @Test
    void aConfigurationIsTakenOverByAll() throws Exception {
        var parts = new Parts(first);
        parts.open(new Recorder("a"), new Recorder("b"));
        calls.clear();
        parts.reload(second);
        assertThat(calls).containsExactly("a second", "b second");
        assertThat(parts.settings()).isSameAs(second.settings());
    }

    @Test
    void orByNone() throws Exception {
        var parts = new Parts(first);
        parts.open(new Recorder("a"), new Recorder("b"), new Recorder("c", "second"), new Recorder("d"));
        calls.clear();
        assertThatThrownBy(() -> parts.reload(second)).hasMessage("c");
        assertThat(calls).containsExactly("a second", "b second", "c second", "b first", "a first");
        assertThat(parts.settings()).isSameAs(first.settings());
    }
}
