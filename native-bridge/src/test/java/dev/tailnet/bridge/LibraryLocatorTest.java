package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryLocatorTest {

    @TempDir
    Path dir;

    @Test
    void aNamedFileComesFirst() throws IOException {
        Path named = Files.writeString(dir.resolve("named.so"), "named");
        Path byVariable = Files.writeString(dir.resolve("variable.so"), "variable");
        String home = installed();
        assertThat(new LibraryLocator(named.toString(), byVariable.toString(), home).locate())
                .isEqualTo(named);
        assertThat(new LibraryLocator(null, byVariable.toString(), home).locate())
                .isEqualTo(byVariable);
        assertThat(new LibraryLocator("", "", home).locate()).isEqualTo(Path.of(home, "lib/native/libtailscale.so"));
    }

    @Test
    void aNamedFileThatIsMissingIsAnErrorEvenIfAnotherCouldServe() throws IOException {
        String home = installed();
        assertThatThrownBy(() -> new LibraryLocator("/no/such.so", null, home).locate())
                .isInstanceOf(LibraryException.class)
                .hasMessage("libtailscale.so not found: the system property dev.tailnet.library names /no/such.so,"
                        + " which does not exist");
        assertThatThrownBy(() -> new LibraryLocator(null, dir.toString(), home).locate())
                .isInstanceOf(LibraryException.class)
                .hasMessage("libtailscale.so not found: TAILNET_LIBRARY names " + dir + ", which is not a file");
    }

    @Test
    void whereItWasLookedForIsSaid() {
        assertThatThrownBy(() -> new LibraryLocator(null, null, "/opt/agent").locate())
                .isInstanceOf(LibraryException.class)
                .hasMessage(
                        "libtailscale.so not found as /opt/agent/lib/native/libtailscale.so: reinstall tailnet-agent,"
                                + " or name the file in TAILNET_LIBRARY");
        assertThatThrownBy(() -> new LibraryLocator(null, null, null).locate())
                .isInstanceOf(LibraryException.class)
                .hasMessage("libtailscale.so not found: name the file in TAILNET_LIBRARY");
    }

    private String installed() throws IOException {
        Path home = dir.resolve("home");
        Files.createDirectories(home.resolve("lib/native"));
        Files.writeString(home.resolve("lib/native/libtailscale.so"), "installed");
        return home.toString();
    }
}
