package dev.tailnet.testnet.training;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintStream;
import java.lang.classfile.BootstrapMethodEntry;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.ClassEntry;
import java.lang.classfile.constantpool.InvokeDynamicEntry;
import java.lang.classfile.constantpool.LoadableConstantEntry;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.MethodHandleEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.classfile.constantpool.StringEntry;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * What an AOT cache is made of. The JVM's own lists (CDS class lists) name a call site by its place in the class file, which the next change
 * of a source moves; this one names it by caller, name, descriptor and the method behind it, and so holds for code that changes.
 *
 * <p>Class files are read from the class path, and must be those that the cache will be for: this has to run on the Java of the
 * distribution, with its jars.
 *
 * @param classes names as in class files
 * @param forms lines of the JVM's list on how methods are called by method handles, as they are
 * @param callSites what is linked at its first call: lambdas, concatenations, switches
 */
record ClassList(SortedSet<String> classes, SortedSet<String> forms, SortedSet<CallSite> callSites) {
    private static final String FORM = "@lambda-form-invoker ";
    private static final String CONSTANTS = "@cp ";
    private static final String CALL_SITE = "@call-site ";

    /**
     * Of Jackson's for java.sql, which the runtime lacks: the JVM cannot verify some of them, takes those into no cache, and would load them
     * from the jar at each start, because others name them.
     */
    private static final String OF_SQL = "tools/jackson/databind/ext/sql/";

    private ClassList() {
        this(new TreeSet<>(), new TreeSet<>(), new TreeSet<>());
    }

    /**
     * An {@code invokedynamic} of a class.
     *
     * @param target what tells it from others of that name and descriptor: the method behind a lambda, without its number, or the text of a
     *     concatenation, hashed; empty for what has neither
     */
    record CallSite(String caller, String name, String descriptor, String target) implements Comparable<CallSite> {
        private static final Pattern NUMBER = Pattern.compile("\\$\\d+$");

        static CallSite of(String caller, InvokeDynamicEntry entry) {
            return new CallSite(
                    caller, entry.name().stringValue(), entry.type().stringValue(), target(entry.bootstrap()));
        }

        private static String target(BootstrapMethodEntry bootstrap) {
            for (LoadableConstantEntry argument : bootstrap.arguments()) {
                if (argument instanceof MethodHandleEntry handle) {
                    MemberRefEntry method = handle.reference();
                    return method.owner().asInternalName() + "."
                            + NUMBER.matcher(method.name().stringValue()).replaceFirst("");
                }
                if (argument instanceof StringEntry text) {
                    return Integer.toHexString(text.stringValue().hashCode());
                }
            }
            return "";
        }

        @Override
        public int compareTo(CallSite other) {
            return toString().compareTo(other.toString());
        }

        @Override
        public String toString() {
            return caller + " " + name + " " + descriptor + " " + target;
        }
    }

    /** All of what some runs of the JVM wrote ({@code -XX:DumpLoadedClassList}). */
    static ClassList ofRuns(List<Path> lists) throws IOException {
        var all = new ClassList();
        for (Path list : lists) {
            for (String line : Files.readAllLines(list)) {
                all.addOfRun(line);
            }
        }
        return all;
    }

    private void addOfRun(String line) throws IOException {
        if (line.startsWith(FORM)) {
            forms.add(line);
        } else if (line.startsWith(CONSTANTS)) {
            addCallSites(line.split(" "));
        } else if (!line.startsWith("@") && !line.startsWith("#") && !line.contains(" source: ")) {
            // NAME id: NUMBER, where the number is of that run.
            String name = line.split(" ", 2)[0];
            if (!name.startsWith(OF_SQL) && classFile(name).isPresent()) {
                classes.add(name);
            }
        }
    }

    private void addCallSites(String[] line) throws IOException {
        String caller = line[1];
        Optional<ClassModel> file = classFile(caller);
        if (file.isEmpty()) {
            return;
        }
        for (int i = 2; i < line.length; i++) {
            PoolEntry entry = file.get().constantPool().entryByIndex(Integer.parseInt(line[i]));
            if (entry instanceof InvokeDynamicEntry site) {
                callSites.add(CallSite.of(caller, site));
            }
        }
    }

    /** Reads what {@link #write} wrote. */
    static ClassList read(Path file) throws IOException {
        var list = new ClassList();
        for (String line : Files.readAllLines(file)) {
            if (line.startsWith(FORM)) {
                list.forms.add(line);
            } else if (line.startsWith(CALL_SITE)) {
                String[] words = line.split(" ", -1);
                list.callSites.add(new CallSite(words[1], words[2], words[3], words[4]));
            } else if (!line.startsWith("#")) {
                list.classes.add(line);
            }
        }
        return list;
    }

    void write(Path file) throws IOException {
        try (var out = new PrintStream(Files.newOutputStream(file), false, StandardCharsets.UTF_8)) {
            out.print(
                    "# What the AOT cache of the distribution is made of; recorded by packaging/record-classes, see docs/distribution.md.\n");
            classes.forEach(name -> out.print(name + "\n"));
            callSites.forEach(site -> out.print(CALL_SITE + site + "\n"));
            forms.forEach(form -> out.print(form + "\n"));
        }
    }

    /**
     * The same for the JVM ({@code -XX:SharedClassListFile}): in each class all that can be linked without running code, and the call
     * sites. What is no longer there is left out.
     */
    List<String> forJvm() throws IOException {
        var lines = new ArrayList<>(forms);
        var constants = new ArrayList<String>();
        for (String name : classes) {
            Optional<ClassModel> file = classFile(name);
            if (file.isEmpty()) {
                continue;
            }
            lines.add(name);
            var indexes = new ArrayList<String>();
            for (PoolEntry entry : file.get().constantPool()) {
                if (entry instanceof ClassEntry
                        || entry instanceof MemberRefEntry
                        || entry instanceof InvokeDynamicEntry site && callSites.contains(CallSite.of(name, site))) {
                    indexes.add(Integer.toString(entry.index()));
                }
            }
            if (!indexes.isEmpty()) {
                constants.add(CONSTANTS + name + indexes.stream().collect(Collectors.joining(" ", " ", "")));
            }
        }
        lines.addAll(constants);
        return lines;
    }

    /** Empty for a class that was made at run time, or is no more. */
    private static Optional<ClassModel> classFile(String name) throws IOException {
        try (InputStream in = ClassLoader.getSystemResourceAsStream(name + ".class")) {
            return in == null ? Optional.empty() : Optional.of(ClassFile.of().parse(in.readAllBytes()));
        }
    }

    /**
     * Makes one list of those of some runs.
     *
     * @param arguments the file to write, then those to read
     */
    public static void main(String[] arguments) throws IOException {
        List<Path> files = List.of(arguments).stream().map(Path::of).toList();
        ofRuns(files.subList(1, files.size())).write(files.getFirst());
    }
}
