package dev.tailnet.agent.check;

import dev.tailnet.proxy.request.AddressText;
import java.io.IOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.time.Duration;

/**
 * An attempt to reach the target from this process itself, as a program does that ignores all proxies.
 *
 * @param words what came of it
 */
public record DirectAttempt(Egress egress, Duration took, String words) {
    private static final Duration PATIENCE = Duration.ofSeconds(2);

    /** What means this host itself, or its link, says nothing about the way out. */
    static boolean isWorthTrying(InetAddress address) {
        return !address.isLoopbackAddress()
                && !address.isAnyLocalAddress()
                && !address.isLinkLocalAddress()
                && !address.isMulticastAddress();
    }

    static DirectAttempt make(InetAddress address, int port) {
        String to = AddressText.of(address) + " port " + port;
        long start = System.nanoTime();
        try (var socket = new Socket(Proxy.NO_PROXY)) {
            socket.connect(new InetSocketAddress(address, port), Math.toIntExact(PATIENCE.toMillis()));
            return open(start, to + " can be reached from here without the agent");
        } catch (SocketTimeoutException e) {
            return closed(start, to + " does not answer without the agent");
        } catch (ConnectException e) {
            return String.valueOf(e.getMessage()).contains("refused")
                    ? open(start, to + " answers from here without the agent, by a refusal")
                    : closed(start, to + " without the agent: " + e.getMessage());
        } catch (IOException e) {
            return closed(start, to + " without the agent: " + e.getMessage());
        }
    }

    private static DirectAttempt open(long start, String words) {
        return new DirectAttempt(
                Egress.OPEN,
                Walk.since(start),
                "open: " + words + ", and programs that use no proxy are bound by none of its rules");
    }

    private static DirectAttempt closed(long start, String words) {
        return new DirectAttempt(Egress.CLOSED, Walk.since(start), "closed: " + words);
    }
}
