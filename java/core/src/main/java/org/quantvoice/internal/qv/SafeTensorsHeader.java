package org.quantvoice.internal.qv;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;

/**
 * The checked header of a safetensors file: every tensor lies inside the file, has as many bytes as its type and
 * shape need, and shares none of them with another tensor.
 *
 * @param dataAt position in the file at which the tensors begin; their offsets count from there
 * @param tensors by name, in the file's order
 * @param metadata texts of the program that wrote the file
 */
public record SafeTensorsHeader(long dataAt, Map<String, Tensor> tensors, Map<String, String> metadata) {
    static final String METADATA = "__metadata__";

    /**
     * Largest size of a header in bytes. Real headers are far smaller; the limit keeps a false length from costing
     * memory.
     */
    private static final int MAX_HEADER = 64 << 20;

    private static final String CURE = "write or download the file again";

    /**
     * A tensor as the header describes it.
     *
     * @param type name of the type in the format, e.g. F32
     * @param shape sizes, slowest first
     * @param begin first byte, counted from {@link #dataAt}
     * @param bytes its number of bytes, below 2 GiB
     */
    @SuppressWarnings("ArrayRecordComponent")
    public record Tensor(String type, long[] shape, long begin, int bytes) {}

    /**
     * Reads the header of a file.
     *
     * @throws ModelFormatException if the file cannot be read or its header is not sound
     */
    public static SafeTensorsHeader read(Path file) {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            return read(file, channel);
        } catch (IOException e) {
            throw new ModelFormatException(
                    file + ", which cannot be read (" + e + ")", "a readable file", "check the path", e);
        }
    }

    static SafeTensorsHeader read(Path file, FileChannel channel) throws IOException {
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
            continue; // until the buffer is full or the file ends
        }
        long dataAt = Long.BYTES + headerSize;
        try {
            return parse(JsonReader.parse(header.array()), dataAt, size - dataAt);
        } catch (ModelFormatException e) {
            throw new ModelFormatException(file + ": " + e.got(), e.expected(), e.cure(), e);
        } catch (QuantVoiceException e) {
            throw new ModelFormatException(file + ", in its header: " + e.got(), e.expected(), CURE, e);
        }
    }

    private static SafeTensorsHeader parse(JsonNode root, long dataAt, long dataSize) {
        Map<String, Tensor> tensors = new LinkedHashMap<>();
        Map<String, String> metadata = new LinkedHashMap<>();
        for (String name : root.keys()) {
            if (name.equals(METADATA)) {
                JsonNode values = root.get(name);
                values.keys().forEach(k -> metadata.put(k, values.get(k).string()));
            } else {
                tensors.put(name, tensor(root.get(name), dataSize));
            }
        }
        requireApart(tensors);
        return new SafeTensorsHeader(dataAt, tensors, metadata);
    }

    private static Tensor tensor(JsonNode node, long dataSize) {
        String type = node.get("dtype").string();
        List<JsonNode> dims = node.get("shape").items();
        List<JsonNode> offsets = node.get("data_offsets").items();
        if (offsets.size() != 2) {
            throw broken(node.path() + " with " + offsets.size() + " offsets", "begin and end");
        }
        long begin = offsets.get(0).integer(0, dataSize);
        long end = offsets.get(1).integer(begin, dataSize);
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
        return new Tensor(type, shape, begin, (int) bytes);
    }

    private static void requireApart(Map<String, Tensor> tensors) {
        List<Map.Entry<String, Tensor>> sorted = new ArrayList<>(tensors.entrySet());
        sorted.removeIf(e -> e.getValue().bytes() == 0);
        sorted.sort(Comparator.comparingLong(e -> e.getValue().begin()));
        for (int i = 1; i < sorted.size(); i++) {
            Tensor before = sorted.get(i - 1).getValue();
            if (before.begin() + before.bytes() > sorted.get(i).getValue().begin()) {
                throw broken(
                        "tensors " + sorted.get(i - 1).getKey() + " and "
                                + sorted.get(i).getKey() + " that share bytes from offset "
                                + sorted.get(i).getValue().begin() + " on",
                        "bytes of its own for each tensor");
            }
        }
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

    private static ModelFormatException broken(String got, String expected) {
        return new ModelFormatException(got, expected, CURE);
    }
}
