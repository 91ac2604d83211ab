package dev.tailnet.proxy.request;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressTextTest {

    /** Of RFC 5952, section 4, and what it asks for in other places. */
    @ParameterizedTest
    @CsvSource({
        "2001:0DB8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "fd7a:115c:a1e0:0:0:0:0:0, fd7a:115c:a1e0::",
        "64:ff9b:0:0:0:0:a9fe:a9fe, 64:ff9b::a9fe:a9fe",
        "192.0.2.1, 192.0.2.1"
    })
    void isTheShortestThatStandsForTheAddress(String literal, String expected) {
        assertThat(AddressText.of(InetAddress.ofLiteral(literal))).isEqualTo(expected);
    }

    @Test
    void keepsTheZoneOfALink() throws Exception {
        byte[] address = InetAddress.ofLiteral("fe80::1").getAddress();

        assertThat(AddressText.of(Inet6Address.getByAddress(null, address, 7))).isEqualTo("fe80::1%7");
    }

    @ParameterizedTest
    @ValueSource(strings = {"192.0.2.1:443", "[2001:db8::1]:443"})
    void putsAnIpv6AddressInBracketsBeforeAPort(String expected) {
        String host = expected.substring(0, expected.lastIndexOf(':')).replaceAll("[\\[\\]]", "");

        assertThat(AddressText.of(new InetSocketAddress(InetAddress.ofLiteral(host), 443)))
                .isEqualTo(expected);
    }
}
