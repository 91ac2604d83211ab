package dev.tailnet.bridge;

import com.sun.jna.Native;
import com.sun.jna.NativeLibrary;

/** The functions of {@code tailscale.h} that the bridge does not need itself, for tests of the library through JNA. */
final class CApi {
    static {
        Native.register(
                CApi.class, NativeLibrary.getInstance(Libtailscale.file().toString()));
    }

    private CApi() {}

    static native int tailscale_start(int sd);

    static native int tailscale_up(int sd);

    static native int tailscale_close(int sd);

    static native int tailscale_set_authkey(int sd, String authKey);

    static native int tailscale_set_logfd(int sd, int fd);

    static native int tailscale_getips(int sd, byte[] buffer, long length);

    static native int tailscale_dial(int sd, String network, String address, int[] connection);

    static native int tailscale_listen(int sd, String network, String address, int[] listener);

    static native int tailscale_accept(int listener, int[] connection);

    static native int tailscale_getremoteaddr(int listener, int connection, byte[] buffer, long length);

    static native int tailscale_loopback(
            int sd, byte[] address, long addressLength, byte[] proxyCredential, byte[] localApiCredential);

    static native int tailscale_enable_funnel_to_localhost_plaintext_http1(int sd, int port);
}
