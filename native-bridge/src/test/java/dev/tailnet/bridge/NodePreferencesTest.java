package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.bridge.NodePreferences.Option;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;

class NodePreferencesTest {

    @Test
    void areOptionsOfTheLibrary() {
        var preferences = new NodePreferences(
                false, List.of("10.0.0.0/8", "fd00::/64"), true, 41641, Set.of(Option.TAGS, Option.CONTROL_URL));

        assertThat(preferences.options())
                .containsEntry("accept-dns", "false")
                .containsEntry("advertise-routes", "10.0.0.0/8,fd00::/64")
                .containsEntry("shields-up", "true")
                .containsEntry("port", "41641")
                .containsEntry("yielding", "control-url,tags");
    }

    @Test
    void leaveShieldsToTheOptionsUnlessTheySaySomething() {
        assertThat(new NodePreferences(true, List.of(), null, 0, Set.of()).options())
                .doesNotContainKey("shields-up");
    }

    @Test
    void knowPortsFromOthers() {
        assertThatThrownBy(() -> new NodePreferences(true, List.of(), null, 65536, Set.of()))
                .isInstanceOf(IllegalArgumentException.class);
    }
}
