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
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.internal.files.MappedReads;
import org.quantvoice.internal.json.JsonWriter;

/**
 * The safetensors container: eight bytes of header length, a JSON header with type, shape and offsets of each tensor and
 * {@code __metadata__}, then the tensors' bytes without gaps.
 */
final class SafeTensors {
    private static final int ALIGN = 64;
    private static final String CURE = "write or download the file again";

    /** One tensor of a file that is open. */
    record Entry(String type, long[] shape, ByteBuffer bytes) {}

    /** One tensor to write. */
    interface Source {
        String type();

        long[] shape();

        long byteSize();

        void writeTo(OutputStream out) throws IOException;
    }

    private SafeTensors() {}

    /** Maps a file; the tensors are views of the mapping. Metadata values are strings. */
    static Map<String, Entry> open(Path file, Map<String, String> metadata) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            SafeTensorsHeader header = SafeTensorsHeader.read(file, channel);
            metadata.putAll(header.metadata());
            long dataSize = channel.size() - header.dataAt();
            return dataSize > Integer.MAX_VALUE ? mapEach(channel, header) : mapWhole(channel, header, dataSize);
        } catch (IOException e) {
            throw new ModelFormatException(
                    file + ", which cannot be read (" + e + ")", "a readable .qv file", "check the path", e);
        }
    }

    private static Map<String, Entry> mapWhole(FileChannel channel, SafeTensorsHeader header, long dataSize)
            throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (SafeTensorsHeader.Tensor tensor : header.tensors().values()) {
            if (tensor.begin() + tensor.bytes() > dataSize) {
                throw new IOException("the file was cut while it was opened");
            }
        }
        ByteBuffer data = channel.map(FileChannel.MapMode.READ_ONLY, header.dataAt(), dataSize);
        header.tensors().forEach((name, t) -> entries.put(name, entry(t, data.slice((int) t.begin(), t.bytes()))));
        return entries;
    }

    /** A mapping cannot be larger than 2 GiB: each tensor gets one of its own. */
    private static Map<String, Entry> mapEach(FileChannel channel, SafeTensorsHeader header) throws IOException {
        Map<String, Entry> entries = new LinkedHashMap<>();
        for (Map.Entry<String, SafeTensorsHeader.Tensor> named :
                header.tensors().entrySet()) {
            SafeTensorsHeader.Tensor tensor = named.getValue();
            ByteBuffer bytes =
                    channel.map(FileChannel.MapMode.READ_ONLY, header.dataAt() + tensor.begin(), tensor.bytes());
            entries.put(named.getKey(), entry(tensor, bytes));
        }
        return entries;
    }

    private static Entry entry(SafeTensorsHeader.Tensor tensor, ByteBuffer bytes) {
        return new Entry(tensor.type(), tensor.shape(), bytes.order(ByteOrder.LITTLE_ENDIAN));
    }

    /** Writes header and tensors; the data part begins at a multiple of {@value #ALIGN} bytes. */
    static void write(OutputStream out, Map<String, Source> tensors, Map<String, String> metadata) throws IOException {
        out.write(header(tensors, metadata));
        try {
            for (Source source : tensors.values()) {
                source.writeTo(out);
            }
            MappedReads.settle();
        } catch (InternalError e) {
            throw MappedReads.lost("the file that the model came from", e);
        }
    }

    /** Bytes before the first tensor. */
    static long headerSize(Map<String, Source> tensors, Map<String, String> metadata) {
        return header(tensors, metadata).length;
    }

    private static byte[] header(Map<String, Source> tensors, Map<String, String> metadata) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put(SafeTensorsHeader.METADATA, metadata);
        long at = 0;
        for (Map.Entry<String, Source> entry : tensors.entrySet()) {
            Source source = entry.getValue();
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

    static ModelFormatException broken(String got, String expected) {
        return new ModelFormatException(got, expected, CURE);
    }
}
