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
 * A file in memory, little endian, of any size: maps that begin every GiB and are nearly 2 GiB long, so that any part of up to
 * {@link #WHOLE} bytes lies in one. The maps live until the garbage collector finds nobody using them.
 */
final class MappedFile {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SHIFT = 30;
    private static final long CHUNK = 1L << SHIFT;
    /** Any range of this length or less can be read from the map that its first byte is in. */
    static final int WHOLE = (1 << SHIFT) - 64;

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
                chunks[i] = channel.map(FileChannel.MapMode.READ_ONLY, from, Math.min(Integer.MAX_VALUE, size - from));
            }
            return new MappedFile(String.valueOf(path.getFileName()), size, chunks);
        }
    }

    /** A file that is in memory already. */
    static MappedFile of(String name, byte[] bytes) {
        return new MappedFile(name, bytes.length, new ByteBuffer[] {ByteBuffer.wrap(bytes)});
    }

    String name() {
        return name;
    }

    long size() {
        return size;
    }

    /** The map that has the byte at {@code offset} and (within the file) the {@link #WHOLE} bytes behind it. */
    ByteBuffer mapOf(long offset) {
        return chunks[(int) (offset >>> SHIFT)];
    }

    /** Where the byte stands in {@link #mapOf}. */
    static int indexOf(long offset) {
        return (int) (offset & CHUNK - 1);
    }

    /** The buffer's own bounds check is the last line of defence: callers check their offsets against {@link #size} first. */
    static long longAt(ByteBuffer map, int index) {
        return (long) LONGS.get(map, index);
    }

    static int intAt(ByteBuffer map, int index) {
        return (int) INTS.get(map, index);
    }

    long longAt(long offset) {
        return longAt(mapOf(offset), indexOf(offset));
    }

    int intAt(long offset) {
        return intAt(mapOf(offset), indexOf(offset));
    }

    float floatAt(long offset) {
        return Float.intBitsToFloat(intAt(offset));
    }

    int byteAt(long offset) {
        return mapOf(offset).get(indexOf(offset)) & 0xff;
    }

    /** Up to 57 bits at a bit offset from a byte offset. */
    long bitsAt(long base, long bit, long mask) {
        return longAt(base + (bit >>> 3)) >>> (bit & 7) & mask;
    }

    /** The same within one map. */
    static long bitsAt(ByteBuffer map, long bit, long mask) {
        return longAt(map, (int) (bit >>> 3)) >>> (bit & 7) & mask;
    }

    LanguageModelException error(long offset, String got, String expected) {
        return error(offset, got, expected, "build the binary file again from the ARPA file");
    }

    LanguageModelException error(long offset, String got, String expected, String cure) {
        return new LanguageModelException(got + " at byte " + offset + " of " + name, expected, cure);
    }
}
