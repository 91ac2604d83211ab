package dev.tailnet.agent.cli.text;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.nayuki.qrcodegen.QrCode;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class QrTextTest {
    private static final String URL = "https://login.example.com/a/0123456789ab";
    private static final int QUIET = 4;

    private final QrCode code = QrCode.encodeText(URL, QrCode.Ecc.MEDIUM);

    @Test
    void halfBlocksAreTheModules() {
        List<String> lines = QrText.SMALL.print(URL, Map.of()).lines().toList();
        assertThat(lines).hasSize((code.size + 2 * QUIET + 1) / 2);
        for (int y = 0; y < code.size; y++) {
            for (int x = 0; x < code.size; x++) {
                char half = lines.get((y + QUIET) / 2).charAt(x + QUIET);
                boolean light = half == '█' || half == ((y + QUIET) % 2 == 0 ? '▀' : '▄');
                assertThat(light).as("%s,%s", x, y).isNotEqualTo(code.getModule(x, y));
            }
        }
    }

    @Test
    void blocksAndAsciiAreTwoCharactersAModule() {
        for (QrText form : List.of(QrText.LARGE, QrText.ASCII)) {
            List<String> lines = form.print(URL, Map.of()).lines().toList();
            assertThat(lines).hasSize(code.size + 2 * QUIET).allMatch(line -> line.length() == lines.size() * 2);
            assertThat(lines.get(QUIET).charAt(2 * QUIET)).isEqualTo(' ');
        }
        assertThat(QrText.ASCII.print(URL, Map.of())).matches("[# \\n]*");
    }

    @Test
    void theLocaleDecidesOnTheForm() {
        String blocks = QrText.SMALL.print(URL, Map.of());
        String ascii = QrText.ASCII.print(URL, Map.of());
        assertThat(QrText.AUTO.print(URL, Map.of("LANG", "de_DE.UTF-8"))).isEqualTo(blocks);
        assertThat(QrText.AUTO.print(URL, Map.of("LC_ALL", "C", "LANG", "de_DE.UTF-8")))
                .isEqualTo(ascii);
        assertThat(QrText.AUTO.print(URL, Map.of())).isEqualTo(ascii);
    }

    @Test
    void formsHaveNames() {
        assertThat(QrText.named("small")).isEqualTo(QrText.SMALL);
        assertThatThrownBy(() -> QrText.named("tiny")).hasMessageContaining("'tiny'");
    }
}
