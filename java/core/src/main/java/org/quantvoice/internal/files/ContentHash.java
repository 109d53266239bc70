package org.quantvoice.internal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.zip.CRC32C;

/**
 * Computes a fast hash of a file's content: SHA-256 over the CRC-32C of each piece of 1 MiB, at some gigabytes a
 * second. It distinguishes files that differ by accident or by another training, but does not detect forgeries.
 */
public final class ContentHash {
    private static final int PIECE = 1 << 20;

    private ContentHash() {}

    /** Returns the hash, 32 bytes. */
    public static byte[] of(Path file) throws IOException {
        StoredFile stored = new StoredFile(file);
        stored.retain();
        try {
            MessageDigest all = MessageDigest.getInstance("SHA-256");
            ByteBuffer piece = ByteBuffer.allocateDirect(PIECE);
            ByteBuffer number = ByteBuffer.allocate(Long.BYTES);
            all.update(number.putLong(0, stored.length()).array());
            for (long at = 0; at < stored.length(); at += PIECE) {
                stored.read(at, piece.clear().limit((int) Math.min(PIECE, stored.length() - at)));
                all.update(number.putLong(0, crc(piece.flip())).array());
            }
            return all.digest();
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-256", e);
        } finally {
            stored.release();
        }
    }

    /** Returns the CRC-32C of the rest of a buffer, whose position does not change. */
    public static int crc(ByteBuffer bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes.duplicate());
        return (int) crc.getValue();
    }
}
