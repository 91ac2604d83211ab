package dev.tailnet.agent.testing;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** Chromium without a window, driven through chromedriver (W3C WebDriver, and Chromium's own commands). */
public final class Browser implements AutoCloseable {
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Pattern PORT = Pattern.compile("started successfully on port (\\d+)");
    private static final JsonMapper JSON = JsonMapper.shared();

    private final HttpClient client =
            HttpClient.newBuilder().proxy(HttpClient.Builder.NO_PROXY).build();
    private final Process driver;
    private final String base;
    private final String session;

    private Browser(Process driver, int port, Path directory, Path program) {
        this.driver = driver;
        this.base = "http://127.0.0.1:" + port;
        List<String> arguments = List.of(
                "--headless",
                "--no-sandbox",
                "--disable-gpu",
                "--disable-quic",
                "--no-first-run",
                "--disable-background-networking",
                "--disable-component-update",
                "--disable-sync",
                "--disable-dev-shm-usage",
                "--hide-scrollbars",
                "--user-data-dir=" + directory.resolve("profile"));
        JsonNode answer = call(
                "POST",
                "/session",
                Map.of(
                        "capabilities",
                        Map.of(
                                "alwaysMatch",
                                Map.of(
                                        "goog:chromeOptions",
                                        Map.of("args", arguments, "binary", program.toString()),
                                        "goog:loggingPrefs",
                                        Map.of("browser", "ALL")))));
        this.session = answer.path("sessionId").asString();
    }

    private static Optional<Path> program(String name) {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** The first of the programs that are needed and not there; empty when all are. */
    public static String missing() {
        return Stream.of("chromium", "chromedriver")
                .filter(name -> program(name).isEmpty())
                .findFirst()
                .orElse("");
    }

    /** @param directory for its files, none of which it finds there */
    public static Browser start(Path directory) {
        try {
            var builder = new ProcessBuilder(
                            program("chromedriver").orElseThrow().toString(), "--port=0")
                    .redirectErrorStream(true)
                    .directory(directory.toFile());
            builder.environment().put("HOME", directory.toString());
            Process driver = builder.start();
            var output = new BufferedReader(new InputStreamReader(driver.getInputStream(), StandardCharsets.UTF_8));
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                Matcher port = PORT.matcher(line);
                if (port.find()) {
                    drain(output);
                    return new Browser(
                            driver,
                            Integer.parseInt(port.group(1)),
                            directory,
                            program("chromium").orElseThrow());
                }
            }
            throw new AssertionError("chromedriver ended");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void drain(BufferedReader output) {
        Thread.ofPlatform().daemon().name("chromedriver-output").start(() -> {
            try (output) {
                while (output.readLine() != null) {
                    // Nobody reads it; it must not fill the pipe.
                }
            } catch (IOException e) {
                // The driver has ended.
            }
        });
    }

    public void open(String url) {
        command("POST", "url", Map.of("url", url));
    }

    /** Makes it a screen of this size. */
    public void size(int width, int height, boolean isPhone) {
        chromium(
                "Emulation.setDeviceMetricsOverride",
                Map.of("width", width, "height", height, "deviceScaleFactor", isPhone ? 2 : 1, "mobile", isPhone));
    }

    /** Sets a media feature: {@code prefers-color-scheme} to {@code dark}. */
    public void prefer(String... features) {
        var all = Arrays.stream(features)
                .map(feature -> feature.split(":"))
                .map(feature -> Map.of("name", feature[0], "value", feature[1]))
                .toList();
        chromium("Emulation.setEmulatedMedia", Map.of("features", all));
    }

    /** The result of a script's {@code return}. */
    public JsonNode run(String script, Object... arguments) {
        return command("POST", "execute/sync", Map.of("script", script, "args", List.of(arguments)));
    }

    /** Returns once a script's {@code return} is true. */
    public void await(String script) {
        Eventually.get(PATIENCE, () -> run(script), result -> result.asBoolean(false));
    }

    /** Presses a key: {@code \uE004} is Tab, {@code \uE007} Enter. */
    public void press(String key) {
        command(
                "POST",
                "actions",
                Map.of(
                        "actions",
                        List.of(Map.of(
                                "type",
                                "key",
                                "id",
                                "keyboard",
                                "actions",
                                List.of(
                                        Map.of("type", "keyDown", "value", key),
                                        Map.of("type", "keyUp", "value", key))))));
    }

    /** What the browser complained about since it was asked before. */
    public List<String> complaints() {
        return command("POST", "se/log", Map.of("type", "browser"))
                .valueStream()
                .map(entry -> entry.path("message").asString())
                .toList();
    }

    /** Takes a picture of the whole page. */
    public void screenshot(Path file) {
        JsonNode size = chromium("Page.getLayoutMetrics", Map.of()).path("cssContentSize");
        JsonNode picture = chromium(
                "Page.captureScreenshot",
                Map.of(
                        "captureBeyondViewport",
                        true,
                        "clip",
                        Map.of(
                                "x",
                                0,
                                "y",
                                0,
                                "width",
                                size.path("width").asInt(),
                                "height",
                                size.path("height").asInt(),
                                "scale",
                                1)));
        try {
            Files.createDirectories(file.getParent());
            Files.write(file, Base64.getDecoder().decode(picture.path("data").asString()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private JsonNode chromium(String command, Map<String, Object> parameters) {
        return command("POST", "goog/cdp/execute", Map.of("cmd", command, "params", parameters));
    }

    private JsonNode command(String method, String path, Map<String, Object> body) {
        return call(method, "/session/" + session + "/" + path, body);
    }

    private JsonNode call(String method, String path, Map<String, Object> body) {
        HttpRequest request = HttpRequest.newBuilder(URI.create(base + path))
                .timeout(PATIENCE)
                .method(
                        method,
                        method.equals("DELETE")
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(JSON.writeValueAsString(body)))
                .build();
        try {
            String answer =
                    client.send(request, HttpResponse.BodyHandlers.ofString()).body();
            JsonNode value = JSON.readTree(answer).path("value");
            if (!value.path("error").asString("").isEmpty()) {
                throw new AssertionError(path + ": " + value.path("error") + " " + value.path("message"));
            }
            return value;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException(e);
        }
    }

    @Override
    public void close() {
        try {
            call("DELETE", "/session/" + session, Map.of());
        } finally {
            driver.destroy();
            try {
                if (!driver.waitFor(PATIENCE.toMillis(), TimeUnit.MILLISECONDS)) {
                    driver.destroyForcibly();
                }
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
            client.close();
        }
    }
}
