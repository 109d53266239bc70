package org.quantvoice.internal.exec;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.CRC32C;

/** A file of packed weights as docs/file-format.md tells it, changed so that all its sums are right: what no accident makes. */
final class PackedBytes {
    private final Path path;

    PackedBytes(Path path) {
        this.path = path;
    }

    /** Flips a bit of the first bytes of every matrix. */
    void flipContents() throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path));
        int indexAt = (int) file.getLong(file.capacity() - 24);
        file.position(indexAt);
        text(file);
        file.position(file.position() + 32);
        for (int left = file.getInt(); left > 0; left--) {
            text(file);
            int at = (int) file.getLong();
            int bytes = file.getInt();
            for (int i = 0; i < Math.min(8, bytes); i++) {
                file.put(at + i, (byte) (file.get(at + i) ^ 4));
            }
            file.putInt(crc(file, at, bytes));
            file.position(file.position() + 12);
            int levels = file.getInt();
            file.position(file.position() + levels);
        }
        write(file, indexAt);
    }

    /** Makes it one of another tier, whose name is as long. */
    void changeLayout() throws IOException {
        ByteBuffer file = ByteBuffer.wrap(Files.readAllBytes(path));
        int indexAt = (int) file.getLong(file.capacity() - 24);
        int last = indexAt + 2 + file.getShort(indexAt) - 1;
        file.put(last, (byte) (file.get(last) ^ 1));
        write(file, indexAt);
    }

    private void write(ByteBuffer file, int indexAt) throws IOException {
        int end = file.capacity() - 24;
        file.putInt(end + 12, crc(file, indexAt, end - indexAt));
        Files.write(path, file.array());
    }

    private static String text(ByteBuffer file) {
        byte[] bytes = new byte[file.getShort()];
        file.get(bytes);
        return new String(bytes, StandardCharsets.UTF_8);
    }

    private static int crc(ByteBuffer file, int at, int bytes) {
        CRC32C crc = new CRC32C();
        crc.update(file.array(), at, bytes);
        return (int) crc.getValue();
    }
}
