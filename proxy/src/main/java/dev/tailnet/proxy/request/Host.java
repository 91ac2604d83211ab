package dev.tailnet.proxy.request;

import java.net.InetAddress;

/** A host as a client named it: by name or by address. */
public sealed interface Host {

    /** The host as it stands in a URI: an IPv6 address in brackets. */
    String toUriString();

    /**
     * A host given by name.
     *
     * @param name normalised: lower case, IDNA A-labels, no trailing dot, 1 to 253 characters
     */
    record Name(String name) implements Host {
        @Override
        public String toUriString() {
            return name;
        }

        @Override
        public String toString() {
            return name;
        }
    }

    /** A host given by address; IPv4-mapped IPv6 has become IPv4. */
    record Address(InetAddress address) implements Host {
        @Override
        public String toUriString() {
            return AddressText.bracketed(address);
        }

        @Override
        public String toString() {
            return AddressText.of(address);
        }
    }
}
