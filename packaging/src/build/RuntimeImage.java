import java.io.IOException;
import java.io.PrintWriter;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.file.FileVisitResult;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.SimpleFileVisitor;
import java.nio.file.attribute.BasicFileAttributes;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Makes the Java runtime of the distribution: the modules that are used, of the JDK that runs this, or of another platform's.
 *
 * <p>Usage: {@code java RuntimeImage.java OUTPUT [JDK]}. Does nothing when OUTPUT was made from the same already.
 *
 * <p>JDK is the folder of one of the same release for the platform that is built for; it must have {@code jmods}.
 */
final class RuntimeImage {
    /**
     * What the agent and its libraries use; Jackson does not start without java.xml, and sockets look for jdk.net, in each jar when
     * it is absent. Not here, though jars name them: java.desktop and java.sql (Jackson, Micrometer and JNA do without when they are
     * absent), java.naming and jdk.jfr (likewise Netty).
     */
    private static final List<String> MODULES = List.of(
            "java.base", "java.logging", "java.management", "java.xml", "jdk.management", "jdk.net", "jdk.unsupported");

    /** Nobody starts these from the distribution; simdsort is for sorting arrays of numbers fast; Debian's modules have their debuginfo. */
    private static final String EXCLUDED =
            "**/bin/keytool,**/lib/jexec,**/lib/libsimdsort.so,**/lib/jrt-fs.jar,**.debuginfo";

    /**
     * Parts of these modules that nobody asks for: the parsers and transformers behind java.xml, of which Jackson wants the interfaces
     * alone, keytool, and calls of other processors. Who did ask would be told that a class is missing.
     */
    private static final List<String> UNUSED = List.of(
            "/java.xml/com/sun/org/apache",
            "/java.xml/com/sun/xml",
            "/java.xml/jdk/xml/internal/jdkcatalog",
            "/java.base/sun/security/tools/keytool",
            "/java.base/jdk/internal/foreign/abi/ppc64",
            "/java.base/jdk/internal/foreign/abi/riscv64",
            "/java.base/jdk/internal/foreign/abi/s390");

    /** Names of all characters, and the runtime's messages in other languages than English. */
    private static final List<String> UNUSED_RESOURCES = List.of(
            "/java.base/java/lang/uniName.dat",
            "/java.base/**_de.class",
            "/java.base/**_ja.class",
            "/java.base/**_zh_CN.class",
            "**_de.properties",
            "**_ja.properties",
            "**_zh_CN.properties");

    private static final List<String> STRIP = List.of("--strip-unneeded", "--remove-section=.note.stapsdt");

    private RuntimeImage() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Path output = Path.of(args[0]).toAbsolutePath();
        Path jdk = Path.of(args.length > 1 && !args[1].isEmpty() ? args[1] : System.getProperty("java.home"));
        List<String> arguments = arguments(output, jdk);
        String wanted = Files.readString(jdk.resolve("release")) + arguments + UNUSED + UNUSED_RESOURCES + STRIP;
        // Beside the distribution, not in it.
        Path distribution = output.getParent();
        Path stamp = distribution.resolveSibling(distribution.getFileName() + "-runtime.stamp");
        if (Files.exists(output.resolve("bin/java"))
                && Files.exists(stamp)
                && Files.readString(stamp).equals(wanted)) {
            return;
        }
        Files.deleteIfExists(stamp);
        delete(output);
        Path unused = Files.createTempFile("unused", null);
        Files.write(unused, unused());
        arguments.add("--exclude-resources=@" + unused);
        ToolProvider jlink = ToolProvider.findFirst("jlink").orElseThrow(() -> new IOException("no jlink in this JDK"));
        if (jlink.run(
                        new PrintWriter(System.out, true),
                        new PrintWriter(System.err, true),
                        arguments.toArray(String[]::new))
                != 0) {
            System.err.println("RuntimeImage: jlink failed. A full JDK 25 is needed: Temurin, or one that has its jmods"
                    + " (Debian: openjdk-25-jdk-headless).");
            System.exit(1);
        }
        Files.delete(unused);
        strip(output);
        Files.deleteIfExists(output.resolve("lib/classlist"));
        Files.writeString(stamp, wanted);
    }

    private static List<String> arguments(Path output, Path jdk) {
        var arguments = new ArrayList<>(List.of(
                "--add-modules=" + String.join(",", MODULES),
                "--strip-java-debug-attributes",
                "--no-header-files",
                "--no-man-pages",
                "--compress=zip-9",
                "--exclude-files=" + EXCLUDED,
                "--output=" + output));
        if (Files.isDirectory(jdk.resolve("jmods"))) {
            arguments.add("--module-path=" + jdk.resolve("jmods"));
        }
        return arguments;
    }

    /** For jlink each package of a module has to keep something: its smallest class. */
    private static List<String> unused() throws IOException {
        Path modules = Path.of(URI.create("jrt:/"));
        var all = new ArrayList<>(UNUSED_RESOURCES);
        for (String part : UNUSED) {
            try (Stream<Path> files = Files.walk(modules.resolve(part.substring(1)))) {
                files.filter(Files::isRegularFile).collect(Collectors.groupingBy(Path::getParent)).values().stream()
                        .flatMap(folder -> folder.stream()
                                .sorted(Comparator.comparingLong(RuntimeImage::size)
                                        .thenComparing(Path::toString))
                                .skip(1))
                        .map(file -> "/" + modules.relativize(file))
                        .forEach(all::add);
            }
        }
        return all;
    }

    private static long size(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Symbols of libjvm.so that no linker needs are a sixth of it; the other is for SystemTap. */
    private static void strip(Path image) throws IOException, InterruptedException {
        var command = new ArrayList<>(List.of(System.getenv().getOrDefault("STRIP", "strip")));
        command.addAll(STRIP);
        try (var files = Files.walk(image)) {
            files.filter(file -> file.toString().endsWith(".so"))
                    .sorted()
                    .map(Path::toString)
                    .forEach(command::add);
        }
        if (new ProcessBuilder(command).inheritIO().start().waitFor() != 0) {
            throw new IOException("strip failed");
        }
    }

    private static void delete(Path directory) throws IOException {
        if (!Files.exists(directory)) {
            return;
        }
        Files.walkFileTree(directory, new SimpleFileVisitor<>() {
            @Override
            public FileVisitResult visitFile(Path file, BasicFileAttributes attributes) throws IOException {
                Files.delete(file);
                return FileVisitResult.CONTINUE;
            }

            @Override
            public FileVisitResult postVisitDirectory(Path visited, IOException failure) throws IOException {
                Files.delete(visited);
                return FileVisitResult.CONTINUE;
            }
        });
    }
}
