package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.tailnet.bridge.StartMemory.Mapping;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class StartMemoryTest {
    private static final String CODE = "7f0000000000-7f0000200000 r-xp 00001000 fe:00 42     /opt/lib/libjvm.so";

    @Test
    void givesBackWhatAFileHas() {
        assertThat(StartMemory.unchanged(smaps(CODE, 0))).containsExactly(new Mapping(0x7f0000000000L, 0x200000));
    }

    @Test
    void keepsWhatTheProcessChangedBeforeItWasReadOnly() {
        assertThat(StartMemory.unchanged(smaps(CODE, 4))).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "7f0000000000-7f0000200000 rw-p 00001000 fe:00 42     /opt/lib/libjvm.so",
                "7f0000000000-7f0000200000 r--s 00001000 fe:00 42     /opt/lib/shared",
                "7f0000000000-7f0000200000 r--p 00000000 00:00 0 ",
                "7f0000000000-7f0000200000 r-xp 00000000 00:00 0      [vdso]",
                "7f0000000000-7f0000001000 r-xp 00001000 fe:00 42     /opt/lib/small.so"
            })
    void keepsAllElse(String mapping) {
        assertThat(StartMemory.unchanged(smaps(mapping, 0))).isEmpty();
    }

    @Test
    void aChangedMappingSaysNothingOfTheOneBefore() {
        var both = new ArrayList<>(smaps(CODE, 0));
        both.addAll(smaps("7f0000200000-7f0000400000 rw-p 00201000 fe:00 42     /opt/lib/libjvm.so", 2048));

        assertThat(StartMemory.unchanged(both)).hasSize(1);
    }

    /** This JVM goes on, with all of its code to be read again. */
    @Test
    void theProcessGoesOn() {
        assertThatCode(StartMemory::giveBack).doesNotThrowAnyException();
        assertThat(List.of(3, 1, 2).stream().sorted().toList()).containsExactly(1, 2, 3);
    }

    private static List<String> smaps(String mapping, int anonymous) {
        return List.of(
                mapping,
                "Size:               2048 kB",
                "Rss:                2048 kB",
                "Private_Dirty:      %8d kB".formatted(anonymous),
                "Anonymous:          %8d kB".formatted(anonymous),
                "VmFlags: rd ex mr mw me ");
    }
}
