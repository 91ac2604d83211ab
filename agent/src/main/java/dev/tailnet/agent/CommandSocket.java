package dev.tailnet.agent;

import dev.tailnet.agent.config.LocalApiSocket;
import dev.tailnet.agent.localapi.LocalApiListener;
import dev.tailnet.agent.localapi.SocketFile;
import dev.tailnet.agent.node.NodeSupervisor;
import dev.tailnet.bridge.LocalApiPermission;
import io.netty.channel.EventLoopGroup;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the tailscale command finds the node. */
final class CommandSocket implements AutoCloseable {
    private static final Logger LOGGER = LoggerFactory.getLogger(CommandSocket.class);

    private final LocalApiSocket settings;
    private @Nullable LocalApiListener listener;

    CommandSocket(LocalApiSocket settings) {
        this.settings = settings;
    }

    /**
     * Opens it.
     *
     * @param node has started
     */
    void open(EventLoopGroup loops, NodeSupervisor node, OpenListeners listeners) throws StartFailure {
        var others = switch (settings.others()) {
            case READ -> LocalApiPermission.READ;
            case NONE -> LocalApiPermission.NOTHING;
        };
        listener = LocalApiListener.open(loops, settings.path(), Objects.requireNonNull(node.node()), others);
        listeners.addLocalApi(settings.path());
        LOGGER.info("The tailscale command works with --socket={}", settings.path());
        settings.operator().ifPresent(operator -> warnIfOutOfReach(operator, settings.path()));
    }

    private static void warnIfOutOfReach(String operator, Path socket) {
        try {
            Path obstacle = SocketFile.obstacle(socket);
            if (obstacle != null) {
                LOGGER.warn(
                        "Operator {} cannot reach {}: {} is closed to other users. Run chmod o+x on it, or choose another"
                                + " place with --socket",
                        operator,
                        socket,
                        obstacle);
            }
        } catch (IOException e) {
            LOGGER.warn("Operator {} may be unable to reach {}: {}", operator, socket, e.getMessage());
        }
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close();
        }
    }
}
