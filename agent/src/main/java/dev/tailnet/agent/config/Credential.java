package dev.tailnet.agent.config;

import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;

/** What admits the node to its tailnet without a person. Used only when a login is needed. */
public sealed interface Credential permits AuthKey, OAuthClient, WorkloadIdentity {

    /** Where it came from, in words for an error message: {@code TS_AUTHKEY (environment)}. */
    String source();

    /** The file that it came from. */
    Optional<Path> file();

    /**
     * The same, read anew if it came from a file: somebody may have put another there.
     *
     * @throws IOException whose message names the file and what is wrong with it
     */
    Credential again() throws IOException;
}
