package dev.tailnet.agent.watch;

import java.io.IOException;
import java.nio.file.ClosedWatchServiceException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchKey;
import java.nio.file.WatchService;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Notices when a file has another content. Watches directories, as editors and orchestrators put a new file, or a new link, in the
 * place of the old one.
 */
public final class FileWatch implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(FileWatch.class);

    /** Whoever writes a file in several steps is done with it when this long nothing has happened. */
    private static final Duration QUIET = Duration.ofMillis(100);

    private final WatchService service;
    private final Path file;
    private final Runnable action;
    private Optional<Stamp> seen;

    /** What tells one content from another without reading it. */
    private record Stamp(Path real, @Nullable Object key, FileTime modified, long size) {}

    private FileWatch(WatchService service, Path file, Runnable action) {
        this.service = service;
        this.file = file;
        this.action = action;
        this.seen = stamp();
    }

    /**
     * Begins to watch.
     *
     * @param action runs on a thread of its own, never twice at once, after each change
     * @throws IOException if the file's directory cannot be watched
     */
    public static FileWatch of(Path file, Runnable action) throws IOException {
        WatchService service = FileSystems.getDefault().newWatchService();
        var watch = new FileWatch(service, file.toAbsolutePath(), action);
        try {
            watch.register();
        } catch (IOException e) {
            service.close();
            throw e;
        }
        Thread.ofPlatform().daemon().name("file-watch").start(watch::run);
        return watch;
    }

    /** Watches where the name is and, when that is a link, where it leads. */
    private void register() throws IOException {
        register(parent(file));
        Optional<Stamp> stamp = seen;
        if (stamp.isPresent() && !parent(stamp.get().real()).equals(parent(file))) {
            register(parent(stamp.get().real()));
        }
    }

    private static Path parent(Path path) {
        Path parent = path.getParent();
        return parent == null ? path : parent;
    }

    private void register(Path directory) throws IOException {
        directory.register(
                service,
                StandardWatchEventKinds.ENTRY_CREATE,
                StandardWatchEventKinds.ENTRY_MODIFY,
                StandardWatchEventKinds.ENTRY_DELETE);
    }

    private void run() {
        try {
            while (true) {
                reset(service.take());
                for (WatchKey key = more(); key != null; key = more()) {
                    reset(key);
                }
                look();
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (ClosedWatchServiceException e) {
            // the end
        }
    }

    private @Nullable WatchKey more() throws InterruptedException {
        return service.poll(QUIET.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void reset(WatchKey key) {
        key.pollEvents();
        key.reset();
    }

    private void look() {
        Optional<Stamp> now = stamp();
        if (now.isEmpty() || now.equals(seen)) {
            // A file that is gone is about to come back, or is left to be found missing by the next reload.
            return;
        }
        seen = now;
        try {
            register();
        } catch (IOException e) {
            LOGGER.warn("{} is not watched any more: {}. SIGHUP has it read again", file, e.getMessage());
        }
        try {
            action.run();
        } catch (RuntimeException e) {
            LOGGER.error("What a change of {} was to bring about failed", file, e);
        }
    }

    private Optional<Stamp> stamp() {
        try {
            Path real = file.toRealPath();
            var attributes = Files.readAttributes(real, BasicFileAttributes.class);
            return Optional.of(new Stamp(real, attributes.fileKey(), attributes.lastModifiedTime(), attributes.size()));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    @Override
    public void close() {
        try {
            service.close();
        } catch (IOException e) {
            LOGGER.debug("The watch of {} does not close", file, e);
        }
    }
}
