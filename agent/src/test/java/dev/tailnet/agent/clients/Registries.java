package dev.tailnet.agent.clients;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Registries of one package, {@code demo}, as files that any web server can serve. */
final class Registries {
    static final String NPM_CONTENT = "module.exports = 'demo';";
    static final String PIP_CONTENT = "NAME = 'demo'";

    private Registries() {}

    /**
     * One for npm.
     *
     * @param url of the folder
     * @param scratch a folder of its own
     */
    static void npm(Path folder, String url, Path scratch, Path home) throws IOException {
        var content = Files.createDirectories(scratch.resolve("package"));
        Files.writeString(content.resolve("package.json"), "{\"name\": \"demo\", \"version\": \"1.0.0\"}");
        Files.writeString(content.resolve("index.js"), NPM_CONTENT);
        Program.named("tar", home)
                .run("czf", folder.resolve("demo-1.0.0.tgz").toString(), "-C", scratch.toString(), "package")
                .ok();
        Files.writeString(folder.resolve("demo"), """
                {"name": "demo", "dist-tags": {"latest": "1.0.0"},
                 "versions": {"1.0.0": {"name": "demo", "version": "1.0.0", "dist": {"tarball": "%s/demo-1.0.0.tgz"}}}}
                """.formatted(url));
    }

    /** One for pip (PEP 503). */
    static void pip(Path folder) throws IOException {
        var wheel = "demo-1.0-py3-none-any.whl";
        var index = Files.createDirectories(folder.resolve("demo"));
        Files.write(index.resolve(wheel), wheel());
        Files.writeString(index.resolve("index.html"), "<!DOCTYPE html><a href=\"" + wheel + "\">" + wheel + "</a>");
    }

    private static byte[] wheel() throws IOException {
        Map<String, String> files = new LinkedHashMap<>();
        files.put("demo.py", PIP_CONTENT + "\n");
        files.put("demo-1.0.dist-info/METADATA", "Metadata-Version: 2.1\nName: demo\nVersion: 1.0\n");
        files.put("demo-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\nRoot-Is-Purelib: true\nTag: py3-none-any\n");
        files.put("demo-1.0.dist-info/RECORD", "demo.py,,\ndemo-1.0.dist-info/RECORD,,\n");
        var bytes = new ByteArrayOutputStream();
        try (var zip = new ZipOutputStream(bytes)) {
            for (var file : files.entrySet()) {
                zip.putNextEntry(new ZipEntry(file.getKey()));
                zip.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
        return bytes.toByteArray();
    }
}
