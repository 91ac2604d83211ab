package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.sun.jna.NativeLibrary;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LibraryFileTest {

    @TempDir
    Path dir;

    @Test
    void opensALibraryOfTheRightVersion() throws Exception {
        Path file = CCompiler.library(dir.resolve("right.so"), "int tailnet_abi_version(void) { return 7; }");
        try (NativeLibrary library = LibraryFile.open(file, 7)) {
            assertThat(library.getFile()).isEqualTo(file.toFile());
        }
    }

    @Test
    void namesBothVersionsAndTheFile() throws Exception {
        Path file = CCompiler.library(dir.resolve("old.so"), "int tailnet_abi_version(void) { return 3; }");
        assertThatThrownBy(() -> LibraryFile.open(file, 7))
                .isInstanceOf(LibraryException.class)
                .hasMessage(file + " has ABI version 3, this tailnet-agent needs 7: use the libtailscale.so that came"
                        + " with it");
    }

    @Test
    void anotherLibraryIsNamed() throws Exception {
        Path file = CCompiler.library(dir.resolve("other.so"), "int other(void) { return 1; }");
        assertThatThrownBy(() -> LibraryFile.open(file, 7))
                .isInstanceOf(LibraryException.class)
                .hasMessage(file + " is not the libtailscale.so of tailnet-agent: it has no function"
                        + " tailnet_abi_version");
    }

    @Test
    void aMissingSymbolShowsAtLoad() throws Exception {
        Path file = CCompiler.library(
                dir.resolve("unresolved.so"), "int nowhere(void); int tailnet_abi_version(void) { return nowhere(); }");
        assertThatThrownBy(() -> LibraryFile.open(file, 7))
                .isInstanceOf(LibraryException.class)
                .hasMessageStartingWith("cannot load " + file + ": ")
                .hasMessageContaining("undefined symbol: nowhere");
    }

    @Test
    void anotherMachinesLibraryIsRefusedBeforeItIsMapped() throws Exception {
        Path file = CCompiler.library(dir.resolve("foreign.so"), "int tailnet_abi_version(void) { return 7; }");
        byte[] elf = Files.readAllBytes(file);
        elf[18] = (byte) (elf[18] == 62 ? 183 : 62);
        Files.write(file, elf);
        assertThatThrownBy(() -> LibraryFile.open(file, 7))
                .isInstanceOf(LibraryException.class)
                .message()
                .matches(".*foreign\\.so is built for (arm64|x86-64), this Java runs on (x86-64|arm64): install the"
                        + " tailnet-agent for (x86-64|arm64)");
    }

    @Test
    void aTextFileIsNoLibrary() throws IOException {
        Path file = Files.writeString(dir.resolve("text.so"), "not a library at all, but long enough");
        assertThatThrownBy(() -> LibraryFile.open(file, 7))
                .isInstanceOf(LibraryException.class)
                .hasMessage(file + " is not a shared library (no ELF header)");
        Path empty = Files.createFile(dir.resolve("empty.so"));
        assertThatThrownBy(() -> LibraryFile.open(empty, 7))
                .isInstanceOf(LibraryException.class)
                .hasMessage(empty + " is not a shared library (no ELF header)");
    }

    @Test
    void aNewerGlibcIsCalledThat() {
        Path file = dir.resolve("newer.so");
        var error = new UnsatisfiedLinkError("Unable to load library");
        error.addSuppressed(new UnsatisfiedLinkError(
                "/lib/x86_64-linux-gnu/libc.so.6: version `GLIBC_2.99' not found (required by newer.so)"));
        assertThat(LibraryFile.explain(file, error))
                .isEqualTo(file + " needs a newer glibc than this system has (/lib/x86_64-linux-gnu/libc.so.6: version"
                        + " `GLIBC_2.99' not found (required by newer.so))");
    }
}
