package org.quantvoice.internal.files;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Random;

/**
 * Reserves space for a file whose writer must not meet a full disk: bytes are first written and forced to disk here,
 * where full disks, quotas and limits of the process throw exceptions. A writer that then overwrites the file finds
 * that space free, unless another process takes it in between.
 */
public final class ReservedFile {
    private static final int PIECE = 1 << 16;

    private ReservedFile() {}

    /**
     * Makes a new file of random bytes.
     *
     * @param bytes its length; the bytes are random because file systems that compress reserve no space for zeros
     * @throws IOException if there is no room for it
     */
    public static void make(Path file, long bytes) throws IOException {
        byte[] noise = new byte[PIECE];
        new Random(bytes).nextBytes(noise);
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            for (long at = 0; at < bytes; ) {
                at += channel.write(ByteBuffer.wrap(noise, 0, (int) Math.min(PIECE, bytes - at)));
            }
            channel.force(true);
        }
    }
}
