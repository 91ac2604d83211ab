package dev.tailnet.bridge;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** Holds the Java side to the C headers. */
class HeaderTest {
    private static final Path INCLUDE = Path.of("src/main/include");

    @Test
    void codes() throws IOException {
        constants("tailnet_code")
                .forEach((number, name) -> assertThat(Code.of(number).name()).isEqualTo(name));
        assertThat(constants("tailnet_code")).hasSize(Code.values().length - 1);
        assertThat(Code.of(254)).isEqualTo(Code.UNKNOWN);
        assertThat(Code.of(256)).isEqualTo(Code.UNKNOWN);
        assertThat(Code.of(-1)).isEqualTo(Code.UNKNOWN);
    }

    @Test
    void routes() throws IOException {
        Map<Integer, String> header = constants("tailnet_route");
        header.forEach((number, name) ->
                assertThat("ROUTE_" + TailnetRoute.of(number).name()).isEqualTo(name));
        assertThat(header).hasSize(TailnetRoute.values().length - 1);
        assertThat(TailnetRoute.of(header.size())).isEqualTo(TailnetRoute.UNKNOWN);
    }

    @Test
    void sources() throws IOException {
        Map<Integer, String> header = constants("tailnet_source");
        header.forEach((number, name) ->
                assertThat("SOURCE_" + Source.of(number).name()).isEqualTo(name));
        assertThat(header).hasSize(Source.values().length - 1);
        assertThat(Source.of(0)).isEqualTo(Source.UNKNOWN);
    }

    @Test
    void vias() throws IOException {
        Map<Integer, String> header = constants("tailnet_via");
        assertThat(header).hasSize(Via.values().length);
        for (Via via : Via.values()) {
            assertThat(header).containsEntry(via.number(), "VIA_" + via.name());
        }
    }

    @Test
    void permissions() throws IOException {
        Map<Integer, String> header = constants("tailnet_permission");
        assertThat(header).hasSize(LocalApiPermission.values().length);
        for (LocalApiPermission permission : LocalApiPermission.values()) {
            assertThat(header).containsEntry(permission.number(), "PERMIT_" + permission.name());
        }
    }

    @Test
    void frames() throws IOException {
        Map<Integer, String> header = constants("tailnet_frame");
        String[] records = Arrays.stream(NodeEvent.class.getPermittedSubclasses())
                .map(event -> event.getSimpleName()
                        .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                        .toUpperCase(Locale.ROOT))
                .toArray(String[]::new);
        assertThat(header.values()).containsExactlyInAnyOrder(records);
    }

    @Test
    void datagramFrames() throws IOException {
        assertThat(constants("tailnet_datagram_frame"))
                .isEqualTo(Map.of(1, "FLOW_OPEN", 2, "FLOW_CLOSE", 3, "DATAGRAM", 4, "FLOW_OPENED", 5, "FLOW_CLOSED"));
    }

    @Test
    void unknownTimeToLive() throws IOException {
        assertThat(text("tailnet_bridge.h"))
                .contains("#define TAILNET_TTL_UNKNOWN 0x" + Integer.toHexString(NodeEvent.TTL_UNKNOWN) + "u\n");
    }

    @Test
    void abiVersion() throws IOException {
        assertThat(text("tailnet_bridge.h")).contains("#define TAILNET_ABI_VERSION " + Libtailscale.ABI_VERSION + "\n");
    }

    @Test
    void statisticsHaveAFieldPerMemberOfTheStruct() throws IOException {
        var struct = Pattern.compile("struct tailnet_stats \\{(.*?)\\};", Pattern.DOTALL)
                .matcher(text("tailnet_bridge.h"));
        assertThat(struct.find()).isTrue();
        assertThat(struct.group(1).split("uint64_t ", -1)).hasSize(Stats.FIELDS + 1);
    }

    @Test
    void everyNativeFunctionIsDeclaredWithAsManyParameters() throws IOException {
        String declarations = text("tailscale.h") + text("tailnet_bridge.h");
        for (Method method : Natives.class.getDeclaredMethods()) {
            if (Modifier.isNative(method.getModifiers())) {
                var declaration = Pattern.compile("\\b" + method.getName() + "\\(([^)]*)\\);")
                        .matcher(declarations);
                assertThat(declaration.find()).as(method.getName()).isTrue();
                String parameters = declaration.group(1).replace("void)", ")");
                int count = parameters.isBlank() || parameters.equals("void") ? 0 : parameters.split(",", -1).length;
                assertThat(count).as(method.getName()).isEqualTo(method.getParameterCount());
            }
        }
    }

    /** The constants of an enum of the header, without TAILNET_, by number. */
    private static Map<Integer, String> constants(String name) throws IOException {
        var body = Pattern.compile("enum " + name + " \\{(.*?)\\};", Pattern.DOTALL)
                .matcher(text("tailnet_bridge.h"));
        assertThat(body.find()).isTrue();
        Map<Integer, String> constants = new TreeMap<>();
        var constant = Pattern.compile("TAILNET_(\\w+) = (\\d+)").matcher(body.group(1));
        while (constant.find()) {
            constants.put(Integer.valueOf(constant.group(2)), constant.group(1));
        }
        return constants;
    }

    private static String text(String header) throws IOException {
        return Files.readString(INCLUDE.resolve(header));
    }
}
