package dev.tailnet.proxy.audit;

import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import dev.tailnet.proxy.request.Host;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs one {@code DECISION} line for each request and one {@code CLOSE} line for each tunnel: failures at info, and what would be one if the policy were enforced; the rest at debug. */
public final class Slf4jAuditSink implements AuditSink {
    private static final Logger LOGGER = LoggerFactory.getLogger("dev.tailnet.audit");

    @Override
    public void decided(Decision decision) {
        if (!decision.established() || decision.ruling().wouldDeny() != null) {
            LOGGER.info(line(decision));
        } else if (LOGGER.isDebugEnabled()) {
            LOGGER.debug(line(decision));
        }
    }

    @Override
    public void closed(Closed closed) {
        if (LOGGER.isDebugEnabled()) {
            LOGGER.debug(line(closed));
        }
    }

    static String line(Decision decision) {
        StringBuilder line = start("DECISION", decision.request());
        if (!decision.addresses().isEmpty()) {
            line.append(" addresses=").append(joined(decision.addresses()));
        }
        if (decision.answeredBy() != null) {
            line.append(" answered_by=").append(AuditWords.quoted(decision.answeredBy()));
        }
        address(line, decision.address());
        if (decision.route() != null) {
            line.append(" route=").append(decision.route());
        }
        milliseconds(line, " waited_ms=", decision.waited());
        milliseconds(line, " lookup_ms=", decision.lookup());
        milliseconds(line, " dial_ms=", decision.dial());
        ConnectFailure failure = decision.failure();
        if (failure == null) {
            line.append(" outcome=ESTABLISHED");
            String wouldDeny = decision.ruling().wouldDeny();
            return wouldDeny == null
                    ? line.toString()
                    : line.append(" rule=")
                            .append(decision.rule())
                            .append(" would_deny=")
                            .append(AuditWords.quoted(wouldDeny))
                            .toString();
        }
        line.append(" outcome=").append(failure.reason());
        if (decision.rule() != null) {
            line.append(" rule=").append(decision.rule());
        }
        return line.append(" message=")
                .append(AuditWords.quoted(failure.getMessage()))
                .toString();
    }

    static String line(Closed closed) {
        StringBuilder line = start("CLOSE", closed.request());
        address(line, closed.address());
        line.append(" route=")
                .append(closed.route())
                .append(" end=")
                .append(closed.end().cause())
                .append(" up=")
                .append(closed.end().bytesUp())
                .append(" down=")
                .append(closed.end().bytesDown())
                .append(" open_ms=")
                .append(closed.open().toMillis());
        if (!closed.end().detail().isEmpty()) {
            line.append(" detail=").append(AuditWords.quoted(closed.end().detail()));
        }
        return line.toString();
    }

    private static StringBuilder start(String what, ConnectRequest request) {
        var line = new StringBuilder(256)
                .append(what)
                .append(" id=")
                .append(request.id())
                .append(" protocol=")
                .append(request.protocol())
                .append(" client=");
        if (request.client() instanceof InetSocketAddress client) {
            line.append(new Host.Address(client.getAddress()).toUriString())
                    .append(':')
                    .append(client.getPort());
        } else {
            line.append("local");
        }
        if (request.role() != null) {
            line.append(" role=").append(AuditWords.quoted(request.role()));
        }
        return line.append(" target=").append(request.target());
    }

    private static void address(StringBuilder line, @Nullable InetAddress address) {
        if (address != null) {
            line.append(" address=").append(AddressText.of(address));
        }
    }

    private static void milliseconds(StringBuilder line, String key, Duration duration) {
        if (!duration.isZero()) {
            line.append(key).append(duration.toMillis());
        }
    }

    private static String joined(List<InetAddress> addresses) {
        return addresses.stream().map(AddressText::of).collect(Collectors.joining(","));
    }
}
