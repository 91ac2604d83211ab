package dev.tailnet.proxy.http;

import dev.tailnet.proxy.auth.Authenticator;
import dev.tailnet.proxy.testing.TestChannel;

/** The front end in front of a channel without a socket. */
final class Fronts {
    private static final int MAX_HEADER_BYTES = 32_768;

    private Fronts() {}

    static void install(TestChannel channel) {
        install(channel, Authenticator.NONE);
    }

    static void install(TestChannel channel, Authenticator authenticator) {
        new HttpFrontEnd(channel.connector(), authenticator, HttpLimits.DEFAULT)
                .install(channel.pipeline(), channel.connection(), MAX_HEADER_BYTES);
    }
}
