package org.quantvoice.internal.exec;

import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.files.ContentHash;
import org.quantvoice.internal.files.StoredFile;

/**
 * A file of packed matrices: {@value #MAGIC}, the hash of the model's stamp ({@value #HASH} bytes, zeros for none),
 * from byte {@value #DATA} on the matrices' contents, an index, and a tail of {@value #TAIL} bytes with the index's
 * position and CRC-32C and again {@value #MAGIC}. Numbers are big-endian. The index has the layout of packed weights
 * as text, the hash of the model's content ({@value #HASH} bytes), the number of matrices, and for each its key as
 * text, position, size, CRC-32C, and form (bits, outputs, inputs, number of levels, levels). Thread-safe.
 *
 * <p>The file is read, not mapped: when another process cuts a mapped file short, native code that reads it dies.
 */
final class PackedFile implements AutoCloseable {
    static final String MAGIC = "QVPACK02";
    static final int HASH = 32;
    static final int DATA = 64;
    static final int STAMP_AT = MAGIC.length();
    static final int TAIL = 24;

    private static final int MOST_INDEX = 64 << 20;

    record Entry(long at, int bytes, int crc, PackedForm form) {}

    private final StoredFile file;
    private final String layout;
    private final byte[] stamp;
    private final byte[] model;
    private final Map<String, Entry> entries;

    private PackedFile(StoredFile file, String layout, byte[] stamp, byte[] model, Map<String, Entry> entries) {
        this.file = file;
        this.layout = layout;
        this.stamp = stamp;
        this.model = model;
        this.entries = entries;
    }

    /**
     * Opens a file of packed matrices.
     *
     * @throws IOException if it cannot be read, or is no whole file of this kind
     */
    static PackedFile open(Path path) throws IOException {
        StoredFile file = new StoredFile(path);
        file.retain();
        try {
            return read(file);
        } catch (ModelFormatException e) {
            file.release();
            throw new IOException(e.got(), e);
        } catch (IOException | RuntimeException | Error e) {
            file.release();
            throw e;
        }
    }

    private static PackedFile read(StoredFile file) throws IOException {
        long length = file.length();
        if (length < DATA + TAIL || !isMagic(file.read(0, MAGIC.length()))) {
            throw new IOException("no file of packed weights");
        }
        ByteBuffer tail = ByteBuffer.wrap(file.read(length - TAIL, TAIL));
        long indexAt = tail.getLong();
        int size = tail.getInt();
        int crc = tail.getInt();
        byte[] magic = new byte[MAGIC.length()];
        tail.get(magic);
        if (!isMagic(magic) || size < 0 || size > MOST_INDEX || indexAt != length - TAIL - size || indexAt < DATA) {
            throw new IOException("packed weights without an end");
        }
        byte[] index = file.read(indexAt, size);
        if (ContentHash.crc(ByteBuffer.wrap(index)) != crc) {
            throw new IOException("a damaged index of packed weights");
        }
        DataInputStream in = new DataInputStream(new ByteArrayInputStream(index));
        String layout = in.readUTF();
        byte[] model = in.readNBytes(HASH);
        return new PackedFile(file, layout, file.read(STAMP_AT, HASH), model, entries(in, indexAt));
    }

    private static Map<String, Entry> entries(DataInputStream in, long end) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (int left = in.readInt(); left > 0; left--) {
            String key = in.readUTF();
            Entry entry = new Entry(in.readLong(), in.readInt(), in.readInt(), PackedForm.read(in));
            if (entry.at < DATA || entry.bytes < 1 || entry.at > end - entry.bytes) {
                throw new IOException("packed weights outside of their file");
            }
            entries.put(key, entry);
        }
        return entries;
    }

    private static boolean isMagic(byte[] bytes) {
        return MAGIC.equals(new String(bytes, java.nio.charset.StandardCharsets.US_ASCII));
    }

    /** Returns the layout of packed weights: the library and tier for which the matrices were packed. */
    String layout() {
        return layout;
    }

    /** Returns the hash that the model's stamp had when its content was hashed last. */
    byte[] stamp() {
        return stamp.clone();
    }

    /** Returns the hash of the model's content. */
    byte[] model() {
        return model.clone();
    }

    /** Returns the matrices by key, in the order of the file. */
    Map<String, Entry> entries() {
        return entries;
    }

    /**
     * Returns a matrix's content, if it is intact.
     *
     * @param memory gives direct memory of a size
     * @return null if the content in the file differs from what was written
     */
    @Nullable
    ByteBuffer content(Entry entry, IntFunction<ByteBuffer> memory) {
        ByteBuffer content = memory.apply(entry.bytes);
        try {
            file.read(entry.at, content);
        } catch (ModelFormatException e) {
            return null; // the file was cut short after it was opened
        }
        return ContentHash.crc(content.flip()) == entry.crc ? content : null;
    }

    @Override
    public void close() {
        file.release();
    }
}
