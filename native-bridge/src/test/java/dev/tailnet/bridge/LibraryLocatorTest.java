package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.jar.JarOutputStream;
import java.util.zip.ZipEntry;
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
        try (URLClassLoader jar = jar()) {
            assertThat(new LibraryLocator(named.toString(), byVariable.toString(), home, jar)
                            .locate(dir)
                            .file())
                    .isEqualTo(named);
            assertThat(new LibraryLocator(null, byVariable.toString(), home, jar)
                            .locate(dir)
                            .file())
                    .isEqualTo(byVariable);
            assertThat(new LibraryLocator("", "", home, jar).locate(dir).file())
                    .isEqualTo(Path.of(home, "lib/native/libtailscale.so"));
        }
    }

    @Test
    void aNamedFileThatIsMissingIsAnErrorEvenIfAnotherCouldServe() throws IOException {
        try (URLClassLoader jar = jar()) {
            assertThatThrownBy(() -> new LibraryLocator("/no/such.so", null, null, jar).locate(dir))
                    .isInstanceOf(LibraryException.class)
                    .hasMessage("libtailscale.so not found: the system property dev.tailnet.library names /no/such.so,"
                            + " which does not exist");
            assertThatThrownBy(() -> new LibraryLocator(null, dir.toString(), null, jar).locate(dir))
                    .isInstanceOf(LibraryException.class)
                    .hasMessage("libtailscale.so not found: TAILNET_LIBRARY names " + dir + ", which is not a file");
        }
    }

    @Test
    void theOneOnTheClassPathIsExtractedForAsLongAsItTakesToMapIt() throws IOException {
        Path runtimeDir = dir.resolve("run/tailnet");
        try (URLClassLoader jar = jar()) {
            LibraryLocator.Found found = new LibraryLocator(null, null, null, jar).locate(runtimeDir);
            assertThat(found.file()).hasContent("bundled").hasParent(runtimeDir);
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(found.file())))
                    .isEqualTo("rwx------");
            found.close();
            assertThat(found.file()).doesNotExist();
        }
    }

    @Test
    void anUnpackedClassPathIsUsedInPlace() throws IOException {
        Path classes = dir.resolve("classes");
        Path library = classes.resolve(LibraryLocator.RESOURCE);
        Files.createDirectories(library.getParent());
        Files.writeString(library, "unpacked");
        try (var loader = new URLClassLoader(new URL[] {classes.toUri().toURL()}, null)) {
            try (LibraryLocator.Found found = new LibraryLocator(null, null, null, loader).locate(dir)) {
                assertThat(found.file()).isEqualTo(library);
            }
            assertThat(library).exists();
        }
    }

    @Test
    void whereItWasLookedForIsSaid() throws IOException {
        try (var nothing = new URLClassLoader(new URL[0], null)) {
            assertThatThrownBy(() -> new LibraryLocator(null, null, "/opt/agent", nothing).locate(dir))
                    .isInstanceOf(LibraryException.class)
                    .hasMessage("libtailscale.so not found, neither as /opt/agent/lib/native/libtailscale.so nor on the"
                            + " class path as " + LibraryLocator.RESOURCE
                            + ": reinstall tailnet-agent, or name the file in TAILNET_LIBRARY");
            assertThatThrownBy(() -> new LibraryLocator(null, null, null, nothing).locate(dir))
                    .isInstanceOf(LibraryException.class)
                    .hasMessageStartingWith("libtailscale.so not found on the class path as ");
        }
    }

    @Test
    void anUnwritableRuntimeDirectoryIsNamed() throws IOException {
        Path file = Files.writeString(dir.resolve("file"), "");
        try (URLClassLoader jar = jar()) {
            assertThatThrownBy(() -> new LibraryLocator(null, null, null, jar).locate(file.resolve("below")))
                    .isInstanceOf(LibraryException.class)
                    .hasMessageStartingWith("cannot extract libtailscale.so to " + file + "/below: ");
        }
    }

    private String installed() throws IOException {
        Path home = dir.resolve("home");
        Files.createDirectories(home.resolve("lib/native"));
        Files.writeString(home.resolve("lib/native/libtailscale.so"), "installed");
        return home.toString();
    }

    private URLClassLoader jar() throws IOException {
        Path jar = dir.resolve("bundled.jar");
        try (OutputStream out = Files.newOutputStream(jar);
                var entries = new JarOutputStream(out)) {
            entries.putNextEntry(new ZipEntry(LibraryLocator.RESOURCE));
            entries.write("bundled".getBytes(StandardCharsets.UTF_8));
            entries.closeEntry();
        }
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, null);
    }
}
