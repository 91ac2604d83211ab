package dev.tailnet.bridge;

import com.sun.jna.Pointer;
import org.jspecify.annotations.Nullable;

/**
 * The functions of {@code tailscale.h} and {@code tailnet_bridge.h}, under their C names, bound by {@link Libtailscale}
 * (direct mapping: a call costs about a microsecond). Safe with any handle: the library checks it.
 */
final class Natives {
    private Natives() {}

    static native int tailscale_new();

    static native int tailscale_set_dir(int sd, String dir);

    static native int tailscale_set_hostname(int sd, String hostname);

    static native int tailscale_set_control_url(int sd, String controlUrl);

    static native int tailscale_set_ephemeral(int sd, int ephemeral);

    static native int tailscale_errmsg(int sd, byte[] buffer, long length);

    static native String tailnet_version();

    static native String tailnet_build();

    static native int tailnet_set_option(int sd, String name, String value);

    static native int tailnet_login(int sd, Pointer credential);

    static native int tailnet_events(int sd);

    static native int tailnet_start(int sd);

    static native int tailnet_close(int sd);

    static native int tailnet_route(int sd, long high, long low);

    static native int tailnet_resolve(int sd, long id, String name, int timeoutMillis);

    static native int tailnet_query(int sd, long id, byte[] message, long length, int timeoutMillis);

    static native int tailnet_resolve_in_tailnet(int sd, long id, String name, int timeoutMillis);

    static native int tailnet_dial(int sd, long id, int via, String ip, int port, int timeoutMillis);

    static native int tailnet_relay(
            int sd, long id, int clientFd, byte @Nullable [] early, long earlyLength, int idleTimeoutMillis);

    static native int tailnet_relay_fds(
            int sd,
            long id,
            int clientFd,
            int targetFd,
            byte @Nullable [] early,
            long earlyLength,
            byte @Nullable [] answer,
            long answerLength,
            int idleTimeoutMillis);

    static native int tailnet_cancel(int sd, long id);

    static native int tailnet_datagrams(int sd, int maxFlows);

    static native int tailnet_expose(int sd, String table);

    static native int tailnet_judge(int sd, long id, int allowed);

    static native int tailnet_localapi(int sd);

    static native int tailnet_serve_localapi(int sd, int clientFd, int others);

    static native int tailnet_stats(int sd, long[] out);

    static native int tailnet_traffic(int sd, int which, long[] out, int capacity);

    static native int tailnet_scrub(String secret);
}
