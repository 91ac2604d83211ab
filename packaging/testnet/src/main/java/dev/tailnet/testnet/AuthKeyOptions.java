package dev.tailnet.testnet;

import java.time.Duration;
import java.util.List;

/**
 * What an auth key allows.
 *
 * @param ephemeral the control server forgets the nodes of this key as soon as they log out
 * @param reusable more than one node may use the key
 * @param tags the tags its nodes get, such as {@code tag:test}; with none the nodes belong to the network's user
 * @param expiry how long the key is valid, from now
 */
public record AuthKeyOptions(boolean ephemeral, boolean reusable, List<String> tags, Duration expiry) {
    public AuthKeyOptions {
        tags = List.copyOf(tags);
    }

    /** A key for one node that stays known after it logged out, valid for an hour. */
    public static AuthKeyOptions singleUse() {
        return new AuthKeyOptions(false, false, List.of(), Duration.ofHours(1));
    }

    /** A key for one ephemeral node, valid for an hour. */
    public static AuthKeyOptions ephemeralNode() {
        return singleUse().withEphemeral(true);
    }

    public AuthKeyOptions withEphemeral(boolean value) {
        return new AuthKeyOptions(value, reusable, tags, expiry);
    }

    public AuthKeyOptions withReusable(boolean value) {
        return new AuthKeyOptions(ephemeral, value, tags, expiry);
    }

    public AuthKeyOptions withTags(String... values) {
        return new AuthKeyOptions(ephemeral, reusable, List.of(values), expiry);
    }

    public AuthKeyOptions withExpiry(Duration value) {
        return new AuthKeyOptions(ephemeral, reusable, tags, value);
    }
}
