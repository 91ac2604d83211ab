package dev.tailnet.agent.tunnel;

import dev.tailnet.bridge.Code;
import dev.tailnet.bridge.NodeEvent;
import dev.tailnet.proxy.resolve.Resolution;
import io.netty.util.concurrent.EventExecutor;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** A lookup under way. */
final class PendingLookup extends PendingOperation<Resolution, NodeEvent.Resolved> {
    private final String name;
    private final Duration timeout;

    PendingLookup(long id, String name, Duration timeout, EventExecutor executor, Canceller canceller) {
        super(id, executor, canceller);
        this.name = name;
        this.timeout = timeout;
    }

    @Override
    void complete(NodeEvent.Resolved event) {
        // That there is no such name is an answer too.
        if (event.code() == Code.OK || event.code() == Code.NO_SUCH_NAME) {
            trySuccess(new Resolution(
                    named(event.addresses()), event.alsoCalled(), event.timeToLive(), describe(event), false));
        } else {
            fail(event.code(), event.message());
        }
    }

    @Override
    void fail(Code code, String message) {
        tryFailure(FailureTexts.lookup(name, timeout, code, message));
    }

    /** The addresses with the name in them, so that later messages can say both. */
    private List<InetAddress> named(List<InetAddress> addresses) {
        List<InetAddress> named = new ArrayList<>(addresses.size());
        for (InetAddress address : addresses) {
            try {
                named.add(InetAddress.getByAddress(name, address.getAddress()));
            } catch (UnknownHostException e) {
                throw new IllegalStateException("an address has the length of an address", e);
            }
        }
        return named;
    }

    private static String describe(NodeEvent.Resolved event) {
        String who = switch (event.source()) {
            case MAGICDNS -> "MagicDNS";
            case SPLIT_DNS -> "split DNS";
            case SYSTEM -> "system";
            case EXTRA_RECORD -> "extra record";
            case VIA -> "4via6";
            case GLOBAL_DNS -> "tailnet DNS";
            case UNKNOWN -> "unknown";
        };
        return event.servers().isEmpty() ? who : who + " (" + event.servers() + ")";
    }
}
