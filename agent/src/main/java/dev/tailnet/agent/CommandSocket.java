package dev.tailnet.agent;

import dev.tailnet.agent.config.LocalApiSocket;
import dev.tailnet.agent.localapi.LocalApiListener;
import dev.tailnet.agent.localapi.SocketFile;
import dev.tailnet.bridge.LocalApiPermission;
import dev.tailnet.bridge.TailnetNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.CompletionStage;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Where the tailscale command finds the node; who comes before that has started waits. */
final class CommandSocket implements Part {
    private static final Logger LOGGER = LoggerFactory.getLogger(CommandSocket.class);

    private final Core core;
    private final LocalApiSocket settings;
    private final CompletionStage<TailnetNode> node;
    private @Nullable LocalApiListener listener;

    CommandSocket(Core core, CompletionStage<TailnetNode> node) {
        this.core = core;
        this.node = node;
        this.settings = core.settings().localApi();
    }

    @Override
    public void open() throws StartFailure {
        var others = switch (settings.others()) {
            case READ -> LocalApiPermission.READ;
            case NONE -> LocalApiPermission.NOTHING;
        };
        listener = LocalApiListener.open(core.loops().group(), settings.path(), node, others);
        core.listeners().addLocalApi(settings.path());
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

    /** The node is about to go; those who are connected to it stay so until then. */
    @Override
    public void windDown() {
        close();
    }

    @Override
    public void close() {
        if (listener != null) {
            listener.close();
            listener = null;
        }
    }
}
