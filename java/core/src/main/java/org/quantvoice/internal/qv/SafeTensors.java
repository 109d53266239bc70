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
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.json.JsonWriter;

/**
 * The safetensors container: eight bytes of header length, a JSON header with type, shape and offsets of each tensor and
 * {@code __metadata__}, then the tensors' bytes without gaps.
 */
public final class SafeTensors {
    static final String METADATA = "__metadata__";

    /** A header is far smaller; the limit keeps a lying length from costing memory. */
    private static final int MAX_HEADER = 64 << 20;

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
            long size = channel.size();
            ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
            if (size < Long.BYTES || channel.read(length, 0) != Long.BYTES) {
                throw broken(file + " of " + size + " bytes", "a header length of 8 bytes");
            }
            long headerSize = length.getLong(0);
            if (headerSize < 2 || headerSize > MAX_HEADER || headerSize > size - Long.BYTES) {
                throw broken(
                        file + " with a header length of " + headerSize + " at byte 0",
                        "2 to " + Math.min(MAX_HEADER, size - Long.BYTES));
            }
            ByteBuffer header = ByteBuffer.allocate((int) headerSize);
            while (header.hasRemaining() && channel.read(header, Long.BYTES + header.position()) > 0) {
                continue; // until it is full or the file ends
            }
            long dataAt = Long.BYTES + headerSize;
            long dataSize = size - dataAt;
            if (dataSize > Integer.MAX_VALUE) {
                throw broken(file + " with " + dataSize + " bytes of tensors", "at most 2 GiB");
            }
            ByteBuffer data = channel.map(FileChannel.MapMode.READ_ONLY, dataAt, dataSize);
            return parse(file, header.array(), data, metadata);
        } catch (IOException e) {
            throw new ModelFormatException(
                    file + ", which cannot be read (" + e + ")", "a readable .qv file", "check the path", e);
        }
    }

    private static Map<String, Entry> parse(Path file, byte[] header, ByteBuffer data, Map<String, String> metadata) {
        try {
            JsonNode root = JsonReader.parse(header);
            Map<String, Entry> entries = new LinkedHashMap<>();
            for (String name : root.keys()) {
                if (name.equals(METADATA)) {
                    JsonNode values = root.get(name);
                    values.keys().forEach(k -> metadata.put(k, values.get(k).string()));
                } else {
                    entries.put(name, entry(root.get(name), data));
                }
            }
            return entries;
        } catch (ModelFormatException e) {
            throw e;
        } catch (QuantVoiceException e) {
            throw new ModelFormatException(file + ", in its header: " + e.got(), e.expected(), CURE, e);
        }
    }

    private static Entry entry(JsonNode node, ByteBuffer data) {
        String type = node.get("dtype").string();
        List<JsonNode> dims = node.get("shape").items();
        List<JsonNode> offsets = node.get("data_offsets").items();
        if (offsets.size() != 2) {
            throw broken(node.path() + " with " + offsets.size() + " offsets", "begin and end");
        }
        long begin = offsets.get(0).integer(0, data.limit());
        long end = offsets.get(1).integer(begin, data.limit());
        long[] shape = new long[dims.size()];
        long bytes = width(type, node.path());
        for (int i = 0; i < shape.length; i++) {
            shape[i] = dims.get(i).integer(0, Integer.MAX_VALUE);
            bytes = shape[i] == 0 ? 0 : bytes * shape[i];
            if (bytes > Integer.MAX_VALUE) {
                throw broken(node.path() + " of more than 2 GiB", "a smaller tensor");
            }
        }
        if (bytes != end - begin) {
            throw broken(
                    node.path() + " with " + (end - begin) + " bytes at offset " + begin,
                    bytes + " bytes for its type and shape");
        }
        return new Entry(type, shape, data.slice((int) begin, (int) bytes).order(ByteOrder.LITTLE_ENDIAN));
    }

    static int width(String type, String where) {
        return switch (type) {
            case "I8", "U8", "BOOL" -> 1;
            case "F16", "BF16", "I16" -> 2;
            case "F32", "I32" -> 4;
            case "I64", "F64" -> 8;
            default -> throw broken("type " + type + " at " + where, "a safetensors type");
        };
    }

    /** Writes header and tensors; the data part begins at a multiple of {@value #ALIGN} bytes. */
    static void write(OutputStream out, Map<String, Source> tensors, Map<String, String> metadata) throws IOException {
        out.write(header(tensors, metadata));
        for (Source source : tensors.values()) {
            source.writeTo(out);
        }
    }

    /** Bytes before the first tensor. */
    static long headerSize(Map<String, Source> tensors, Map<String, String> metadata) {
        return header(tensors, metadata).length;
    }

    private static byte[] header(Map<String, Source> tensors, Map<String, String> metadata) {
        Map<String, Object> header = new LinkedHashMap<>();
        header.put(METADATA, metadata);
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
