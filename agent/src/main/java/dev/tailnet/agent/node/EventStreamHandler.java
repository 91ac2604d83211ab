package dev.tailnet.agent.node;

import dev.tailnet.bridge.BridgeException;
import dev.tailnet.bridge.NodeEvent;
import io.netty.buffer.ByteBuf;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.SimpleChannelInboundHandler;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Reads the node's events and hands each to whom it concerns. */
final class EventStreamHandler extends SimpleChannelInboundHandler<ByteBuf> {
    private static final Logger LOGGER = LoggerFactory.getLogger(EventStreamHandler.class);
    private static final Logger TAILSCALE = LoggerFactory.getLogger("tailscale");

    private final NodeSupervisor supervisor;
    private final OperationEvents operations;
    private final InboundEvents inbound;

    EventStreamHandler(NodeSupervisor supervisor, OperationEvents operations, InboundEvents inbound) {
        this.supervisor = supervisor;
        this.operations = operations;
        this.inbound = inbound;
    }

    @Override
    protected void channelRead0(ChannelHandlerContext ctx, ByteBuf frame) {
        NodeEvent event;
        try {
            event = NodeEvent.parse(frame.nioBuffer());
        } catch (BridgeException e) {
            LOGGER.error("{}", e.getMessage());
            return;
        }
        try {
            dispatch(event);
        } catch (RuntimeException e) {
            LOGGER.error(
                    "An event of the node could not be handled: {}",
                    event.getClass().getSimpleName(),
                    e);
        }
    }

    private void dispatch(NodeEvent event) {
        switch (event) {
            case NodeEvent.Dialed dialed -> operations.dialed(dialed);
            case NodeEvent.Closed closed -> operations.closed(closed);
            case NodeEvent.Resolved resolved -> operations.resolved(resolved);
            case NodeEvent.Answered answered -> operations.answered(answered);
            case NodeEvent.Changed() -> supervisor.tailnetChanged();
            case NodeEvent.ExitNode exitNode -> supervisor.exitNode(exitNode);
            case NodeEvent.Asked asked -> inbound.asked(asked);
            case NodeEvent.Accepted accepted -> inbound.accepted(accepted);
            case NodeEvent.Rejected rejected -> inbound.rejected(rejected);
            case NodeEvent.Ended ended -> inbound.ended(ended);
            case NodeEvent.Notify notify -> supervisor.notified(notify);
            case NodeEvent.Started started -> supervisor.started(started);
            case NodeEvent.Stopped stopped -> supervisor.stopped(stopped);
            case NodeEvent.Log log -> log(log);
        }
    }

    /**
     * What the tailscale packages find worth telling is about their own workings: of use to who looks for a fault, not to
     * operators. So only their warnings keep their level.
     */
    private static void log(NodeEvent.Log log) {
        switch (log.level()) {
            case DEBUG -> TAILSCALE.trace("{}", log.text());
            case INFO -> TAILSCALE.debug("{}", log.text());
            case WARNING -> TAILSCALE.warn("{}", log.text());
            case ERROR -> TAILSCALE.error("{}", log.text());
        }
    }

    @Override
    public void channelInactive(ChannelHandlerContext ctx) {
        supervisor.streamEnded();
        operations.ended();
        inbound.ended();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext ctx, Throwable cause) {
        LOGGER.error("The node's event stream is broken", cause);
        ctx.close();
    }
}
