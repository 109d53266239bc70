package org.quantvoice.house;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import java.util.stream.Stream;
import javassist.bytecode.AccessFlag;
import javassist.bytecode.ClassFile;

/**
 * What callers compile against, as a jar: the accessible classes of the exported packages with their accessible members, without
 * code. The same classes give the same bytes.
 */
final class ApiJar {
    private static final Set<String> LEFT_OUT =
            Set.of("SourceFile", "NestMembers", "NestHost", "BootstrapMethods", "EnclosingMethod");
    /** Entries bear one time, that of the format's beginning, so that two builds make the same file. */
    private static final long TIME = 315_532_800_000L;

    private ApiJar() {}

    /**
     * Writes the jar.
     *
     * @param classes the folder of compiled classes
     * @param packages exported ones, by their dotted names
     */
    static void write(Path classes, Iterable<String> packages, Path target) throws IOException {
        Map<String, ClassFile> found = new TreeMap<>();
        for (String each : packages) {
            read(classes.resolve(each.replace('.', '/')), found);
        }
        found.values().removeIf(file -> !isAccessible(file.getName(), found));
        Files.createDirectories(target.toAbsolutePath().getParent());
        try (JarOutputStream jar = new JarOutputStream(Files.newOutputStream(target))) {
            for (ClassFile file : found.values()) {
                strip(file);
                JarEntry entry = new JarEntry(file.getName().replace('.', '/') + ".class");
                entry.setTime(TIME);
                jar.putNextEntry(entry);
                DataOutputStream out = new DataOutputStream(jar);
                file.write(out);
                out.flush();
                jar.closeEntry();
            }
        }
    }

    private static void read(Path folder, Map<String, ClassFile> to) throws IOException {
        List<Path> files;
        try (Stream<Path> all = Files.list(folder)) {
            files = all.filter(f -> f.toString().endsWith(".class"))
                    .sorted(Comparator.comparing(Path::toString))
                    .toList();
        }
        for (Path file : files) {
            try (InputStream in = new BufferedInputStream(Files.newInputStream(file))) {
                ClassFile read = new ClassFile(new DataInputStream(in));
                to.put(read.getName(), read);
            }
        }
    }

    /** Whether callers can name a class: it is public or protected, and so is each class around it. */
    private static boolean isAccessible(String name, Map<String, ClassFile> all) {
        ClassFile file = all.get(name);
        if (file == null) {
            return false;
        }
        int inner = file.getInnerAccessFlags();
        boolean open = isOpen(inner == -1 ? file.getAccessFlags() : inner);
        int dollar = name.lastIndexOf('$');
        return open && (dollar < 0 || isAccessible(name.substring(0, dollar), all));
    }

    private static boolean isOpen(int flags) {
        return (flags & (AccessFlag.PUBLIC | AccessFlag.PROTECTED)) != 0;
    }

    private static void strip(ClassFile file) {
        file.getMethods().removeIf(m -> !isOpen(m.getAccessFlags()));
        file.getMethods().forEach(m -> m.removeCodeAttribute());
        file.getFields().removeIf(f -> !isOpen(f.getAccessFlags()));
        file.getAttributes().removeIf(a -> LEFT_OUT.contains(a.getName()));
        file.compact();
    }
}
