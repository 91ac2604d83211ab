package dev.tailnet.agent.cli;

import java.io.IOException;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardWatchEventKinds;
import java.nio.file.WatchService;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Notices that a socket may have come about: what happens in its directory, or in the nearest one above that is there, is told by the kernel. */
final class SocketArrival implements AutoCloseable {
    /** Nothing tells when somebody listens on a socket that was left behind, or happens in a directory that cannot be read. */
    private static final Duration UNTOLD = Duration.ofSeconds(1);

    private final @Nullable WatchService service;
    private final boolean isTold;

    private SocketArrival(@Nullable WatchService service, boolean isTold) {
        this.service = service;
        this.isTold = isTold;
    }

    /** Begins to watch; what is tried after that and fails is worth another try when {@link #await} returns. */
    static SocketArrival watch(List<Path> sockets) {
        try {
            var service = FileSystems.getDefault().newWatchService();
            var isTold = true;
            for (var socket : sockets) {
                isTold &= register(socket.getParent(), service) && !Files.exists(socket);
            }
            return new SocketArrival(service, isTold);
        } catch (IOException e) {
            return new SocketArrival(null, false); // this user has as many watches as he may
        }
    }

    private static boolean register(@Nullable Path directory, WatchService service) {
        for (var there = directory; there != null; there = there.getParent()) {
            if (Files.isDirectory(there)) {
                try {
                    there.register(service, StandardWatchEventKinds.ENTRY_CREATE, StandardWatchEventKinds.ENTRY_MODIFY);
                    return true;
                } catch (IOException e) {
                    return false;
                }
            }
        }
        return false;
    }

    /** Returns when something has happened, or nothing has for as long as that; false when the verb is to end. */
    boolean await(Duration most) {
        var patience = isTold || most.compareTo(UNTOLD) < 0 ? most : UNTOLD;
        if (service == null) {
            return Pause.of(patience);
        }
        try {
            var unused = service.poll(patience.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return false;
        }
    }

    @Override
    public void close() {
        try {
            if (service != null) {
                service.close();
            }
        } catch (IOException e) {
            // The kernel forgets it at the end of the process.
        }
    }
}
