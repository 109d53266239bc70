package org.quantvoice.internal.files;

import static java.util.Objects.requireNonNull;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/**
 * Facts by which a file is known to be unchanged without reading it: its inode number, size, and the time of the last
 * change of content or attributes, which, unlike the time of modification, no program can set back.
 *
 * @param text all facts as text
 * @param changed the time of the last change
 */
public record FileStamp(String text, Instant changed) {
    /**
     * Age from which a stamp is reliable: two changes in quick succession may have the same time, because file
     * systems count in steps of up to two seconds.
     */
    private static final Duration COARSEST_STEP = Duration.ofSeconds(3);

    private static final String VIEW = "unix";

    /**
     * Returns the stamp of a file.
     *
     * @return empty on systems whose files have no time of change, such as Windows
     */
    public static Optional<FileStamp> of(Path file) throws IOException {
        if (!FileSystems.getDefault().supportedFileAttributeViews().contains(VIEW)) {
            return Optional.empty();
        }
        Map<String, Object> known = Files.readAttributes(file, VIEW + ":dev,ino,size,lastModifiedTime,ctime");
        Instant changed = time(known, "ctime");
        String text = known.get("dev") + " " + known.get("ino") + " " + known.get("size") + " "
                + time(known, "lastModifiedTime") + " " + changed;
        return Optional.of(new FileStamp(text, changed));
    }

    private static Instant time(Map<String, Object> known, String attribute) {
        return ((FileTime) requireNonNull(known.get(attribute), attribute)).toInstant();
    }

    /** Returns whether any change from now on certainly gives another stamp. */
    public boolean isSettled(Instant now) {
        return changed.isBefore(now.minus(COARSEST_STEP));
    }

    /** Returns a hash of this stamp, 32 bytes. */
    public byte[] hash() {
        try {
            return MessageDigest.getInstance("SHA-256").digest(text.getBytes(StandardCharsets.UTF_8));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        }
    }
}
