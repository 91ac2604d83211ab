package dev.tailnet.bridge;

import com.sun.jna.Library;
import com.sun.jna.NativeLibrary;
import com.sun.jna.Platform;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Opens the file of a library, and when it cannot be used says in one sentence why. */
final class LibraryFile {
    /** {@code RTLD_NOW}: what is missing shows at load, not at some later call. */
    private static final int OPEN_FLAGS = 2;

    private static final int ELF_MACHINE_OFFSET = 18;
    private static final int ELF_X86_64 = 62;
    private static final int ELF_AARCH64 = 183;

    private LibraryFile() {}

    /** @throws LibraryException if it cannot be mapped here, is another library, or has another ABI version */
    static NativeLibrary open(Path file, int abiVersion) {
        String unfit = misfit(file);
        if (unfit != null) {
            throw new LibraryException(unfit);
        }
        NativeLibrary library;
        try {
            library = NativeLibrary.getInstance(
                    file.toString(),
                    Map.of(Library.OPTION_OPEN_FLAGS, OPEN_FLAGS, Library.OPTION_STRING_ENCODING, "UTF-8"));
        } catch (UnsatisfiedLinkError e) {
            throw new LibraryException(explain(file, e), e);
        } catch (NoClassDefFoundError | ExceptionInInitializerError e) {
            throw new LibraryException("JNA, which loads " + file + ", cannot start: " + e.getMessage(), e);
        }
        int found;
        try {
            found = library.getFunction("tailnet_abi_version").invokeInt(new Object[0]);
        } catch (UnsatisfiedLinkError e) {
            throw new LibraryException(
                    file + " is not the libtailscale.so of tailnet-agent: it has no function tailnet_abi_version", e);
        }
        if (found != abiVersion) {
            library.close();
            throw new LibraryException(file + " has ABI version " + found + ", this tailnet-agent needs " + abiVersion
                    + ": use the libtailscale.so that came with it");
        }
        return library;
    }

    /** What the file's own header says against it; null if nothing. */
    private static @Nullable String misfit(Path file) {
        byte[] header;
        try (InputStream in = Files.newInputStream(file)) {
            header = in.readNBytes(ELF_MACHINE_OFFSET + 2);
        } catch (IOException e) {
            return "cannot read " + file + ": " + e;
        }
        if (header.length < ELF_MACHINE_OFFSET + 2
                || header[0] != 0x7f
                || header[1] != 'E'
                || header[2] != 'L'
                || header[3] != 'F') {
            return file + " is not a shared library (no ELF header)";
        }
        int machine = Byte.toUnsignedInt(header[ELF_MACHINE_OFFSET])
                | Byte.toUnsignedInt(header[ELF_MACHINE_OFFSET + 1]) << 8;
        int wanted = Platform.isARM() ? ELF_AARCH64 : ELF_X86_64;
        return machine == wanted
                ? null
                : file + " is built for " + machineName(machine) + ", this Java runs on " + machineName(wanted)
                        + ": install the tailnet-agent for " + machineName(wanted);
    }

    private static String machineName(int machine) {
        return switch (machine) {
            case ELF_X86_64 -> "x86-64";
            case ELF_AARCH64 -> "arm64";
            default -> "another machine (ELF machine " + machine + ")";
        };
    }

    static String explain(Path file, UnsatisfiedLinkError e) {
        Throwable[] attempts = e.getSuppressed();
        String reason = String.valueOf((attempts.length == 0 ? e : attempts[0]).getMessage())
                .lines()
                .findFirst()
                .orElse("");
        if (reason.contains("GLIBC_")) {
            return file + " needs a newer glibc than this system has (" + reason + ")";
        }
        if (reason.contains("failed to map segment")) {
            return file + " lies on a file system mounted noexec: install tailnet-agent elsewhere";
        }
        return "cannot load " + file + ": " + reason;
    }
}
