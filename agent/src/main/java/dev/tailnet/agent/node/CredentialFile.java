package dev.tailnet.agent.node;

import dev.tailnet.agent.config.Credential;
import dev.tailnet.agent.watch.FileWatch;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The file that a credential came from: what it held when it was last used, and whether there is something else in it now. */
final class CredentialFile {
    private static final Logger LOGGER = LoggerFactory.getLogger(CredentialFile.class);

    private final Path path;
    private Credential used;
    private boolean awaiting;
    private @Nullable FileWatch watch;

    private CredentialFile(Path path, Credential first) {
        this.path = path;
        this.used = first;
    }

    /** Empty for a credential that came from elsewhere. */
    static Optional<CredentialFile> of(Credential credential) {
        return credential.file().map(path -> new CredentialFile(path, credential));
    }

    /**
     * What it holds now, which counts as used.
     *
     * @throws IOException whose message names the file and what is wrong with it
     */
    synchronized Credential read() throws IOException {
        Credential now = used.again();
        used = now;
        return now;
    }

    /** Calls the action, on a thread of its own, whenever there is another credential in the file than was used; also at once. */
    synchronized void await(Runnable action) {
        if (!awaiting) {
            awaiting = true;
            // What the file system is asked for must not keep the node's events waiting.
            Thread.ofVirtual().name("credential-file").start(() -> begin(action));
        }
    }

    /** Ends that. */
    synchronized void rest() {
        awaiting = false;
        if (watch != null) {
            watch.close();
            watch = null;
        }
    }

    private void begin(Runnable action) {
        synchronized (this) {
            if (!awaiting || watch != null) {
                return;
            }
            try {
                watch = FileWatch.of(path, () -> compare(action));
            } catch (IOException e) {
                LOGGER.warn("{} is not watched for another one: {}. Start the agent again then", path, e.getMessage());
                return;
            }
        }
        compare(action);
    }

    private void compare(Runnable action) {
        synchronized (this) {
            if (!awaiting) {
                return;
            }
            try {
                if (used.again().equals(used)) {
                    return;
                }
            } catch (IOException e) {
                LOGGER.debug("{}", e.getMessage());
                return;
            }
        }
        action.run();
    }
}
