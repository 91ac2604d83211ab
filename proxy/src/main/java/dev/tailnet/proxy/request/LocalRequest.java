package dev.tailnet.proxy.request;

import java.net.InetAddress;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a command of this agent's own asks for over the control socket.
 *
 * @param at the one address of the target's host that is to be dialed, as a lookup here has told it; null when the host is to be
 *     looked up
 * @param alsoCalled the host's other names, as that lookup has told them
 * @param process the process that it asks for, by its own word; 0 for itself
 * @param way how the bytes come
 */
public record LocalRequest(Target target, @Nullable InetAddress at, List<String> alsoCalled, int process, Way way) {

    /** How what the target is sent comes here, and what it answers goes back. */
    public enum Way {
        /** On the connection that was asked on. */
        HERE,
        /** By a stream socket that the command passes once there is a tunnel. */
        PASSED_STREAM,
        /** By a UDP socket that the command passes once datagrams are allowed. */
        PASSED_DATAGRAMS
    }

    /** The same by address: the name is not the policy's to know. */
    public LocalRequest withoutName() {
        return at == null
                ? this
                : new LocalRequest(new Target(new Host.Address(at), target.port()), null, List.of(), process, way);
    }

    /** The same with the host's other names. */
    public LocalRequest alsoCalled(List<String> names) {
        return new LocalRequest(target, at, names, process, way);
    }
}
