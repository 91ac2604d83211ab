package dev.tailnet.agent.expose;

import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.InboundFlow;
import dev.tailnet.bridge.NodeEvent;
import dev.tailnet.proxy.audit.AuditWords;
import dev.tailnet.proxy.request.AddressText;
import java.net.InetSocketAddress;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one {@code INBOUND} line for each connection from the tailnet and one {@code INBOUND_CLOSE} line for each that was let
 * in: refusals at info, the rest at debug, as the proxies' audit does.
 */
class InboundAudit {
    private static final Logger LOGGER = LoggerFactory.getLogger("dev.tailnet.audit");

    void accepted(long id, InboundFlow flow) {
        if (LOGGER.isDebugEnabled()) {
            LOGGER.debug(acceptedLine(id, flow));
        }
    }

    void rejected(long id, InboundFlow flow, Refusal refusal, String message) {
        LOGGER.info(rejectedLine(id, flow, refusal, message));
    }

    void ended(NodeEvent.Ended event, InboundFlow flow, Duration open) {
        if (LOGGER.isDebugEnabled()) {
            LOGGER.debug(endedLine(event, flow, open));
        }
    }

    static String acceptedLine(long id, InboundFlow flow) {
        return start("INBOUND", id, flow).append(" outcome=ESTABLISHED").toString();
    }

    static String rejectedLine(long id, InboundFlow flow, Refusal refusal, String message) {
        return start("INBOUND", id, flow)
                .append(" outcome=")
                .append(refusal)
                .append(" message=")
                .append(AuditWords.quoted(message))
                .toString();
    }

    static String endedLine(NodeEvent.Ended event, InboundFlow flow, Duration open) {
        StringBuilder line = start("INBOUND_CLOSE", event.id(), flow)
                .append(" end=")
                .append(event.code() == Code.OK ? "FINISHED" : event.code().name())
                .append(" up=")
                .append(event.bytesUp())
                .append(" down=")
                .append(event.bytesDown())
                .append(" open_ms=")
                .append(open.toMillis());
        if (!event.message().isEmpty()) {
            line.append(" detail=").append(AuditWords.quoted(event.message()));
        }
        return line.toString();
    }

    private static StringBuilder start(String what, long id, InboundFlow flow) {
        StringBuilder line = new StringBuilder(256)
                .append(what)
                .append(" id=")
                .append(id)
                .append(" transport=")
                .append(flow.transport())
                .append(" peer=")
                .append(AddressText.of(flow.peer()));
        if (!flow.node().isEmpty()) {
            line.append(" node=").append(flow.node());
        }
        line.append(" port=").append(flow.port());
        InetSocketAddress service = flow.service();
        if (service != null) {
            line.append(" service=").append(AddressText.of(service));
        }
        return line;
    }
}
