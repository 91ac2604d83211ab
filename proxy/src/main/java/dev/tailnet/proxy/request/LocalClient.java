package dev.tailnet.proxy.request;

import java.net.SocketAddress;

/** A client on a unix socket, whom the system vouches for (unix(7), SO_PEERCRED). */
public final class LocalClient extends SocketAddress {
    private static final long serialVersionUID = 1L;

    private final int pid;
    private final int uid;
    private final int behind;

    /** @param pid 0 when it is none of this process's namespace */
    public LocalClient(int pid, int uid) {
        this(pid, uid, 0);
    }

    /** @param behind the process that the client says it asks for; 0 when it asks for itself */
    public LocalClient(int pid, int uid, int behind) {
        this.pid = pid;
        this.uid = uid;
        this.behind = behind;
    }

    /** The process that connected; 0 when it cannot be seen from here. */
    public int pid() {
        return pid;
    }

    /** The user who connected. */
    public int uid() {
        return uid;
    }

    /** The process that the client says it asks for, to be believed only of a descendant; 0 when it asks for itself. */
    public int behind() {
        return behind;
    }

    @Override
    public String toString() {
        return "local";
    }
}
