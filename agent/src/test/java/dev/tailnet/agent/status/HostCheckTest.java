package dev.tailnet.agent.status;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class HostCheckTest {

    @ParameterizedTest
    @CsvSource({
        "192.0.2.1,192.0.2.1:9002,true",
        "192.0.2.1,192.0.2.2:9002,false",
        "2001:db8::1,[2001:db8::1]:9002,true",
        "2001:db8:0:0:1:0:0:1,[2001:db8::1:0:0:1],true",
        "::,[::1]:9002,true",
        "2001:db8::1,[2001:db8::2]:9002,false"
    })
    void allowsTheListenersOwnAddress(String listener, String host, boolean allowed) {
        InetAddress address = InetAddress.ofLiteral(listener);

        assertThat(new HostCheck(new InetSocketAddress(address, 9002)).allows(host, address))
                .isEqualTo(allowed);
    }

    @Test
    void theZoneOfALinkIsNotPartOfAHost() throws Exception {
        byte[] bytes = InetAddress.ofLiteral("fe80::1").getAddress();
        InetAddress address = Inet6Address.getByAddress(null, bytes, 7);

        assertThat(new HostCheck(new InetSocketAddress(address, 9002)).allows("[fe80::1]:9002", address))
                .isTrue();
    }

    @Test
    void allowsTheAddressThatAConnectionToAWildcardListenerCameTo() {
        var check = new HostCheck(new InetSocketAddress(InetAddress.ofLiteral("0.0.0.0"), 9002));

        assertThat(check.allows("198.51.100.10:9002", InetAddress.ofLiteral("198.51.100.10")))
                .isTrue();
        assertThat(check.allows("rebound.example:9002", InetAddress.ofLiteral("198.51.100.10")))
                .isFalse();
    }
}
