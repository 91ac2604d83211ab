package dev.tailnet.agent.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A key that admits the node to its tailnet.
 *
 * @param secret the key
 * @param source where it came from, in words for an error message: {@code TS_AUTHKEY (environment)}
 * @param file the file that it came from
 */
public record AuthKey(Secret secret, String source, Optional<Path> file) implements Credential {

    @Override
    public AuthKey again() throws IOException {
        return file.isEmpty() ? this : new AuthKey(SecretFile.read(file.get()), source, file);
    }
}
