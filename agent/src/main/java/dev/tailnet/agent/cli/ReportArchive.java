package dev.tailnet.agent.cli;

import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** A zip file of texts, in one folder of its own, for this user's eyes. */
final class ReportArchive implements AutoCloseable {
    private static final String FOLDER = "tailnet-agent-bugreport/";

    private final ZipOutputStream zip;

    private ReportArchive(ZipOutputStream zip) {
        this.zip = zip;
    }

    /** @throws java.nio.file.FileAlreadyExistsException if there is such a file: it may be somebody else's, and readable */
    static ReportArchive create(Path file) throws IOException {
        var channel = Files.newByteChannel(
                file,
                Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
        return new ReportArchive(new ZipOutputStream(Channels.newOutputStream(channel), StandardCharsets.UTF_8));
    }

    void add(String name, String text) throws IOException {
        zip.putNextEntry(new ZipEntry(FOLDER + name));
        zip.write(text.getBytes(StandardCharsets.UTF_8));
        zip.closeEntry();
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
