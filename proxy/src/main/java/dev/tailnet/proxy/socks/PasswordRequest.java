package dev.tailnet.proxy.socks;

import dev.tailnet.proxy.auth.Credentials;
import java.util.Optional;

/**
 * A request of RFC 1929.
 *
 * @param credentials empty when the request cannot be read, or has such as nobody can have
 */
record PasswordRequest(Optional<Credentials> credentials) {}
