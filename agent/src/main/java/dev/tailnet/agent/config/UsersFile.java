package dev.tailnet.agent.config;

import dev.tailnet.proxy.auth.Users;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermission;
import java.util.EnumSet;
import java.util.Optional;
import java.util.Set;

/** Reads the file of users. */
final class UsersFile {
    private static final Set<PosixFilePermission> OTHERS = EnumSet.of(
            PosixFilePermission.GROUP_READ,
            PosixFilePermission.GROUP_WRITE,
            PosixFilePermission.OTHERS_READ,
            PosixFilePermission.OTHERS_WRITE);

    private final Findings findings;

    UsersFile(Findings findings) {
        this.findings = findings;
    }

    /** Returns the users; everything wrong with the file goes to the findings, without a word of its content. */
    Optional<Users> read(Path file, Source source) {
        try {
            var lines = Files.readAllLines(file);
            warnOfAccess(file, source);
            return Optional.of(
                    Users.parse(lines, (line, message) -> findings.problem(Source.line(file, line), message)));
        } catch (NoSuchFileException e) {
            findings.problem(source, file + " does not exist");
        } catch (CharacterCodingException e) {
            findings.problem(source, file + " is not in UTF-8");
        } catch (IOException e) {
            findings.problem(source, file + " cannot be read: " + Causes.of(e));
        }
        return Optional.empty();
    }

    private void warnOfAccess(Path file, Source source) throws IOException {
        var permissions = Files.getPosixFilePermissions(file);
        permissions.retainAll(OTHERS);
        if (!permissions.isEmpty()) {
            findings.warning(
                    source,
                    "other users of this machine may read or write the hashes in " + file + ": chmod 600 " + file);
        }
    }
}
