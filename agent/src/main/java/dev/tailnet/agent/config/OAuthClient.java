package dev.tailnet.agent.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A client of Tailscale's API that may make auth keys.
 *
 * @param secret with its attributes, if it has any
 * @param source where it came from, in words for an error message
 * @param file the file that it came from
 */
public record OAuthClient(Secret secret, String source, Optional<Path> file) implements Credential {

    @Override
    public OAuthClient again() throws IOException {
        return file.isEmpty() ? this : new OAuthClient(SecretFile.read(file.get()), source, file);
    }
}
