package dev.tailnet.agent.audit;

import dev.tailnet.proxy.request.LocalClient;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Tells which process of this machine a client is, for many clients in one look at {@code /proc}. That takes a tenth of the time at
 * most: when requests come faster than they can be looked up, only some have an answer. For one thread, and not for an event
 * loop.
 */
final class ClientProcesses {
    /** One part in so many of the time. */
    private static final int SHARE = 10;

    private static final long MOST_SAVED_NANOS = 100_000_000;
    private static final long MOST_AT_ONCE_NANOS = 50_000_000;

    private final SocketTable table;
    private final ProcessScan processes;
    private final Supplier<List<InetSocketAddress>> listeners;
    private final LongSupplier nanoTime;
    private long savedNanos = MOST_SAVED_NANOS;
    private long lastNanos;

    /** @param listeners where clients connect to */
    ClientProcesses(Supplier<List<InetSocketAddress>> listeners) {
        this(Path.of("/proc"), ProcessHandle.current().pid(), listeners, System::nanoTime);
    }

    ClientProcesses(Path proc, long own, Supplier<List<InetSocketAddress>> listeners, LongSupplier nanoTime) {
        this.table = new SocketTable(proc.resolve("net"));
        this.processes = new ProcessScan(proc, own);
        this.listeners = listeners;
        this.nanoTime = nanoTime;
        this.lastNanos = nanoTime.getAsLong();
    }

    /** Returns those that could be found out. */
    Map<SocketAddress, ClientProcess> of(Collection<? extends SocketAddress> clients) {
        Map<SocketAddress, ClientProcess> found = new HashMap<>();
        List<InetSocketAddress> own = listeners.get();
        Set<InetSocketAddress> byTcp = new HashSet<>();
        for (SocketAddress client : clients) {
            switch (client) {
                case LocalClient local -> found.put(local, process(local.uid(), processOf(local)));
                case InetSocketAddress address when isLocal(address, own) -> byTcp.add(address);
                default -> {}
            }
        }
        if (!byTcp.isEmpty() && mayLook()) {
            long start = nanoTime.getAsLong();
            look(byTcp, own, found);
            savedNanos -= nanoTime.getAsLong() - start;
        }
        return found;
    }

    /** The one that it asks for, if that is one of its own. */
    private int processOf(LocalClient client) {
        int behind = client.behind();
        return behind != 0 && client.pid() != 0 && processes.isBelow(behind, client.pid()) ? behind : client.pid();
    }

    private static boolean isLocal(InetSocketAddress client, List<InetSocketAddress> own) {
        return client.getAddress().isLoopbackAddress()
                || own.stream().anyMatch(listener -> listener.getAddress().equals(client.getAddress()));
    }

    private boolean mayLook() {
        long now = nanoTime.getAsLong();
        savedNanos = Math.min(MOST_SAVED_NANOS, savedNanos + (now - lastNanos) / SHARE);
        lastNanos = now;
        return savedNanos > 0;
    }

    private void look(
            Set<InetSocketAddress> clients, List<InetSocketAddress> own, Map<SocketAddress, ClientProcess> found) {
        Set<Integer> ports = own.stream().map(InetSocketAddress::getPort).collect(Collectors.toSet());
        Map<InetSocketAddress, SocketTable.Owned> sockets;
        try {
            sockets = table.find(clients, ports);
        } catch (IOException e) {
            return;
        }
        long deadline = nanoTime.getAsLong() + MOST_AT_ONCE_NANOS;
        Set<Long> inodes =
                sockets.values().stream().map(SocketTable.Owned::inode).collect(Collectors.toSet());
        Map<Long, Long> pids =
                inodes.isEmpty() ? Map.of() : processes.find(inodes, () -> nanoTime.getAsLong() - deadline < 0);
        sockets.forEach((client, socket) -> {
            Long pid = pids.get(socket.inode());
            found.put(client, process(socket.uid(), pid == null ? 0 : pid.intValue()));
        });
    }

    /** @param pid 0 when it is not known */
    private ClientProcess process(int uid, int pid) {
        return pid == 0 ? new ClientProcess(uid, null, null) : new ClientProcess(uid, pid, command(pid));
    }

    private @Nullable String command(int pid) {
        return processes.command(pid);
    }
}
