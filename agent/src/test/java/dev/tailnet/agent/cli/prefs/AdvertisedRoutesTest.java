package dev.tailnet.agent.cli.prefs;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AdvertisedRoutesTest {

    @Test
    void networksAndExitNodeAreOneList() {
        var routes = AdvertisedRoutes.of(List.of("10.0.0.0/8", "fd00::/64", "10.0.0.0/8"), true);
        assertThat(routes).containsExactly("10.0.0.0/8", "fd00::/64", "0.0.0.0/0", "::/0");
        assertThat(AdvertisedRoutes.networks(routes)).containsExactly("10.0.0.0/8", "fd00::/64");
        assertThat(AdvertisedRoutes.isExitNode(routes)).isTrue();
        assertThat(AdvertisedRoutes.of(List.of("0.0.0.0/0", "::/0"), false)).hasSize(2);
        assertThat(AdvertisedRoutes.of(List.of("192.0.2.7/32"), false)).containsExactly("192.0.2.7/32");
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1/8", "10.0.0.0", "10.0.0.0/33", "box/8", "fd00::1/64", "0.0.0.0/0", "10.0.0.0/x"})
    void whatIsNoNetworkIsRefused(String network) {
        assertThatThrownBy(() -> AdvertisedRoutes.of(List.of(network), false))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(network);
    }
}
