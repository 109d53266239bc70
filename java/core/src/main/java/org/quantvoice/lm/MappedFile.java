package org.quantvoice.lm;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;

/**
 * A file of any size in memory, little endian. Its maps begin every GiB and are nearly 2 GiB long, so that any part
 * of up to {@link #WHOLE} bytes lies in one. The maps live until the garbage collector finds that nothing uses them.
 * If another process cuts a mapped file short, the JVM throws an InternalError, perhaps a little later than at the
 * read; {@link #requireWhole} checks for it beforehand, and {@link #shortened} reports it afterwards. A file that was
 * copied cannot be cut.
 */
final class MappedFile implements AutoCloseable {
    private static final VarHandle LONGS = MethodHandles.byteBufferViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final VarHandle INTS = MethodHandles.byteBufferViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private static final int SHIFT = 30;
    private static final long CHUNK = 1L << SHIFT;
    /** Largest length of a range that can be read from the map of its first byte. */
    static final int WHOLE = (1 << SHIFT) - 64;

    private final String name;
    private final long size;
    private final long origin;
    private final ByteBuffer[] chunks;
    /**
     * Handle that tells the length of the mapped file, whatever lies at its path now; it is no channel, because an
     * interrupt would close that.
     */
    private final @Nullable RandomAccessFile mapped;

    private MappedFile(String name, long size, long origin, ByteBuffer[] chunks, @Nullable RandomAccessFile mapped) {
        this.name = name;
        this.size = size;
        this.origin = origin;
        this.chunks = chunks;
        this.mapped = mapped;
    }

    static MappedFile open(Path path) throws IOException {
        try (FileChannel channel = FileChannel.open(path, StandardOpenOption.READ)) {
            long size = channel.size();
            ByteBuffer[] chunks = new ByteBuffer[Math.toIntExact((size + CHUNK - 1) >>> SHIFT)];
            for (int i = 0; i < chunks.length; i++) {
                long from = i * CHUNK;
                chunks[i] = channel.map(FileChannel.MapMode.READ_ONLY, from, Math.min(Integer.MAX_VALUE, size - from));
            }
            String name = String.valueOf(path.getFileName());
            return new MappedFile(name, size, 0, chunks, new RandomAccessFile(path.toFile(), "r"));
        }
    }

    /** Returns the whole file, copied to the heap. */
    static MappedFile read(Path path) throws IOException {
        String name = String.valueOf(path.getFileName());
        try (InputStream in = Files.newInputStream(path)) {
            return of(name, in.readAllBytes());
        }
    }

    /** Returns a part of a file, copied to the heap; positions in messages count from the file's beginning. */
    MappedFile copy(long from, long bytes) {
        byte[] part = new byte[Math.toIntExact(bytes)];
        for (int i = 0; i < part.length; i++) {
            part[i] = (byte) byteAt(from + i);
        }
        return new MappedFile(name, bytes, origin + from, new ByteBuffer[] {ByteBuffer.wrap(part)}, null);
    }

    boolean isMapped() {
        return mapped != null;
    }

    /**
     * Costs one call of the system; nothing for what is not mapped.
     *
     * @throws ModelFormatException if the file that is mapped has become shorter
     */
    void requireWhole() {
        try {
            if (mapped != null && mapped.length() < size) {
                throw shortened(new EOFException("now " + mapped.length() + " bytes, once " + size));
            }
        } catch (IOException e) {
            throw shortened(e);
        }
    }

    /** Returns the exception for a read that failed after the file was cut. */
    ModelFormatException shortened(Throwable cause) {
        return new ModelFormatException(
                "the language model " + name + ", which was cut short or lost while it was in use",
                "a file that stays as it is while it is open",
                "open the model again; replace files by renaming (mv), not in place (cp), or let it be copied to memory",
                cause);
    }

    @Override
    public void close() {
        try {
            if (mapped != null) {
                mapped.close();
            }
        } catch (IOException e) {
            throw new UncheckedIOException("closing " + name, e);
        }
    }

    /** Returns a file whose content is in memory already. */
    static MappedFile of(String name, byte[] bytes) {
        return new MappedFile(name, bytes.length, 0, new ByteBuffer[] {ByteBuffer.wrap(bytes)}, null);
    }

    String name() {
        return name;
    }

    long size() {
        return size;
    }

    /**
     * Returns the map that holds the byte at {@code offset} and (within the file) the {@link #WHOLE} bytes behind it.
     */
    ByteBuffer mapOf(long offset) {
        return chunks[(int) (offset >>> SHIFT)];
    }

    /** Returns the index of the byte in {@link #mapOf}. */
    static int indexOf(long offset) {
        return (int) (offset & CHUNK - 1);
    }

    /**
     * Reads 8 bytes. The buffer's own bounds check is the last line of defence: callers check their offsets against
     * {@link #size} first.
     */
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

    /** Returns the bits, up to 57, at a bit offset from a byte offset. */
    long bitsAt(long base, long bit, long mask) {
        return longAt(base + (bit >>> 3)) >>> (bit & 7) & mask;
    }

    /** Returns the bits at a bit offset within one map. */
    static long bitsAt(ByteBuffer map, long bit, long mask) {
        return longAt(map, (int) (bit >>> 3)) >>> (bit & 7) & mask;
    }

    ModelFormatException error(long offset, String got, String expected) {
        return error(offset, got, expected, "build the binary file again from the ARPA file");
    }

    ModelFormatException error(long offset, String got, String expected, String cure) {
        return new ModelFormatException(got + " at byte " + (origin + offset) + " of " + name, expected, cure);
    }
}
