package org.quantvoice.lm;

import java.io.IOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.quantvoice.error.LanguageModelException;

/**
 * A file in memory, little endian, of any size: maps of 1 GiB that overlap by a few bytes, so that a value never crosses two.
 * The maps live until the garbage collector finds nobody using them.
 */
final class MappedFile {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SHIFT = 30;
    private static final long CHUNK = 1L << SHIFT;
    private static final int OVERLAP = 64;

    private final String name;
    private final long size;
    private final ByteBuffer[] chunks;

    private MappedFile(String name, long size, ByteBuffer[] chunks) {
        this.name = name;
        this.size = size;
        this.chunks = chunks;
    }

    static MappedFile open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer[] chunks = new ByteBuffer[Math.toIntExact((size + CHUNK - 1) >>> SHIFT)];
            for (int i = 0; i < chunks.length; i++) {
                long from = i * CHUNK;
                chunks[i] = channel.map(FileChannel.MapMode.READ_ONLY, from, Math.min(CHUNK + OVERLAP, size - from));
            }
            return new MappedFile(String.valueOf(path.getFileName()), size, chunks);
        }
    }

    String name() {
        return name;
    }

    long size() {
        return size;
    }

    /** The buffer's own bounds check is the last line of defence: callers check their offsets against {@link #size} first. */
    long longAt(long offset) {
        return (long) LONGS.get(chunks[(int) (offset >>> SHIFT)], (int) (offset & CHUNK - 1));
    }

    int intAt(long offset) {
        return (int) INTS.get(chunks[(int) (offset >>> SHIFT)], (int) (offset & CHUNK - 1));
    }

    float floatAt(long offset) {
        return Float.intBitsToFloat(intAt(offset));
    }

    int byteAt(long offset) {
        return chunks[(int) (offset >>> SHIFT)].get((int) (offset & CHUNK - 1)) & 0xff;
    }

    /** Up to 57 bits at a bit offset from a byte offset. */
    long bitsAt(long base, long bit, long mask) {
        return longAt(base + (bit >>> 3)) >>> (bit & 7) & mask;
    }

    LanguageModelException error(long offset, String got, String expected) {
        return error(offset, got, expected, "build the binary file again from the ARPA file");
    }

    LanguageModelException error(long offset, String got, String expected, String cure) {
        return new LanguageModelException(got + " at byte " + offset + " of " + name, expected, cure);
    }
}
