package dev.tailnet.agent;

import dev.tailnet.agent.config.NodeSettings;
import dev.tailnet.agent.config.SandboxId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.json.JsonFactory;

/**
 * The node's identity in its file: whole, or the agent does not start. The library would go on without what it cannot read, or
 * end with words about JSON; the node would have another identity, and the old one would be lost.
 */
final class StateFile {
    private static final String NAME = "tailscaled.state";
    private static final DateTimeFormatter STAMP =
            DateTimeFormatter.ofPattern("yyyyMMdd'T'HHmmss'Z'").withZone(ZoneOffset.UTC);
    private static final Logger LOGGER = LoggerFactory.getLogger(StateFile.class);

    private StateFile() {}

    /**
     * Prepares the state directory, moves the file in it aside if the settings say so, and looks whether it can be read.
     *
     * @throws StartFailure if the node could not keep its state there, or what it kept is damaged
     */
    static void prepare(NodeSettings settings, Clock clock) throws StartFailure {
        if (settings.stateDir().isEmpty()) {
            return;
        }
        Path directory = settings.stateDir().get();
        StateDirectory.prepare(directory);
        Path file = directory.resolve(NAME);
        if (settings.preferences().resetState()) {
            moveAside(file, clock.instant());
        }
        check(file);
        if (settings.preferences().id().isPresent()) {
            keep(settings.preferences().id().get(), directory);
        }
    }

    private static void moveAside(Path file, Instant now) throws StartFailure {
        Path aside = file.resolveSibling(NAME + ".aside-" + STAMP.format(now));
        try {
            Files.move(file, aside);
            LOGGER.warn("The state file is now {}: the node logs in anew", aside);
        } catch (NoSuchFileException e) {
            LOGGER.info("There is no state file to move aside");
        } catch (IOException e) {
            throw new StartFailure(
                    ExitCode.STATE_DIR, "the state file " + file + " cannot be moved aside: " + e.getMessage(), e);
        }
    }

    /** An empty file counts as none, as for tailscaled. */
    private static void check(Path file) throws StartFailure {
        byte[] content;
        try {
            content = Files.readAllBytes(file);
        } catch (NoSuchFileException e) {
            return;
        } catch (IOException e) {
            throw new StartFailure(
                    ExitCode.STATE_DIR,
                    "the state file " + file + " cannot be read: " + e.getMessage() + ". The node's identity is in it:"
                            + " make it readable for this user (and no other), or choose another --state-dir",
                    e);
        }
        if (content.length == 0) {
            LOGGER.warn("The state file {} is empty: the node logs in anew", file);
            return;
        }
        try (JsonParser parser = new JsonFactory().createParser(ObjectReadContext.empty(), content)) {
            if (parser.nextToken() != JsonToken.START_OBJECT) {
                throw damaged(file, "it is no JSON object", null);
            }
            parser.skipChildren();
            if (parser.nextToken() != null) {
                throw damaged(file, "something follows its end", null);
            }
        } catch (JacksonException e) {
            throw damaged(file, "it breaks off or is garbled near byte " + offset(e) + " of " + content.length, e);
        }
    }

    private static long offset(JacksonException e) {
        return e.getLocation() == null ? 0 : Math.max(0, e.getLocation().getByteOffset());
    }

    private static StartFailure damaged(Path file, String how, @Nullable Throwable cause) {
        return new StartFailure(
                ExitCode.STATE_DIR,
                "the state file " + file + " is damaged: " + how + ". Restore it from a copy, or start once with"
                        + " --reset-state, which moves it aside: the node then logs in anew, for which it needs a valid"
                        + " auth key",
                cause);
    }

    /** Without it the next start might take another name, but this one goes on. */
    private static void keep(String id, Path directory) {
        try {
            SandboxId.keep(id, directory);
        } catch (IOException e) {
            LOGGER.warn("The id {} cannot be kept in {}: {}", id, directory, e.getMessage());
        }
    }
}
