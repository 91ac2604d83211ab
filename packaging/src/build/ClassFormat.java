import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassFile.ClassHierarchyResolverOption;
import java.lang.classfile.ClassFile.ConstantPoolSharingOption;
import java.lang.classfile.ClassFileVersion;
import java.lang.classfile.ClassHierarchyResolver;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.instruction.LocalVariable;
import java.lang.classfile.instruction.LocalVariableType;
import java.lang.constant.ClassDesc;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.LocalDateTime;
import java.util.Collections;
import java.util.List;
import java.util.jar.JarFile;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/**
 * Writes the classes of jars that are for a Java older than 6 in the format of Java 8, whose stack maps they lack: the JVM takes no others
 * into an AOT cache. The code stays what it was.
 *
 * <p>Usage: {@code java ClassFormat.java JARS_DIRECTORY}. Jars that are changed keep their time, and say so in an entry of their own.
 */
final class ClassFormat {
    private static final int WITH_STACK_MAPS = ClassFile.JAVA_6_VERSION;
    private static final int MAJOR_VERSION_AT = 7;
    private static final LocalDateTime ENTRY_TIME = LocalDateTime.of(2026, 1, 1, 0, 0);

    private ClassFormat() {}

    public static void main(String[] args) throws IOException {
        List<Path> jars;
        try (Stream<Path> listing = Files.list(Path.of(args[0]))) {
            jars = listing.filter(file -> file.toString().endsWith(".jar"))
                    .sorted()
                    .toList();
        }
        for (Path path : jars) {
            try (var jar = new JarFile(path.toFile())) {
                if (hasOldClasses(jar)) {
                    rewrite(path, jar);
                }
            }
        }
    }

    private static boolean hasOldClasses(JarFile jar) throws IOException {
        for (ZipEntry entry : Collections.list(jar.entries())) {
            if (isOldClass(entry, bytes(jar, entry))) {
                return true;
            }
        }
        return false;
    }

    private static boolean isOldClass(ZipEntry entry, byte[] bytes) {
        return entry.getName().endsWith(".class") && bytes[MAJOR_VERSION_AT] < WITH_STACK_MAPS;
    }

    private static void rewrite(Path path, JarFile jar) throws IOException {
        var hierarchy = ClassHierarchyResolver.ofResourceParsing((ClassDesc name) -> {
                    String descriptor = name.descriptorString();
                    ZipEntry entry = jar.getEntry(descriptor.substring(1, descriptor.length() - 1) + ".class");
                    return entry == null ? null : open(jar, entry);
                })
                .orElse(ClassHierarchyResolver.defaultResolver());
        var format = ClassFile.of(ClassHierarchyResolverOption.of(hierarchy), ConstantPoolSharingOption.NEW_POOL);
        Path changed = path.resolveSibling(path.getFileName() + ".new");
        try (var out = new ZipOutputStream(Files.newOutputStream(changed))) {
            for (ZipEntry entry : Collections.list(jar.entries())) {
                byte[] bytes = bytes(jar, entry);
                put(out, entry.getName(), isOldClass(entry, bytes) ? modern(format, bytes) : bytes);
            }
            put(
                    out,
                    "META-INF/CHANGES-tailnet-agent.txt",
                    "Changed by the build of tailnet-agent: the classes have the format of Java 8, with stack maps, and without names of variables. All else is as published.\n"
                            .getBytes(StandardCharsets.UTF_8));
        }
        Files.setLastModifiedTime(changed, Files.getLastModifiedTime(path));
        Files.move(changed, path, StandardCopyOption.REPLACE_EXISTING);
    }

    /** Going through each method's code, unchanged, is what makes its stack map. */
    private static byte[] modern(ClassFile format, byte[] bytes) {
        return format.transformClass(
                format.parse(bytes),
                ClassTransform.transformingMethodBodies(ClassFormat::withoutVariables)
                        .andThen((builder, element) -> {
                            if (element instanceof ClassFileVersion) {
                                builder.withVersion(ClassFile.JAVA_8_VERSION, 0);
                            } else {
                                builder.with(element);
                            }
                        }));
    }

    /** All of it but the names of variables, which are a debugger's. */
    private static void withoutVariables(CodeBuilder code, CodeElement element) {
        if (!(element instanceof LocalVariable || element instanceof LocalVariableType)) {
            code.with(element);
        }
    }

    private static void put(ZipOutputStream out, String name, byte[] bytes) throws IOException {
        var entry = new ZipEntry(name);
        entry.setTimeLocal(ENTRY_TIME);
        out.putNextEntry(entry);
        out.write(bytes);
    }

    private static byte[] bytes(JarFile jar, ZipEntry entry) throws IOException {
        try (InputStream in = jar.getInputStream(entry)) {
            return in.readAllBytes();
        }
    }

    private static InputStream open(JarFile jar, ZipEntry entry) {
        try {
            return jar.getInputStream(entry);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
