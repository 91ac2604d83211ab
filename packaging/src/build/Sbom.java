import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.SerializationFeature;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/**
 * Writes the distribution's bill of materials (CycloneDX): the jars as the plugin of Maven has them, and with them what Maven
 * does not know, the Go programs with their modules and the Java runtime.
 *
 * <p>Usage: {@code java -cp LIB Sbom.java JARS DISTRIBUTION OUTPUT}; LIB has Jackson, JARS is what the plugin has written.
 */
final class Sbom {
    private final ObjectMapper json =
            JsonMapper.builder().enable(SerializationFeature.INDENT_OUTPUT).build();
    private final ObjectNode bom;
    private final ArrayNode components;
    private final ArrayNode dependencies;
    private final ArrayNode ofAgent;

    private Sbom(Path jars) {
        bom = (ObjectNode) json.readTree(jars.toFile());
        components = (ArrayNode) bom.get("components");
        dependencies = (ArrayNode) bom.get("dependencies");
        var subject = (ObjectNode) bom.get("metadata").get("component");
        subject.put("name", "tailnet-agent").remove("purl");
        String reference = subject.get("bom-ref").stringValue();
        ofAgent = (ArrayNode) dependencies
                .valueStream()
                .filter(dependency -> dependency.get("ref").stringValue().equals(reference))
                .findFirst()
                .orElseThrow()
                .get("dependsOn");
    }

    public static void main(String[] args) throws IOException, InterruptedException {
        Path distribution = Path.of(args[1]);
        var sbom = new Sbom(Path.of(args[0]));
        var known = new LinkedHashMap<String, GoModule>();
        for (var program : GoModule.of(distribution).entrySet()) {
            sbom.goProgram(distribution, program.getKey(), program.getValue());
            program.getValue().forEach(module -> known.put(module.purl(), module));
        }
        for (GoModule module : known.values()) {
            sbom.component("library", module.purl(), module.path(), module.version(), module.license())
                    .put("purl", module.purl());
            sbom.dependsOn(module.purl(), List.of());
        }
        sbom.javaRuntime(JavaRuntime.of(distribution));
        sbom.removeOtherPlatforms(distribution);
        sbom.hashAsShipped(distribution);
        sbom.json.writeValue(Path.of(args[2]).toFile(), sbom.bom);
    }

    private void goProgram(Path distribution, String file, List<GoModule> modules) throws IOException {
        String name = file.substring(file.lastIndexOf('/') + 1);
        String version = bom.get("metadata").get("component").get("version").stringValue();
        var component =
                component(name.endsWith(".so") ? "library" : "application", file, name, version, "BSD-3-Clause");
        hash(component, sha256(distribution.resolve(file)));
        ofAgent.add(file);
        dependsOn(file, modules.stream().map(GoModule::purl).toList());
    }

    /** Maven brings Netty's native code for all platforms; the distribution has that of one. */
    private void removeOtherPlatforms(Path distribution) {
        var platform = Pattern.compile(".*[?&]classifier=linux-([^&]+).*");
        var absent = components
                .valueStream()
                .map(component -> component.get("bom-ref").stringValue())
                .filter(reference -> {
                    var matcher = platform.matcher(reference);
                    return matcher.matches()
                            && !Files.exists(distribution.resolve(
                                    "lib/native/libnetty_transport_native_epoll_" + matcher.group(1) + ".so"));
                })
                .collect(Collectors.toSet());
        components.removeIf(
                component -> absent.contains(component.get("bom-ref").stringValue()));
        dependencies.removeIf(
                dependency -> absent.contains(dependency.get("ref").stringValue()));
        dependencies.forEach(dependency -> {
            if (dependency.get("dependsOn") instanceof ArrayNode others) {
                others.removeIf(other -> absent.contains(other.stringValue()));
            }
        });
    }

    /** Maven hashes what it has downloaded; some jars the build has changed since. */
    private void hashAsShipped(Path distribution) throws IOException {
        for (var component : components) {
            Path jar = distribution.resolve("lib/%s-%s.jar"
                    .formatted(
                            component.get("name").stringValue(),
                            component.get("version").stringValue()));
            if (Files.exists(jar) && component.get("hashes") instanceof ArrayNode hashes) {
                String shipped = sha256(jar);
                if (hashes.valueStream()
                        .noneMatch(hash -> hash.get("content").stringValue().equals(shipped))) {
                    hash((ObjectNode) component, shipped);
                }
            }
        }
    }

    private static void hash(ObjectNode component, String sha256) {
        component.putArray("hashes").addObject().put("alg", "SHA-256").put("content", sha256);
    }

    private void javaRuntime(JavaRuntime runtime) {
        String reference = "runtime";
        var component = component(
                "platform", reference, "OpenJDK", runtime.version(), "GPL-2.0-only WITH Classpath-exception-2.0");
        component.putObject("supplier").put("name", System.getProperty("java.vendor"));
        component.put("description", "Java runtime made with jlink; the licences of its parts are in runtime/legal");
        ofAgent.add(reference);
        dependsOn(reference, List.of());
    }

    private ObjectNode component(String type, String reference, String name, String version, String license) {
        var component = components
                .addObject()
                .put("type", type)
                .put("bom-ref", reference)
                .put("name", name)
                .put("version", version);
        component.putArray("licenses").addObject().put("expression", license);
        return component;
    }

    private void dependsOn(String reference, List<String> others) {
        var dependsOn = dependencies.addObject().put("ref", reference).putArray("dependsOn");
        others.forEach(dependsOn::add);
    }

    private static String sha256(Path file) throws IOException {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(file)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
