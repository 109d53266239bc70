package org.quantvoice.internal.qv;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.Channels;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.quantvoice.error.ModelFormatException;
import org.quantvoice.error.QuantVoiceException;
import org.quantvoice.graph.Bfloat16Tensor;
import org.quantvoice.graph.Constant;
import org.quantvoice.graph.DType;
import org.quantvoice.graph.Graph;
import org.quantvoice.graph.Int8Tensor;
import org.quantvoice.graph.PackedTensor;
import org.quantvoice.graph.QuantizedTensor;
import org.quantvoice.graph.TensorData;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.json.JsonWriter;

/** Reads and writes {@code .qv} files. */
public final class QvFile {
    private static final String FORMAT = "quantvoice";
    private static final int VERSION = 1;
    /** Version of files with weights that version 1 does not have: packed ones and bfloat16. */
    private static final int PACKED_VERSION = 2;

    private static final String PACKED = "packed";
    static final String GRAPH = "graph";
    private static final String SCALE = ".scale";
    private static final String PROVENANCE = "provenance.";
    private static final int CHUNK = 1 << 16;

    private QvFile() {}

    /**
     * Returns whether the first bytes of a file look like a {@code .qv} file: a plausible header length and an
     * opening brace.
     */
    public static boolean looksLike(byte[] firstBytes) {
        if (firstBytes.length < Long.BYTES + 1) {
            return false;
        }
        long length = ByteBuffer.wrap(firstBytes).order(ByteOrder.LITTLE_ENDIAN).getLong(0);
        return length > 1 && length < 1L << 32 && firstBytes[Long.BYTES] == '{';
    }

    /** Returns the token list in a file; empty if the file has none or is of another format. */
    public static Optional<String> tokens(Path file) {
        return Optional.ofNullable(metadata(file).get("tokens"));
    }

    /** Returns the provenance of a file's model; empty if the file is of another format. */
    public static Map<String, String> provenance(Path file) {
        return provenance(metadata(file));
    }

    private static Map<String, String> metadata(Path file) {
        if (Files.isDirectory(file)) {
            return Map.of(); // the file is a model of another program
        }
        try (InputStream in = Files.newInputStream(file)) {
            if (!looksLike(in.readNBytes(Long.BYTES + 1))) {
                return Map.of();
            }
        } catch (IOException e) {
            throw new ModelFormatException(
                    file + ", which cannot be read (" + e + ")", "a readable file", "check the path", e);
        }
        return SafeTensors.metadata(file);
    }

    /**
     * Opens a file and builds its graph.
     *
     * @throws ModelFormatException if the file is missing, damaged, or of another version
     */
    public static QvModel read(Path file) {
        return OpenQv.of(file).model();
    }

    /** Returns the graph that {@link #putGraph} wrote, with its tensors. */
    static Graph graph(Map<String, String> metadata, String suffix, Map<String, SafeTensors.Entry> entries) {
        String json = metadata.getOrDefault(GRAPH + suffix, "");
        return GraphJson.read(
                JsonReader.parse(json), tensors(entries, PackedTensors.read(metadata.get(PACKED + suffix))));
    }

    /** Returns the tensors of a file of this program and version, and fills in its metadata. */
    static Map<String, SafeTensors.Entry> open(Path file, Map<String, String> metadata) {
        Map<String, SafeTensors.Entry> entries = SafeTensors.open(file, metadata);
        return SafeTensors.orClose(entries, () -> {
            requireOwnFormat(file, metadata);
            return entries;
        });
    }

    private static void requireOwnFormat(Path file, Map<String, String> metadata) {
        if (!FORMAT.equals(metadata.get("format"))) {
            throw SafeTensors.broken(file + ", a safetensors file of another program", "a .qv file");
        }
        String version = metadata.getOrDefault("version", "none");
        if (!version.equals(Integer.toString(VERSION)) && !version.equals(Integer.toString(PACKED_VERSION))) {
            throw new ModelFormatException(
                    file + " of format version " + version,
                    "version " + VERSION + " or " + PACKED_VERSION,
                    "use a newer version of QuantVoice");
        }
    }

    static Map<String, String> provenance(Map<String, String> metadata) {
        Map<String, String> provenance = new LinkedHashMap<>();
        metadata.forEach((key, value) -> {
            if (key.startsWith(PROVENANCE)) {
                provenance.put(key.substring(PROVENANCE.length()), value);
            }
        });
        return provenance;
    }

    /** Reads something of a file, and puts the file's name into the message if it is damaged. */
    static <T> T sound(Path file, Supplier<T> reading) {
        try {
            return reading.get();
        } catch (QuantVoiceException e) {
            throw new ModelFormatException(file + ": " + e.got(), e.expected(), e.cure(), e);
        } catch (ArithmeticException | IllegalArgumentException | IllegalStateException e) {
            throw new ModelFormatException(
                    file + ": " + e.getMessage(), "a sound model", "write or download the file again", e);
        }
    }

    private static Map<String, TensorData> tensors(
            Map<String, SafeTensors.Entry> entries, Map<String, PackedTensors.Description> packed) {
        packed.keySet().stream()
                .filter(n -> !entries.containsKey(n))
                .findFirst()
                .ifPresent(n -> {
                    throw SafeTensors.broken(
                            "packed weights " + n + ", which are not in the file", "a tensor of that name");
                });
        Set<String> scales = new LinkedHashSet<>();
        Map<String, TensorData> tensors = new LinkedHashMap<>();
        entries.forEach((name, entry) -> {
            if (entry.type().equals("I8")) {
                scales.add(name + SCALE);
                tensors.put(name, int8(name, entry, entries.get(name + SCALE)));
            } else if (packed.containsKey(name)) {
                PackedTensors.Description description = packed.get(name);
                scales.add(name + SCALE);
                float[] values = scales(name, description.shape(), entries.get(name + SCALE));
                tensors.put(name, description.tensor(name, entry, values));
            }
        });
        entries.forEach((name, entry) -> {
            if (scales.contains(name)) {
                entry.bytes().close(); // the scales were read above
            } else if (!tensors.containsKey(name)) {
                tensors.put(
                        name,
                        entry.type().equals("BF16")
                                ? new Bfloat16Tensor(entry.bytes(), entry.shape())
                                : new StoredTensor(type(entry.type(), name), entry.bytes(), entry.shape()));
            }
        });
        return tensors;
    }

    private static DType type(String text, String name) {
        return switch (text) {
            case "F32" -> DType.FLOAT;
            case "I64" -> DType.INT;
            case "BOOL" -> DType.BOOL;
            default ->
                throw SafeTensors.broken(
                        "type " + text + " of " + name, "F32, BF16, I64, BOOL, I8 with scales or packed U8");
        };
    }

    private static Int8Tensor int8(String name, SafeTensors.Entry entry, SafeTensors.@Nullable Entry scale) {
        return new Int8Tensor(entry.bytes(), scales(name, entry.shape(), scale), entry.shape());
    }

    private static float[] scales(String name, long[] shape, SafeTensors.@Nullable Entry scale) {
        if (scale == null
                || !scale.type().equals("F32")
                || scale.shape().length != 1
                || shape.length == 0
                || scale.shape()[0] != shape[0]) {
            throw SafeTensors.broken(name + " without scales that fit", name + SCALE + ", one a channel");
        }
        float[] scales = new float[(int) scale.shape()[0]];
        scale.bytes().get().asFloatBuffer().get(scales);
        for (int i = 0; i < scales.length; i++) {
            if (!(scales[i] > 0) || Float.isInfinite(scales[i])) {
                throw SafeTensors.broken(
                        "scale " + scales[i] + " of channel " + i + " of " + name, "a positive number");
            }
        }
        return scales;
    }

    /**
     * Writes a model atomically, after reading the written file back as a check.
     *
     * @throws org.quantvoice.error.OutputException if that fails; an old file stays unchanged
     */
    public static void write(QvModel model, Path target) {
        Map<String, String> metadata = metadata(model);
        AtomicFile.write(
                target, out -> SafeTensors.write(out, sources("", model.graph()), metadata), written -> read(written)
                        .close());
    }

    private static Map<String, String> metadata(QvModel model) {
        Map<String, String> metadata = metadata(model.tokens(), model.provenance(), List.of(model.graph()));
        putGraph(metadata, "", model.graph());
        return metadata;
    }

    /** Writes a graph, and the description of its packed weights, under names with a suffix. */
    static void putGraph(Map<String, String> metadata, String suffix, Graph graph) {
        Map<String, Object> packed = PackedTensors.write(graph.constants().values());
        if (!packed.isEmpty()) {
            metadata.put(PACKED + suffix, JsonWriter.compact(packed));
        }
        metadata.put(GRAPH + suffix, JsonWriter.compact(GraphJson.write(graph)));
    }

    static Map<String, String> metadata(
            Optional<String> tokens, Map<String, String> provenance, Collection<Graph> graphs) {
        boolean packed = graphs.stream()
                .flatMap(g -> g.constants().values().stream())
                .anyMatch(c -> c.data() instanceof PackedTensor || c.data() instanceof Bfloat16Tensor);
        Map<String, String> metadata = new LinkedHashMap<>();
        metadata.put("format", FORMAT);
        metadata.put("version", Integer.toString(packed ? PACKED_VERSION : VERSION));
        provenance.forEach((key, value) -> metadata.put(PROVENANCE + key, value));
        tokens.ifPresent(text -> metadata.put("tokens", text));
        return metadata;
    }

    /** Returns the number of bytes of a model's tensors in a file, without the header. */
    public static long size(QvModel model) {
        return size(sources("", model.graph()));
    }

    static long size(Map<String, SafeTensors.Source> sources) {
        return sources.values().stream().mapToLong(SafeTensors.Source::byteSize).sum();
    }

    /** Returns the number of bytes of one tensor in a file, with its scales. */
    public static long size(TensorData data) {
        Map<String, SafeTensors.Source> one = new LinkedHashMap<>();
        put(one, "", data);
        return size(one);
    }

    /** Returns the exact number of bytes of the file that {@link #write} would make. */
    public static long fileSize(QvModel model) {
        return SafeTensors.headerSize(sources("", model.graph()), metadata(model)) + size(model);
    }

    /** Returns a graph's tensors, named with a prefix. */
    static Map<String, SafeTensors.Source> sources(String prefix, Graph graph) {
        Map<String, SafeTensors.Source> tensors = new LinkedHashMap<>();
        for (Constant constant : graph.constants().values()) {
            put(tensors, prefix + constant.name(), constant.data());
        }
        return tensors;
    }

    private static void put(Map<String, SafeTensors.Source> tensors, String name, TensorData data) {
        if (data instanceof Bfloat16Tensor halves) {
            tensors.put(name, new Tensor("BF16", data.shape(), 2, out -> writeBytes(out, halves.bytes())));
            return;
        }
        if (data instanceof QuantizedTensor quantized) {
            float[] scales = quantized.scales();
            if (quantized instanceof PackedTensor codes) {
                long[] bytes = {PackedTensor.bytesOf(codes.format(), codes.shape())};
                tensors.put(name, new Tensor("U8", bytes, 1, out -> writeBytes(out, codes.codes())));
            } else if (quantized instanceof Int8Tensor int8) {
                tensors.put(name, new Tensor("I8", data.shape(), 1, out -> writeBytes(out, int8.values())));
            }
            tensors.put(
                    name + SCALE,
                    new Tensor("F32", new long[] {scales.length}, Float.BYTES, out -> writeFloats(out, scales)));
            return;
        }
        switch (data.type()) {
            case FLOAT ->
                tensors.put(name, new Tensor("F32", data.shape(), Float.BYTES, out -> writeFloats(out, data.floats())));
            case INT ->
                tensors.put(name, new Tensor("I64", data.shape(), Long.BYTES, out -> writeLongs(out, data.longs())));
            case BOOL ->
                tensors.put(name, new Tensor("BOOL", data.shape(), 1, out -> writeBooleans(out, data.booleans())));
        }
    }

    private interface Writer {
        void writeTo(OutputStream out) throws IOException;
    }

    @SuppressWarnings("ArrayRecordComponent")
    private record Tensor(String type, long[] shape, int width, Writer writer) implements SafeTensors.Source {

        @Override
        public long byteSize() {
            long size = width;
            for (long dim : shape) {
                size *= dim;
            }
            return size;
        }

        @Override
        public void writeTo(OutputStream out) throws IOException {
            writer.writeTo(out);
        }
    }

    private static void writeBytes(OutputStream out, ByteBuffer bytes) throws IOException {
        Channels.newChannel(out).write(bytes);
    }

    private static void writeFloats(OutputStream out, float[] values) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(CHUNK).order(ByteOrder.LITTLE_ENDIAN);
        for (int at = 0; at < values.length; at += CHUNK / Float.BYTES) {
            int count = Math.min(CHUNK / Float.BYTES, values.length - at);
            chunk.asFloatBuffer().put(values, at, count);
            out.write(chunk.array(), 0, count * Float.BYTES);
        }
    }

    private static void writeLongs(OutputStream out, long[] values) throws IOException {
        ByteBuffer chunk = ByteBuffer.allocate(values.length * Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        chunk.asLongBuffer().put(values);
        out.write(chunk.array());
    }

    private static void writeBooleans(OutputStream out, boolean[] values) throws IOException {
        for (boolean value : values) {
            out.write(value ? 1 : 0);
        }
    }
}
