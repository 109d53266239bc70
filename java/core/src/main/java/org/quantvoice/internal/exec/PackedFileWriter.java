package org.quantvoice.internal.exec;

import java.io.ByteArrayOutputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.WritableByteChannel;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.quantvoice.internal.files.ContentHash;
import org.quantvoice.internal.kernels.PackedMatrix;

/** Writes a {@link PackedFile}. */
final class PackedFileWriter {
    private static final int ALIGN = 64;

    /** A matrix and its form. */
    record Kept(PackedMatrix matrix, PackedForm form) {}

    private final DataOutputStream out;
    private final WritableByteChannel channel;
    private final ByteArrayOutputStream indexBytes = new ByteArrayOutputStream();
    private final DataOutputStream index = new DataOutputStream(indexBytes);
    private ByteBuffer memory = ByteBuffer.allocateDirect(0);
    private long at;

    private PackedFileWriter(OutputStream out) {
        this.out = new DataOutputStream(out);
        this.channel = Channels.newChannel(out);
    }

    /**
     * Writes a file of packed matrices.
     *
     * @param layout the library and tier for which they are packed
     * @param stamp hash of the model's stamp, or zeros
     * @param model hash of the model's content
     */
    static void write(OutputStream to, String layout, byte[] stamp, byte[] model, Map<String, Kept> matrices)
            throws IOException {
        PackedFileWriter writer = new PackedFileWriter(to);
        writer.begin(layout, stamp, model, matrices.size());
        for (Map.Entry<String, Kept> entry : matrices.entrySet()) {
            writer.matrix(entry.getKey(), entry.getValue());
        }
        writer.end();
    }

    private void begin(String layout, byte[] stamp, byte[] model, int count) throws IOException {
        magic();
        out.write(stamp);
        at = PackedFile.MAGIC.length() + stamp.length;
        align();
        index.writeUTF(layout);
        index.write(model);
        index.writeInt(count);
    }

    private void magic() throws IOException {
        out.write(PackedFile.MAGIC.getBytes(StandardCharsets.US_ASCII));
    }

    private void matrix(String key, Kept kept) throws IOException {
        PackedMatrix matrix = kept.matrix();
        int bytes = matrix.contentBytes();
        if (memory.capacity() < bytes) {
            memory = ByteBuffer.allocateDirect(bytes);
        }
        matrix.content(memory.clear());
        index.writeUTF(key);
        index.writeLong(at);
        index.writeInt(bytes);
        index.writeInt(ContentHash.crc(memory));
        kept.form().write(index);
        while (memory.hasRemaining()) {
            channel.write(memory);
        }
        at += bytes;
        align();
    }

    private void align() throws IOException {
        int padding = (int) ((ALIGN - at % ALIGN) % ALIGN);
        out.write(new byte[padding]);
        at += padding;
    }

    private void end() throws IOException {
        byte[] all = indexBytes.toByteArray();
        out.write(all);
        out.writeLong(at);
        out.writeInt(all.length);
        out.writeInt(ContentHash.crc(ByteBuffer.wrap(all)));
        magic();
        out.flush();
    }
}
