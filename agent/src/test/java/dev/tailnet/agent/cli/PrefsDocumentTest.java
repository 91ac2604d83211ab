package dev.tailnet.agent.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.tailnet.agent.cli.prefs.Preference;
import dev.tailnet.agent.cli.prefs.Preferences;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PrefsDocumentTest {
    private static final String PREFS = """
            {"ControlURL":"http://control","RouteAll":true,"ExitNodeID":"n9","ExitNodeIP":"","CorpDNS":true,
             "WantRunning":false,"LoggedOut":true,"ShieldsUp":false,"AdvertiseTags":["tag:ci"],"Hostname":"box",
             "AdvertiseRoutes":["10.0.0.0/8","0.0.0.0/0","::/0"],"NetfilterMode":2,"Config":null}
            """;
    private static final String STATUS = """
            {"BackendState":"Running","MagicDNSSuffix":"tail.example","Self":{"TailscaleIPs":["100.64.0.1"]},
             "Peer":{"k":{"ID":"n9","DNSName":"exit.tail.example.","TailscaleIPs":["100.64.0.9"],"ExitNodeOption":true},
              "l":{"ID":"n8","DNSName":"db.tail.example.","TailscaleIPs":["100.64.0.8"]}}}
            """;

    private static PrefsDocument document() throws ControlException {
        return new PrefsDocument(Json.parse(PREFS), Json.parse(STATUS));
    }

    private static Preferences of(Preference preference, String value) {
        return new Preferences(Map.of(preference, value));
    }

    @Test
    void readsThemAsFlags() throws Exception {
        assertThat(document().read().values())
                .containsEntry(Preference.LOGIN_SERVER, "http://control")
                .containsEntry(Preference.ACCEPT_ROUTES, "true")
                .containsEntry(Preference.SHIELDS_UP, "false")
                .containsEntry(Preference.ADVERTISE_TAGS, "tag:ci")
                .containsEntry(Preference.ADVERTISE_ROUTES, "10.0.0.0/8")
                .containsEntry(Preference.ADVERTISE_EXIT_NODE, "true")
                .containsEntry(Preference.EXIT_NODE, "100.64.0.9")
                .containsEntry(Preference.OPERATOR, "");
    }

    @Test
    void masksWhatIsChanged() throws Exception {
        assertThat(document().masked(of(Preference.ACCEPT_ROUTES, "false"), Map.of("WantRunning", true)))
                .isEqualTo("{\"RouteAll\":false,\"RouteAllSet\":true,\"WantRunning\":true,\"WantRunningSet\":true}");
        assertThat(document().masked(of(Preference.ADVERTISE_ROUTES, "192.168.0.0/24"), Map.of()))
                .isEqualTo(
                        "{\"AdvertiseRoutes\":[\"192.168.0.0/24\",\"0.0.0.0/0\",\"::/0\"],\"AdvertiseRoutesSet\":true}");
        assertThat(document().masked(of(Preference.ADVERTISE_EXIT_NODE, "false"), Map.of()))
                .startsWith("{\"AdvertiseRoutes\":[\"10.0.0.0/8\"],");
    }

    @Test
    void keepsWhatItDoesNotKnow() throws Exception {
        var changed = document().with(of(Preference.HOSTNAME, "other"));
        assertThat(JsonWriter.write(changed))
                .contains("\"Hostname\":\"other\"", "\"NetfilterMode\":2", "\"Config\":null", "\"WantRunning\":true")
                .contains("\"LoggedOut\":false");
    }

    @Test
    void exitNodesAreNamedByNameAddressOrAutomatic() throws Exception {
        for (var name : new String[] {"exit", "EXIT.tail.example", "exit.tail.example.", "100.64.0.9"}) {
            assertThat(document().masked(of(Preference.EXIT_NODE, name), Map.of()))
                    .as(name)
                    .contains("\"ExitNodeID\":\"\"", "\"ExitNodeIP\":\"100.64.0.9\"", "\"AutoExitNode\":\"\"");
        }
        assertThat(document().masked(of(Preference.EXIT_NODE, "auto:any"), Map.of()))
                .contains("\"ExitNodeIP\":\"\"", "\"AutoExitNode\":\"any\"");
        assertThat(document().masked(of(Preference.EXIT_NODE, ""), Map.of())).contains("\"ExitNodeIP\":\"\"");
    }

    @Test
    void whatIsNoExitNodeIsRefusedWithTheReason() throws Exception {
        var document = document();
        assertThatThrownBy(() -> document.masked(of(Preference.EXIT_NODE, "db"), Map.of()))
                .hasMessageContaining("db offers no exit");
        assertThatThrownBy(() -> document.masked(of(Preference.EXIT_NODE, "none"), Map.of()))
                .hasMessageContaining("no peer named 'none'");
        assertThatThrownBy(() -> document.masked(of(Preference.EXIT_NODE, "100.64.0.1"), Map.of()))
                .hasMessageContaining("this node itself");
        assertThatThrownBy(() -> document.masked(of(Preference.EXIT_NODE, "100.64.0.77"), Map.of()))
                .hasMessageContaining("no peer has the address");
    }
}
