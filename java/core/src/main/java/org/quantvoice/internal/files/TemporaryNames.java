package org.quantvoice.internal.files;

import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes names of temporary folders beside a target: {@code .NAME.MACHINE-PROCESS-RANDOM.tmp}. A killed process leaves
 * its folder behind; the next write of the same target sees from the name that the process has ended, and deletes the
 * folder.
 */
final class TemporaryNames {
    private static final Logger LOG = LoggerFactory.getLogger(TemporaryNames.class);
    private static final Pattern TAIL = Pattern.compile("([0-9a-f]{8})-(\\d+)-[0-9a-f]{8}\\.tmp");
    /**
     * Age from which a folder of another machine, or container, on a shared disk counts as abandoned: its process
     * cannot be checked, but nobody writes a file for a day.
     */
    private static final Duration LONGEST_WRITE = Duration.ofDays(1);

    private static final String MACHINE = machine();

    private TemporaryNames() {}

    /** Returns a new name beside a target. */
    static Path beside(Path target) {
        String random = UUID.randomUUID().toString().substring(0, 8);
        return target.resolveSibling(
                head(target) + MACHINE + "-" + ProcessHandle.current().pid() + "-" + random + ".tmp");
    }

    private static String head(Path target) {
        return "." + target.getFileName() + ".";
    }

    /** Deletes the folders that killed writes of a target left; failures are logged. */
    static void clean(Path target) {
        Path folder = target.getParent();
        String head = head(target);
        try (DirectoryStream<Path> files =
                Files.newDirectoryStream(folder, f -> f.getFileName().toString().startsWith(head))) {
            for (Path file : files) {
                if (isAbandoned(file, file.getFileName().toString().substring(head.length()))) {
                    Folders.delete(file);
                    LOG.info("deleted {}, which a process that has ended left behind", file);
                }
            }
        } catch (IOException | RuntimeException e) {
            // The write itself will show whether the folder can be used.
            LOG.debug("old temporary files of {} were not looked for: {}", target, e.toString());
        }
    }

    private static boolean isAbandoned(Path file, String tail) throws IOException {
        Matcher name = TAIL.matcher(tail);
        if (!name.matches()) {
            return false;
        }
        if (!name.group(1).equals(MACHINE)) {
            FileTime last =
                    Files.readAttributes(file, BasicFileAttributes.class).lastModifiedTime();
            return last.toInstant().isBefore(Instant.now().minus(LONGEST_WRITE));
        }
        return ProcessHandle.of(Long.parseLong(name.group(2))).isEmpty();
    }

    /** Returns a text that identifies the name space in which process numbers are unique. */
    private static String machine() {
        StringBuilder facts = new StringBuilder(System.getProperty("os.name"));
        try {
            facts.append(Files.readString(Path.of("/proc/sys/kernel/random/boot_id")));
            facts.append(Files.readSymbolicLink(Path.of("/proc/self/ns/pid")));
        } catch (IOException | RuntimeException e) {
            LOG.debug("this system does not number its name spaces: {}", e.toString());
        }
        return String.format(Locale.ROOT, "%08x", facts.toString().hashCode());
    }
}
