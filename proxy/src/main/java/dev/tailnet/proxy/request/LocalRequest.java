package dev.tailnet.proxy.request;

import java.net.InetAddress;
import org.jspecify.annotations.Nullable;

/**
 * What a command of this agent's own asks for over the control socket.
 *
 * @param at the one address of the target's host that is to be dialed, as a lookup here has told it; null when the host is to be
 *     looked up
 * @param process the process that it asks for, by its own word; 0 for itself
 * @param passesSocket whether the tunnel's client is a socket that the command passes once there is a tunnel, not the connection
 *     that it asks on
 */
public record LocalRequest(Target target, @Nullable InetAddress at, int process, boolean passesSocket) {

    /** One for a tunnel through the connection itself. */
    public static LocalRequest of(Target target) {
        return new LocalRequest(target, null, 0, false);
    }

    /** The same by address: the name is not the policy's to know. */
    public LocalRequest withoutName() {
        return at == null
                ? this
                : new LocalRequest(new Target(new Host.Address(at), target.port()), null, process, passesSocket);
    }
}
