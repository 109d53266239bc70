package org.quantvoice.internal.huggingface;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.CRC32;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.json.JsonWriter;

/**
 * A small model of transformers as huggingface_fixtures.py recorded it: the files of its folder, the names and shapes of its
 * parameters, whose values both sides make from the names, and its results.
 */
final class FixtureFolder {
    private static final String RESOURCES = "/huggingface";
    private static final int MAX_BYTES = 1 << 20;

    /** What transformers gave for the first samples of {@link #waveform}. */
    record Run(int samples, float[][] logProbs) {}

    private final JsonNode root;

    private FixtureFolder(JsonNode root) {
        this.root = root;
    }

    /** The names of all fixtures. */
    static List<String> names() {
        try (Stream<Path> files =
                Files.list(Path.of(FixtureFolder.class.getResource(RESOURCES).toURI()))) {
            return files.map(f -> f.getFileName().toString())
                    .filter(n -> n.endsWith(".json"))
                    .map(n -> n.substring(0, n.length() - 5))
                    .sorted()
                    .toList();
        } catch (IOException | URISyntaxException e) {
            throw new IllegalStateException(e);
        }
    }

    static FixtureFolder of(String name) {
        try (InputStream in = FixtureFolder.class.getResourceAsStream(RESOURCES + "/" + name + ".json")) {
            return new FixtureFolder(JsonReader.read(in, MAX_BYTES));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    List<Run> runs() {
        List<Run> runs = new ArrayList<>();
        for (JsonNode run : root.get("runs").items()) {
            List<JsonNode> rows = run.get("logProbs").items();
            float[][] values = new float[rows.size()][];
            for (int i = 0; i < values.length; i++) {
                List<JsonNode> row = rows.get(i).items();
                values[i] = new float[row.size()];
                for (int j = 0; j < row.size(); j++) {
                    values[i][j] = (float) row.get(j).number();
                }
            }
            runs.add(new Run((int) run.get("samples").integer(1, 1 << 24), values));
        }
        return runs;
    }

    Map<String, long[]> shapes() {
        Map<String, long[]> shapes = new LinkedHashMap<>();
        JsonNode parameters = root.get("parameters");
        for (String name : parameters.keys()) {
            long[] shape = parameters.get(name).items().stream()
                    .mapToLong(n -> n.integer(0, 1 << 24))
                    .toArray();
            shapes.put(name, shape);
        }
        return shapes;
    }

    /** A JSON file of the folder, as plain values that may be changed. */
    Map<String, Object> file(String name) {
        return object(root.get("files").get(name));
    }

    private static Map<String, Object> object(JsonNode node) {
        Map<String, Object> map = new LinkedHashMap<>();
        node.keys().forEach(key -> map.put(key, plain(node.get(key))));
        return map;
    }

    private static Object plain(JsonNode node) {
        if (node.isObject()) {
            return object(node);
        }
        if (node.isArray()) {
            return new ArrayList<>(
                    node.items().stream().map(FixtureFolder::plain).toList());
        }
        if (node.isNull() || node.isString()) {
            return node.isNull() ? null : node.string();
        }
        try {
            return node.bool();
        } catch (org.quantvoice.error.QuantVoiceException e) {
            return number(node); // neither true nor false
        }
    }

    private static Object number(JsonNode node) {
        double value = node.number();
        return value == Math.rint(value) && Math.abs(value) < 1e9 ? (Object) (long) value : (Object) value;
    }

    /** Writes the folder as transformers does. */
    Path write(Path folder) {
        root.get("files").keys().forEach(name -> writeJson(folder.resolve(name), file(name)));
        writeWeights(folder.resolve("model.safetensors"), shapes(), "F32");
        return folder;
    }

    /** A state dict of PyTorch, as checkpoint_fixtures.py wrote it. */
    static byte[] checkpoint(String name) {
        try (InputStream in = FixtureFolder.class.getResourceAsStream(RESOURCES + "/checkpoints/" + name + ".bin")) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void writeJson(Path file, Object value) {
        try {
            Files.createDirectories(file.getParent());
            Files.writeString(file, JsonWriter.pretty(value));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A safetensors file of parameters with the values of their names. */
    static void writeWeights(Path file, Map<String, long[]> shapes, String type) {
        int width = type.equals("F32") ? 4 : 2;
        Map<String, Object> header = new LinkedHashMap<>();
        long at = 0;
        for (Map.Entry<String, long[]> entry : shapes.entrySet()) {
            long end = at + width * size(entry.getValue());
            Map<String, Object> description = new LinkedHashMap<>();
            description.put("dtype", type);
            description.put(
                    "shape", java.util.Arrays.stream(entry.getValue()).boxed().toList());
            description.put("data_offsets", List.of(at, end));
            header.put(entry.getKey(), description);
            at = end;
        }
        byte[] json = JsonWriter.compact(header).getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate((int) (Long.BYTES + json.length + at)).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(json.length).put(json);
        shapes.forEach((name, shape) -> {
            for (float value : values(name, shape)) {
                put(bytes, type, value);
            }
        });
        try {
            Files.write(file, bytes.array());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void put(ByteBuffer bytes, String type, float value) {
        switch (type) {
            case "F32" -> bytes.putFloat(value);
            case "BF16" -> bytes.putShort((short) (Float.floatToIntBits(value) >> 16));
            default -> throw new IllegalArgumentException(type);
        }
    }

    static long size(long[] shape) {
        return java.util.Arrays.stream(shape).reduce(1, (a, b) -> a * b);
    }

    /** Numbers in [-1, 1) of a name: splitmix64, as the Python side has it. */
    static double[] uniform(String name, int count) {
        CRC32 crc = new CRC32();
        crc.update(name.getBytes(StandardCharsets.UTF_8));
        double[] numbers = new double[count];
        for (int i = 0; i < count; i++) {
            long z = ((crc.getValue() << 32) + i + 1) * 0x9E3779B97F4A7C15L;
            z = (z ^ z >>> 30) * 0xBF58476D1CE4E5B9L;
            z = (z ^ z >>> 27) * 0x94D049BB133111EBL;
            z ^= z >>> 31;
            numbers[i] = (z >>> 40) * 0x1p-23 - 1;
        }
        return numbers;
    }

    /** A parameter: matrices of about unit gain, norms about 1, variances above 1, biases small. */
    static float[] values(String name, long... shape) {
        String last = name.substring(name.lastIndexOf('.') + 1);
        double offset = 0;
        double factor;
        if (last.equals("running_var")) {
            offset = 1.25;
            factor = 0.25;
        } else if (List.of("original0", "weight_g", "gru_rel_pos_const").contains(last)) {
            offset = 1;
            factor = 0.3;
        } else if (shape.length > 1) {
            factor = Math.sqrt(3.0 / (size(shape) / shape[0]));
        } else {
            offset = last.equals("weight") ? 1 : 0;
            factor = last.equals("weight") ? 0.2 : 0.1;
        }
        double[] u = uniform(name, (int) size(shape));
        float[] values = new float[u.length];
        for (int i = 0; i < u.length; i++) {
            values[i] = (float) (offset + u[i] * factor);
        }
        return values;
    }

    /** Noise whose level changes every 500 samples. */
    static float[] waveform(int samples) {
        double[] noise = uniform("waveform", samples);
        double[] levels = uniform("level", samples / 500 + 1);
        float[] wave = new float[samples];
        for (int i = 0; i < samples; i++) {
            wave[i] = (float) (noise[i] * (0.02 + 0.1 * Math.abs(levels[i / 500])));
        }
        return wave;
    }
}
