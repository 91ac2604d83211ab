package dev.tailnet.agent.testing;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The tables in the project's documents that say which test shows what. */
public final class DocumentTables {
    private static final Path ROOT = Path.of("..");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");
    private static final Pattern TEST = Pattern.compile("`([A-Z]\\w*(?:Test|IT))`");

    private DocumentTables() {}

    /**
     * A row whose last cell has the tests.
     *
     * @param names all that stands as code in the first cell
     */
    public record Row(List<String> names, List<String> tests) {}

    /** The rows of a document's tables that have at least one test. */
    public static List<Row> rows(String document) {
        return read(ROOT.resolve(document))
                .lines()
                .filter(line -> line.startsWith("| "))
                .map(line -> line.split("(?<!\\\\)\\|"))
                .map(cells -> new Row(matches(CODE, cells[1]), matches(TEST, cells[cells.length - 1])))
                .filter(row -> !row.tests().isEmpty())
                .toList();
    }

    /** Every name of a test anywhere in the documents. */
    public static Set<String> testsNamed() {
        try (Stream<Path> pages = Files.list(ROOT.resolve("docs"))) {
            return Stream.concat(
                            pages, Stream.of("README.md", "CONTRIBUTING.md").map(ROOT::resolve))
                    .flatMap(page -> matches(TEST, read(page)).stream())
                    .collect(Collectors.toSet());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The names of all test classes in Java. */
    public static Set<String> testsThatExist() {
        return Stream.of("agent", "proxy", "native-bridge", "packaging/testnet")
                .map(module -> ROOT.resolve(module).resolve("src/test/java"))
                .filter(Files::isDirectory)
                .flatMap(DocumentTables::sources)
                .filter(name -> name.endsWith("Test.java") || name.endsWith("IT.java"))
                .map(name -> name.substring(0, name.length() - ".java".length()))
                .collect(Collectors.toSet());
    }

    private static Stream<String> sources(Path folder) {
        try (Stream<Path> all = Files.walk(folder)) {
            return all.map(source -> source.getFileName().toString()).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> matches(Pattern pattern, String text) {
        return pattern.matcher(text)
                .results()
                .map((MatchResult result) -> result.group(1))
                .toList();
    }

    private static String read(Path page) {
        try {
            return Files.readString(page);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
