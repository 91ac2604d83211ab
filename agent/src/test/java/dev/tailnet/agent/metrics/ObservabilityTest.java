package dev.tailnet.agent.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import dev.tailnet.agent.observe.Decisions;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The dashboard and the alerts ask for what there is. */
class ObservabilityTest {
    private static final Path FOLDER = Path.of("../packaging/observability");
    private static final Pattern METRIC = Pattern.compile("\\b(tailnet|jvm|process|system)_[a-z_]+");
    private static final Pattern MATCHER = Pattern.compile("([a-z_]+)(=~|!=|!~|=)\"([^\"]*)\"");

    private static String scrape() {
        var metrics = new Metrics(TestSources.RUNNING);
        metrics.decided(Decisions.established(1, "a.test"));
        return metrics.scrape();
    }

    @ParameterizedTest
    @ValueSource(strings = {"grafana-dashboard.json", "prometheus-rules.yaml"})
    void everyMetricIsInAScrape(String file) throws IOException {
        Set<String> known = scrape().lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("[{ ]", 2)[0])
                .collect(Collectors.toCollection(TreeSet::new));
        Set<String> asked = METRIC.matcher(Files.readString(FOLDER.resolve(file)))
                .results()
                .map(found -> found.group())
                .collect(Collectors.toCollection(TreeSet::new));

        assertThat(asked).isNotEmpty().isSubsetOf(known);
    }

    @ParameterizedTest
    @ValueSource(strings = {"grafana-dashboard.json", "prometheus-rules.yaml"})
    void everyValueOfALabelIsInAScrape(String file) throws IOException {
        String scrape = scrape();
        String text = Files.readString(FOLDER.resolve(file)).replace("\\\"", "\"");
        MATCHER.matcher(text)
                .results()
                .filter(found -> !Set.of("job", "instance").contains(found.group(1)))
                .forEach(found -> {
                    for (String value : found.group(3).split("\\|")) {
                        assertThat(scrape).contains(found.group(1) + "=\"" + value + "\"");
                    }
                });
    }

    @Test
    void theDashboardHasNoPanelTwice() throws IOException {
        JsonNode dashboard = JsonMapper.shared().readTree(Files.readString(FOLDER.resolve("grafana-dashboard.json")));

        assertThat(dashboard
                        .path("panels")
                        .valueStream()
                        .map(panel -> panel.path("id").asInt()))
                .doesNotHaveDuplicates();
        assertThat(dashboard
                        .path("panels")
                        .valueStream()
                        .filter(panel -> panel.path("targets").isArray()))
                .allSatisfy(panel -> {
                    assertThat(panel.path("title").asString()).isNotEmpty();
                    assertThat(panel.path("description").asString()).isNotEmpty();
                });
    }
}
