package org.quantvoice.quant;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.quantvoice.error.QuantizationException;
import org.quantvoice.internal.files.AtomicFile;
import org.quantvoice.internal.json.JsonException;
import org.quantvoice.internal.json.JsonNode;
import org.quantvoice.internal.json.JsonReader;
import org.quantvoice.internal.json.JsonWriter;

/**
 * The ranges of static layers' inputs, as calibration found them. They can be saved in a JSON file and used instead
 * of another calibration. Immutable.
 *
 * @param byLayer ranges of inputs by the dotted path of the layer
 * @param outputs ranges of outputs, which libtorch quantizes too and the native engine does not
 * @param levels the largest level: 255, or 127 of backends whose kernels add two products in 16 bits
 */
public record ActivationRanges(Map<String, ActivationRange> byLayer, Map<String, ActivationRange> outputs, int levels) {
    /** No ranges. */
    public static final ActivationRanges NONE = new ActivationRanges(Map.of());

    private static final int MOST = 255;
    private static final String OUTPUTS = "outputs";
    private static final String LEVELS = "levels";

    private static final String FORMAT = "quantvoice-ranges";
    private static final String VERSION = "version";
    private static final String LAYERS = "layers";
    private static final String SCALE = "scale";
    private static final String ZERO = "zeroPoint";
    private static final int MOST_BYTES = 16 << 20;
    private static final int LEAST_LEVELS = 127;

    public ActivationRanges {
        byLayer = Collections.unmodifiableMap(new LinkedHashMap<>(byLayer));
        outputs = Collections.unmodifiableMap(new LinkedHashMap<>(outputs));
    }

    /** Makes ranges of inputs with 256 levels. */
    public ActivationRanges(Map<String, ActivationRange> byLayer) {
        this(byLayer, Map.of(), MOST);
    }

    /** Returns the same ranges with another number of levels; this object if they have that number. */
    public ActivationRanges inLevels(int top) {
        return top == levels ? this : new ActivationRanges(inLevels(byLayer, top), inLevels(outputs, top), top);
    }

    private Map<String, ActivationRange> inLevels(Map<String, ActivationRange> ranges, int top) {
        Map<String, ActivationRange> result = new LinkedHashMap<>();
        ranges.forEach((path, range) -> {
            double scale = range.scale() * levels / top;
            int zero = (int) Math.rint((double) range.zeroPoint() * top / levels);
            result.put(path, new ActivationRange((float) scale, zero));
        });
        return result;
    }

    /**
     * Writes the file atomically.
     *
     * @throws org.quantvoice.error.OutputException if that fails; an old file stays unchanged
     */
    public void save(Path file) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("format", FORMAT);
        document.put(VERSION, 1);
        document.put(LEVELS, levels);
        document.put(LAYERS, document(byLayer));
        if (!outputs.isEmpty()) {
            document.put(OUTPUTS, document(outputs));
        }
        byte[] text = JsonWriter.pretty(document).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(text));
    }

    private static Map<String, Object> document(Map<String, ActivationRange> ranges) {
        Map<String, Object> layers = new LinkedHashMap<>();
        ranges.forEach((path, range) -> layers.put(path, Map.of(SCALE, range.scale(), ZERO, range.zeroPoint())));
        return layers;
    }

    /**
     * Reads a file.
     *
     * @throws QuantizationException if it is missing or no such file
     */
    public static ActivationRanges load(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            JsonNode document = JsonReader.read(in, MOST_BYTES);
            if (!document.get("format").string().equals(FORMAT)
                    || document.get(VERSION).integer(0, Integer.MAX_VALUE) != 1) {
                throw bad(file + ", a JSON file of another kind or version", null);
            }
            int levels = document.find(LEVELS)
                    .map(n -> (int) n.integer(LEAST_LEVELS, MOST))
                    .orElse(MOST);
            Map<String, ActivationRange> outputs =
                    document.find(OUTPUTS).map(n -> ranges(file, n, levels)).orElse(Map.of());
            return new ActivationRanges(ranges(file, document.get(LAYERS), levels), outputs, levels);
        } catch (JsonException e) {
            throw bad(file + ": " + e.got(), e);
        } catch (IOException e) {
            throw bad(file + ", which cannot be read (" + e + ")", e);
        }
    }

    private static Map<String, ActivationRange> ranges(Path file, JsonNode layers, int levels) {
        Map<String, ActivationRange> ranges = new LinkedHashMap<>();
        for (String path : layers.keys()) {
            ranges.put(path, range(file, layers.get(path), levels));
        }
        return ranges;
    }

    private static ActivationRange range(Path file, JsonNode layer, int levels) {
        double scale = layer.get(SCALE).number();
        if (!(scale > 0) || Double.isInfinite(scale) || (float) scale == 0) {
            throw bad(file + ": the scale " + scale + " at " + layer.path(), null);
        }
        return new ActivationRange(scale, (int) layer.get(ZERO).integer(0, levels));
    }

    private static QuantizationException bad(String got, @org.jspecify.annotations.Nullable Throwable cause) {
        String expected = "a file of ranges: scales above 0 and zero points 0 to 255 by layer";
        String cure = "calibrate again and save the ranges";
        return cause == null
                ? new QuantizationException(got, expected, cure)
                : new QuantizationException(got, expected, cure, cause);
    }
}
