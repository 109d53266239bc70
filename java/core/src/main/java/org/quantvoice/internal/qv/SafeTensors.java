package org.quantvoice.internal.qv;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Supplier;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.OutputException;
import org.quantvoice.internal.files.StoredFile;
import org.quantvoice.internal.json.JsonWriter;

/**
 * Reads and writes the safetensors container: eight bytes of header length, a JSON header with type, shape and
 * offsets of each tensor and {@code __metadata__}, then the tensors' bytes without gaps.
 */
final class SafeTensors {
    private static final int ALIGN = 64;
    private static final String CURE = "write or download the file again";

    /** One tensor of a file that is open. */
    record Entry(String type, long[] shape, StoredBytes bytes) {}

    /** One tensor that is to be written. */
    interface Source {
        String type();

        long[] shape();

        long byteSize();

        void writeTo(OutputStream out) throws IOException;
    }

    private SafeTensors() {}

    /** Returns the metadata of a file, which is closed again; values are strings. */
    static Map<String, String> metadata(Path file) {
        return header(file).metadata();
    }

    private static SafeTensorsHeader header(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return SafeTensorsHeader.read(file, channel);
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    private static ModelFormatException unreadable(Path file, IOException e) {
        return new ModelFormatException(
                file + ", which cannot be read (" + e + ")", "a readable .qv file", "check the path", e);
    }

    /** Opens a file; its tensors are read when they are used. Metadata values are strings. */
    static Map<String, Entry> open(Path file, Map<String, String> metadata) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafeTensorsHeader header = SafeTensorsHeader.read(file, channel);
            metadata.putAll(header.metadata());
            StoredFile stored = new StoredFile(file);
            Map<String, Entry> entries = new LinkedHashMap<>();
            header.tensors().forEach((name, t) -> {
                StoredBytes bytes = new StoredBytes(stored, header.dataAt() + t.begin(), t.bytes());
                entries.put(name, new Entry(t.type(), t.shape(), bytes));
            });
            return entries;
        } catch (IOException e) {
            throw unreadable(file, e);
        }
    }

    /**
     * Returns the result of reading a file's tensors; if reading fails, the file is closed, so that a damaged file
     * can be replaced at once.
     */
    static <T> T orClose(Map<String, Entry> entries, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (RuntimeException | Error e) {
            entries.values().forEach(entry -> entry.bytes().close());
            throw e;
        }
    }

    /** Writes header and tensors; the data part begins at a multiple of {@value #ALIGN} bytes. */
    static void write(OutputStream out, Map<String, Source> tensors, Map<String, String> metadata) throws IOException {
        out.write(header(tensors, metadata));
        for (Source source : tensors.values()) {
            source.writeTo(out);
        }
    }

    /** Returns the number of bytes before the first tensor. */
    static long headerSize(Map<String, Source> tensors, Map<String, String> metadata) {
        return header(tensors, metadata).length;
    }

    private static byte[] header(Map<String, Source> tensors, Map<String, String> metadata) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put(SafeTensorsHeader.METADATA, metadata);
        long at = 0;
        for (Map.Entry<String, Source> entry : tensors.entrySet()) {
            Source source = entry.getValue();
            requireReadable(entry.getKey(), source);
            Map<String, Object> description = new LinkedHashMap<>();
            description.put("dtype", source.type());
            List<Long> shape = new ArrayList<>();
            for (long dim : source.shape()) {
                shape.add(dim);
            }
            description.put("shape", shape);
            description.put("data_offsets", List.of(at, at + source.byteSize()));
            header.put(entry.getKey(), description);
            at += source.byteSize();
        }
        byte[] json = JsonWriter.compact(header).getBytes(StandardCharsets.UTF_8);
        int padding = (ALIGN - (Long.BYTES + json.length) % ALIGN) % ALIGN;
        ByteBuffer bytes =
                ByteBuffer.allocate(Long.BYTES + json.length + padding).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length + padding).put(json);
        while (bytes.hasRemaining()) {
            bytes.put((byte) ' ');
        }
        return bytes.array();
    }

    /** Files may be of any size, and their tensors are read as a whole, into arrays. */
    private static void requireReadable(String name, Source source) {
        if (source.byteSize() > Integer.MAX_VALUE) {
            throw new OutputException(
                    "the tensor " + name + " of " + source.byteSize() + " bytes",
                    "tensors below 2 GiB, which can be read again",
                    "quantize its layer, or split it");
        }
    }

    static ModelFormatException broken(String got, String expected) {
        return new ModelFormatException(got, expected, CURE);
    }
}
