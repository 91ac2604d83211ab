package dev.tailnet.agent.config;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.proxy.request.AddressText;
import java.net.InetSocketAddress;
import java.util.List;
import org.junit.jupiter.api.Test;

class ListenerSettingsTest {

    private static List<String> text(List<InetSocketAddress> addresses) {
        return addresses.stream().map(AddressText::of).toList();
    }

    @Test
    void bothProtocolsOnOneAddressAreOneListener() {
        var listeners = Load.with()
                .flag(Setting.SOCKS5_LISTEN, "localhost:1080")
                .flag(Setting.HTTP_LISTEN, "127.0.0.1:1080")
                .settings()
                .listeners();
        assertThat(text(listeners.mixed())).containsExactly("127.0.0.1:1055", "127.0.0.1:1080");
        assertThat(listeners.socks5()).isEmpty();
        assertThat(listeners.http()).isEmpty();
    }

    @Test
    void whatTheMixedListenerServesNeedsNoSecondOne() {
        var listeners = Load.with()
                .variable("TS_SOCKS5_SERVER", "localhost:1055")
                .settings()
                .listeners();
        assertThat(text(listeners.mixed())).containsExactly("127.0.0.1:1055");
        assertThat(listeners.socks5()).isEmpty();
    }

    @Test
    void theDefaultGivesWayToAWildcardOnItsPort() {
        var listeners = Load.with()
                .flag(Setting.SOCKS5_LISTEN, "0.0.0.0:1055")
                .settings()
                .listeners();
        assertThat(listeners.mixed()).isEmpty();
        assertThat(text(listeners.socks5())).containsExactly("0.0.0.0:1055");
    }

    @Test
    void portZeroIsADifferentPortEachTime() {
        var listeners = Load.with()
                .flag(Setting.LISTEN, "0")
                .flag(Setting.SOCKS5_LISTEN, "0")
                .flag(Setting.HTTP_LISTEN, "0")
                .flag(Setting.STATUS_LISTEN, "0")
                .settings()
                .listeners();
        assertThat(listeners.mixed()).hasSize(1);
        assertThat(listeners.socks5()).hasSize(1);
        assertThat(listeners.http()).hasSize(1);
        assertThat(listeners.status()).isPresent();
    }

    @Test
    void noneTurnsAListenerOff() {
        var listeners = Load.with()
                .flag(Setting.LISTEN, "none")
                .flag(Setting.STATUS_LISTEN, "none")
                .settings()
                .listeners();
        assertThat(listeners.mixed()).isEmpty();
        assertThat(listeners.status()).isEmpty();
    }

    @Test
    void repeatedAndCommaSeparatedAddressesAddUp() {
        var listeners = Load.with()
                .flag(Setting.LISTEN, "1056, 1057", "1058")
                .settings()
                .listeners();
        assertThat(text(listeners.mixed())).containsExactly("127.0.0.1:1056", "127.0.0.1:1057", "127.0.0.1:1058");
    }

    @Test
    void twoListenersOnOneAddressAreAProblemNamingBoth() {
        assertThat(Load.with()
                        .flag(Setting.LISTEN, "9002")
                        .variable("TS_SOCKS5_SERVER", "0.0.0.0:9002")
                        .problems())
                .containsExactly(
                        "TS_SOCKS5_SERVER (environment): 0.0.0.0:9002 is taken by listen 127.0.0.1:9002, --listen (flag)",
                        "default: 127.0.0.1:9002 is taken by listen 127.0.0.1:9002, --listen (flag)");
    }

    @Test
    void warnsThatTheProxyIsOpenToTheNetwork() {
        assertThat(Load.with().flag(Setting.LISTEN, "0.0.0.0:1055").load().warnings())
                .singleElement()
                .asString()
                .startsWith("--listen (flag): 0.0.0.0:1055 opens the proxy to the network");
        assertThat(Load.with().flag(Setting.STATUS_LISTEN, "[::]:9002").load().warnings())
                .singleElement()
                .asString()
                .contains("shows the node's status");
    }

    @Test
    void theStatusEndpointHasOneAddress() {
        assertThat(Load.with().flag(Setting.STATUS_LISTEN, "9002,9003").problems())
                .containsExactly("--status-listen (flag): takes one address");
    }
}
