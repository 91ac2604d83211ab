import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.jar.JarFile;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;

/**
 * Writes the licence texts of everything that the distribution ships: the Go modules linked into the library, as the
 * library itself lists them, and the jars.
 *
 * <p>Usage: {@code java Notices.java LIBRARY JARS_DIRECTORY OUTPUT}. A Go module without a licence file ends it with 1.
 */
final class Notices {
    private static final Pattern LICENSE_FILE = Pattern.compile("(?i)(licen[sc]e|copying|notice|patents)([.-].*)?");

    private Notices() {}

    public static void main(String[] args) throws IOException, InterruptedException {
        Path library = Path.of(args[0]);
        Path jars = Path.of(args[1]);
        try (var out = new PrintStream(Files.newOutputStream(Path.of(args[2])), false, StandardCharsets.UTF_8)) {
            out.println("Third-party software in this distribution, with its licences.");
            goModules(library, out);
            jars(jars, out);
        }
    }

    private static void goModules(Path library, PrintStream out) throws IOException, InterruptedException {
        Path cache = Path.of(run("go", "env", "GOMODCACHE").getFirst());
        out.println();
        texts("Go standard library", Path.of(run("go", "env", "GOROOT").getFirst()), out);
        for (String line : run("go", "version", "-m", library.toString())) {
            String[] fields = line.strip().split("\\s+");
            if (fields[0].equals("dep") || fields[0].equals("=>")) {
                texts(fields[1] + " " + fields[2], cache.resolve(escape(fields[1]) + "@" + escape(fields[2])), out);
            }
        }
    }

    private static void texts(String name, Path directory, PrintStream out) throws IOException {
        List<Path> files;
        try (Stream<Path> listing = Files.list(directory)) {
            files = listing.filter(file -> Files.isRegularFile(file)
                            && LICENSE_FILE
                                    .matcher(file.getFileName().toString())
                                    .matches())
                    .sorted()
                    .toList();
        }
        if (files.isEmpty()) {
            throw new IOException("no licence file for " + name + " in " + directory);
        }
        heading(name, out);
        for (Path file : files) {
            out.println(Files.readString(file));
        }
    }

    private static void jars(Path directory, PrintStream out) throws IOException {
        List<Path> jars;
        try (Stream<Path> listing = Files.list(directory)) {
            jars = listing.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
        for (Path path : jars) {
            heading(String.valueOf(path.getFileName()), out);
            try (var jar = new JarFile(path.toFile())) {
                jar.stream()
                        .filter(entry -> !entry.isDirectory() && isLicense(entry.getName()))
                        .forEach(entry -> print(jar, entry, out));
            }
        }
    }

    private static boolean isLicense(String entry) {
        return LICENSE_FILE.matcher(entry.substring(entry.lastIndexOf('/') + 1)).matches();
    }

    private static void print(JarFile jar, ZipEntry entry, PrintStream out) {
        try (InputStream text = jar.getInputStream(entry)) {
            out.println(new String(text.readAllBytes(), StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void heading(String name, PrintStream out) {
        out.println("-".repeat(100));
        out.println(name);
        out.println();
    }

    /** The module cache writes upper-case letters as {@code !} and the lower-case one. */
    private static String escape(String path) {
        return Pattern.compile("[A-Z]")
                .matcher(path)
                .replaceAll(match -> "!" + match.group().toLowerCase(Locale.ROOT));
    }

    private static List<String> run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        var lines = new ArrayList<String>();
        try (var reader = process.inputReader()) {
            reader.lines().forEach(lines::add);
        }
        if (process.waitFor() != 0 || lines.isEmpty()) {
            throw new IOException(String.join(" ", command) + " failed");
        }
        return lines;
    }
}
