package org.quantvoice.cli.terminal;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** The memory of this process as the system sees it. */
public final class ProcessMemory {
    private static final Pattern PEAK = Pattern.compile("(?m)^VmHWM:\\s*(\\d{1,15}) kB$");

    /**
     * The greatest value read so far. The system adds up the counters of its threads only from time to time, so a later
     * reading may be slightly smaller.
     */
    private static final AtomicLong GREATEST = new AtomicLong();

    private ProcessMemory() {}

    /** Returns the greatest resident set so far in bytes, or null where the system does not tell (other than Linux). */
    public static @Nullable Long peakBytes() {
        Path status = Path.of("/proc/self/status");
        if (!Files.isReadable(status)) {
            return null;
        }
        try {
            Matcher peak = PEAK.matcher(Files.readString(status));
            return peak.find() ? GREATEST.accumulateAndGet(Long.parseLong(peak.group(1)) * 1024, Math::max) : null;
        } catch (IOException e) {
            return null;
        }
    }
}
