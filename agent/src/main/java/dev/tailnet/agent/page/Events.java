package dev.tailnet.agent.page;

import dev.tailnet.agent.observe.BlockedHost;
import dev.tailnet.agent.observe.LiveConnection;
import dev.tailnet.agent.observe.LogLine;
import dev.tailnet.agent.observe.Refused;
import dev.tailnet.agent.observe.Throughput;
import dev.tailnet.proxy.request.AddressText;
import dev.tailnet.proxy.request.ConnectFailure;
import dev.tailnet.proxy.request.ConnectRequest;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/** The events of the stream, whose component names are the page's. Times are milliseconds since the epoch. */
final class Events {
    private static final int LONGEST_MESSAGE = 500;

    private Events() {}

    /** Every second. */
    record Tick(
            long time, String state, String reason, long up, long down, int open, List<LiveConnection> connections) {}

    /** @param all whether this is not only what is new */
    record Requests(boolean all, List<Request> blocked, List<Request> failed, List<BlockedHost> hosts) {
        boolean isEmpty() {
            return blocked.isEmpty() && failed.isEmpty();
        }
    }

    record Request(
            long time,
            String protocol,
            String client,
            @Nullable String role,
            String target,
            @Nullable String rule,
            String reason,
            String message) {
        static Request of(Refused refused) {
            ConnectRequest request = refused.decision().request();
            ConnectFailure failure = refused.decision().failure();
            return new Request(
                    refused.time().toEpochMilli(),
                    name(request.protocol()),
                    request.client() instanceof InetSocketAddress address
                            ? AddressText.of(address.getAddress())
                            : "this machine",
                    request.role(),
                    request.target().toString(),
                    refused.decision().rule(),
                    failure == null ? "reported" : name(failure.reason()),
                    failure == null
                            ? "let through, as the policy only reports: "
                                    + cut(refused.decision().ruling().wouldDeny())
                            : cut(failure.getMessage()));
        }
    }

    /** @param all whether this is not only what is new */
    record Log(boolean all, List<Line> lines) {
        boolean isEmpty() {
            return lines.isEmpty();
        }
    }

    record Line(long time, String level, String message) {
        static Line of(LogLine line) {
            return new Line(line.time().toEpochMilli(), line.level(), cut(line.message()));
        }
    }

    record History(List<long[]> samples) {
        static History of(List<Throughput> samples) {
            return new History(samples.stream()
                    .map(sample -> new long[] {sample.time().toEpochMilli(), sample.bytesUp(), sample.bytesDown()})
                    .toList());
        }
    }

    static String name(Enum<?> constant) {
        return constant.name().toLowerCase(Locale.ROOT).replace('_', '-');
    }

    private static String cut(@Nullable String text) {
        if (text == null) {
            return "";
        }
        return text.length() <= LONGEST_MESSAGE ? text : text.substring(0, LONGEST_MESSAGE) + "…";
    }
}
