package dev.tailnet.agent.localapi;

import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.Descriptors;
import dev.tailnet.bridge.LocalApiPermission;
import dev.tailnet.bridge.TailnetNode;
import io.netty.channel.ChannelHandler.Sharable;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.unix.UnixChannel;
import java.io.IOException;
import java.util.concurrent.CompletionStage;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Gives each client to the node, as soon as there is one, before anything is read from it. */
@Sharable
final class HandOver extends ChannelInboundHandlerAdapter {
    private static final Logger LOGGER = LoggerFactory.getLogger(HandOver.class);

    private final CompletionStage<TailnetNode> node;
    private final LocalApiPermission others;

    HandOver(CompletionStage<TailnetNode> node, LocalApiPermission others) {
        this.node = node;
        this.others = others;
    }

    @Override
    public void channelActive(ChannelHandlerContext ctx) {
        node.whenCompleteAsync(
                (made, failure) -> {
                    if (made != null && ctx.channel().isOpen()) {
                        handOver((UnixChannel) ctx.channel(), made);
                    }
                    ctx.close();
                },
                ctx.executor());
    }

    private void handOver(UnixChannel client, TailnetNode node) {
        try {
            node.serveLocalApi(Descriptors.duplicate(client.fd().intValue()), others);
        } catch (IOException | BridgeException e) {
            LOGGER.warn("A client of the LocalAPI was turned away: {}", e.getMessage());
        }
    }
}
