package org.quantvoice.internal.kernels;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.zip.CRC32;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.OutputException;
import org.quantvoice.internal.files.AtomicFile;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The tiers that passed their {@link SelfCheck} on this CPU model with this library: a small file for each, in the
 * folder of unpacked libraries and under the same trust. A file whose content is not exactly as expected counts as
 * absent; if the folder cannot be written, the check runs again at the next start.
 */
final class SelfCheckRecord {
    private static final Logger LOG = LoggerFactory.getLogger(SelfCheckRecord.class);
    private static final int MOST_BYTES = 1024;

    private final @Nullable Path folder;
    private final String cpu;

    private SelfCheckRecord(@Nullable Path folder, String cpu) {
        this.folder = folder;
        this.cpu = cpu;
    }

    /**
     * @param cache the folder of unpacked files; null if the user has none, so that nothing is kept
     * @param library the library's file, whose content is part of the key; null if it is not known, so that nothing is kept
     * @param cpu the CPU model
     */
    static SelfCheckRecord of(@Nullable Path cache, @Nullable Path library, String cpu) {
        if (library == null || cache == null) {
            return new SelfCheckRecord(null, cpu);
        }
        try {
            byte[] content = Files.readAllBytes(library);
            String name = Integer.toHexString((int) crcOf(content)) + "-" + content.length;
            return new SelfCheckRecord(cache.resolve("selfcheck").resolve(name), cpu);
        } catch (IOException e) {
            LOG.debug("no record of self-checks: {} cannot be read", library, e);
            return new SelfCheckRecord(null, cpu);
        }
    }

    /** Returns whether a tier's pass is recorded. */
    boolean contains(String tier) {
        Path file = fileOf(tier);
        try {
            return file != null
                    && Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)
                    && Files.size(file) <= MOST_BYTES
                    && Files.readString(file).equals(contentOf(tier));
        } catch (IOException e) { // bytes that are no text end here too
            LOG.debug("the record {} cannot be read; the check runs again", file, e);
            return false;
        }
    }

    /** Records that a tier passed. */
    void add(String tier) {
        Path file = fileOf(tier);
        if (file == null) {
            return;
        }
        try {
            Files.createDirectories(file.getParent());
            if (Files.isSymbolicLink(file)) {
                Files.delete(file);
            }
            AtomicFile.write(file, out -> out.write(contentOf(tier).getBytes(StandardCharsets.UTF_8)));
        } catch (IOException | OutputException e) {
            LOG.debug("the record {} cannot be written; the check runs again at the next start", file, e);
        }
    }

    private @Nullable Path fileOf(String tier) {
        byte[] model = cpu.getBytes(StandardCharsets.UTF_8);
        String name = tier + "-" + HexFormat.of().toHexDigits((int) crcOf(model));
        return folder == null ? null : folder.resolve(name);
    }

    private String contentOf(String tier) {
        return "tier " + tier + " passed on " + cpu + "\n";
    }

    private static long crcOf(byte[] content) {
        CRC32 crc = new CRC32();
        crc.update(content);
        return crc.getValue();
    }
}
