import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.SequencedMap;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * A Go module that is linked into a program, as the program itself tells.
 *
 * @param path {@code golang.org/x/sys}; {@code std} is Go's standard library
 * @param version {@code v0.47.0}
 */
record GoModule(String path, String version) {
    /** What the distribution has of Go. */
    static final List<String> PROGRAMS =
            List.of("lib/native/libtailscale.so", "libexec/tailnet-exec", "libexec/tailnet-init");

    private static final String STANDARD_LIBRARY = "std";
    private static final Pattern LICENSE_FILE = Pattern.compile("(?i)(licen[sc]e|copying|notice|patents)([.-].*)?");

    /** What each says in no other's text. */
    private static final Map<String, String> KNOWN_BY = Map.of(
            "Apache License", "Apache-2.0",
            "Mozilla Public License", "MPL-2.0",
            "Neither the name", "BSD-3-Clause",
            "Permission is hereby granted, free of charge", "MIT",
            "Permission to use, copy, modify, and", "ISC");

    /** The modules of each program of a distribution. */
    static SequencedMap<String, List<GoModule>> of(Path distribution) throws IOException, InterruptedException {
        var programs = new TreeMap<String, List<GoModule>>();
        for (String program : PROGRAMS) {
            programs.put(program, linkedInto(distribution.resolve(program)));
        }
        return programs;
    }

    private static List<GoModule> linkedInto(Path program) throws IOException, InterruptedException {
        var modules = new ArrayList<GoModule>();
        for (String line : run("go", "version", "-m", program.toString())) {
            String[] fields = line.strip().split("\\s+");
            if (modules.isEmpty()) {
                modules.add(new GoModule(STANDARD_LIBRARY, fields[fields.length - 1].replaceFirst("^go", "")));
            } else if (fields[0].equals("dep")) {
                modules.add(new GoModule(fields[1], fields[2]));
            } else if (fields[0].equals("=>") && !fields[1].startsWith(".")) {
                // A folder of ours is the module itself with a file replaced: see build-library.
                modules.set(modules.size() - 1, new GoModule(fields[1], fields[2]));
            }
        }
        return modules;
    }

    String purl() {
        return "pkg:golang/" + path + "@" + version;
    }

    String title() {
        return path.equals(STANDARD_LIBRARY) ? "Go standard library " + version : path + " " + version;
    }

    /** Files with the licence, and what else has to be handed on. */
    List<Path> licenseFiles() throws IOException, InterruptedException {
        Path folder = path.equals(STANDARD_LIBRARY)
                ? Path.of(run("go", "env", "GOROOT").getFirst())
                : Path.of(run("go", "env", "GOMODCACHE").getFirst()).resolve(escape(path) + "@" + escape(version));
        try (Stream<Path> listing = Files.list(folder)) {
            var files = listing.filter(file -> Files.isRegularFile(file)
                            && LICENSE_FILE
                                    .matcher(file.getFileName().toString())
                                    .matches())
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                throw new IOException("no licence file for " + title() + " in " + folder);
            }
            return files;
        }
    }

    /** By the list of SPDX; where a file has several texts, the first is that of the module. */
    String license() throws IOException, InterruptedException {
        for (Path file : licenseFiles()) {
            String text = Files.readString(file).replaceAll("\\s+", " ");
            var first = KNOWN_BY.entrySet().stream()
                    .filter(known -> text.contains(known.getKey()))
                    .min(Comparator.comparing(known -> text.indexOf(known.getKey())));
            if (first.isPresent()) {
                return first.get().getValue();
            }
        }
        throw new IOException("unknown licence of " + title() + ": name it in GoModule.java");
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
