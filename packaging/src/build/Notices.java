import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/**
 * Writes the licence texts of everything that the distribution ships: the jars, the Go modules linked into its programs, and where those of
 * the Java runtime are. Anything without a text ends it with 1.
 *
 * <p>Usage: {@code java -cp LIB Notices.java JARS DISTRIBUTION LICENSES OUTPUT}; LIB has Jackson, JARS is what CycloneDX' plugin for Maven has
 * written, LICENSES has texts, by artifact, for jars that bring none.
 */
final class Notices {
    private static final Pattern LICENSE_FILE =
            Pattern.compile("(?i)(.*/)?(licen[sc]e|copying|notice|patents|AL2\\.0|LGPL2\\.1)(\\.(txt|md))?");
    private static final String OWN_JAR = "tailnet-agent.jar";
    private static final String OWN_GROUP = "dev.tailnet";
    private static final String APACHE = "Apache-2.0";

    private final Path licenses;
    private final PrintStream out;
    /** Texts, and the jar at which each stands. */
    private final Map<String, String> printed = new HashMap<>();

    private Notices(Path licenses, PrintStream out) {
        this.licenses = licenses;
        this.out = out;
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path distribution = Path.of(args[1]);
        try (var out = new PrintStream(Files.newOutputStream(Path.of(args[3])), false, StandardCharsets.UTF_8)) {
            out.println("Third-party software in this distribution, with its licences.");
            var notices = new Notices(Path.of(args[2]), out);
            notices.heading("Java runtime: OpenJDK "
                    + JavaRuntime.of(distribution).version() + ", " + System.getProperty("java.vendor"));
            out.println(
                    "GPL-2.0-only WITH Classpath-exception-2.0. Its licence, and those of what it has of others, are in the folder"
                            + " runtime/legal.");
            notices.goModules(distribution);
            notices.jars(JsonMapper.shared().readTree(Path.of(args[0]).toFile()), distribution.resolve("lib"));
            notices.heading("libffi, in libjnidispatch.so of JNA");
            out.println(Files.readString(Path.of(args[2]).resolve("libffi.txt")));
        }
    }

    private void goModules(Path distribution) throws IOException, InterruptedException {
        var modules = new LinkedHashMap<String, GoModule>();
        GoModule.of(distribution).values().forEach(all -> all.forEach(module -> modules.put(module.purl(), module)));
        for (GoModule module : modules.values()) {
            heading(module.title());
            for (Path file : module.licenseFiles()) {
                out.println(Files.readString(file));
            }
        }
    }

    private void jars(JsonNode bom, Path folder) throws IOException {
        var components = new HashMap<String, JsonNode>();
        bom.get("components")
                .forEach(component -> components.put(
                        component.get("name").stringValue() + "-"
                                + component.get("version").stringValue() + ".jar",
                        component));
        String apache = null;
        try (Stream<Path> listing = Files.list(folder)) {
            for (Path jar : listing.filter(file -> file.toString().endsWith(".jar") && !file.endsWith(OWN_JAR))
                    .sorted()
                    .toList()) {
                JsonNode component = components.get(jar.getFileName().toString());
                if (component == null) {
                    throw new IOException(jar + " is not in the bill of materials");
                }
                if (component.get("group").stringValue().equals(OWN_GROUP)) {
                    continue;
                }
                heading(jar.getFileName().toString());
                var texts = texts(jar);
                texts.values().forEach(text -> print(text, jar));
                apache = texts.values().stream()
                        .filter(Notices::isApache)
                        .findFirst()
                        .orElse(apache);
                if (texts.isEmpty()) {
                    out.println(otherwise(component));
                }
            }
        }
        if (apache == null) {
            throw new IOException("no jar has the text of " + APACHE);
        }
        heading("The text of " + APACHE);
        out.println(apache);
    }

    /** Once in full: what many jars bring is said of each of them by name. */
    private void print(String text, Path jar) {
        String name = jar.getFileName().toString();
        String first = printed.putIfAbsent(text, name);
        out.println(first == null ? text : "The text that stands at " + first);
    }

    private static boolean isApache(String text) {
        return text.contains("Apache License") && text.contains("END OF TERMS AND CONDITIONS");
    }

    private static Map<String, String> texts(Path path) throws IOException {
        var texts = new LinkedHashMap<String, String>();
        try (var jar = new JarFile(path.toFile())) {
            List<? extends ZipEntry> entries = jar.stream()
                    .filter(entry -> LICENSE_FILE.matcher(entry.getName()).matches())
                    .toList();
            for (ZipEntry entry : entries) {
                try (InputStream text = jar.getInputStream(entry)) {
                    texts.put(entry.getName(), new String(text.readAllBytes(), StandardCharsets.UTF_8));
                }
            }
        }
        return texts;
    }

    /** What to say of a jar that brings no text. */
    private String otherwise(JsonNode component) throws IOException {
        String name = component.get("name").stringValue();
        Path text = licenses.resolve(name + ".txt");
        if (Files.exists(text)) {
            return Files.readString(text);
        }
        boolean isApache = component
                .path("licenses")
                .valueStream()
                .anyMatch(license ->
                        license.path("license").path("id").stringValue("").equals(APACHE));
        if (!isApache) {
            throw new IOException("no licence text for " + name + ": put it into " + text);
        }
        return APACHE + "; its text stands at the end.";
    }

    private void heading(String name) {
        out.println("-".repeat(100));
        out.println(name);
        out.println();
    }
}
