package org.quantvoice.internal.kernels;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Counts the physical cores that this process may use. Two threads of one core share its multipliers, so the default
 * of all engines is one thread for each core.
 */
public final class PhysicalCores {
    private static final Logger LOG = LoggerFactory.getLogger(PhysicalCores.class);
    private static final Pattern ALLOWED = Pattern.compile("(?m)^Cpus_allowed_list:\\s*([0-9,-]+)$");
    private static final Pattern RANGE = Pattern.compile("(\\d{1,5})(?:-(\\d{1,5}))?");

    private PhysicalCores() {}

    /**
     * Returns the number of cores, at least 1. It never exceeds the JVM's own count, which respects the quota of a
     * container.
     */
    public static int count() {
        return count(Path.of("/"), Runtime.getRuntime().availableProcessors());
    }

    static int count(Path root, int available) {
        try {
            Matcher allowed = ALLOWED.matcher(Files.readString(root.resolve("proc/self/status")));
            Set<String> cores = new HashSet<>();
            Matcher range = RANGE.matcher(allowed.find() ? allowed.group(1) : "");
            while (range.find()) {
                int first = Integer.parseInt(range.group(1));
                int last = range.group(2) == null ? first : Integer.parseInt(range.group(2));
                for (int cpu = first; cpu <= last; cpu++) {
                    addCore(root, cpu, cores);
                }
            }
            return cores.isEmpty() ? available : Math.min(cores.size(), available);
        } catch (IOException e) {
            LOG.debug("physical cores unknown ({}): {} processors count as cores", e.toString(), available);
            return available;
        }
    }

    /** Adds a processor's core, which is named by the list of its processors. */
    private static void addCore(Path root, int cpu, Set<String> cores) throws IOException {
        Path list = root.resolve("sys/devices/system/cpu/cpu" + cpu + "/topology/thread_siblings_list");
        if (Files.exists(list)) { // the list of allowed processors includes some that are not plugged in
            cores.add(Files.readString(list).strip());
        }
    }
}
