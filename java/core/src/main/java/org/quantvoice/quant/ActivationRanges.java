package org.quantvoice.quant;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;
import org.quantvoice.error.CalibrationException;
import org.quantvoice.files.AtomicFile;
import org.quantvoice.json.JsonException;
import org.quantvoice.json.JsonNode;
import org.quantvoice.json.JsonReader;
import org.quantvoice.json.JsonWriter;

/**
 * The ranges of static layers' inputs, as calibration found them; kept in a JSON file they spare the next calibration.
 * Immutable.
 *
 * @param byLayer by the dotted path of the layer
 */
public record ActivationRanges(Map<String, ActivationRange> byLayer) {
    /** No ranges. */
    public static final ActivationRanges NONE = new ActivationRanges(Map.of());

    private static final String FORMAT = "quantvoice-ranges";
    private static final String VERSION = "version";
    private static final String LAYERS = "layers";
    private static final String SCALE = "scale";
    private static final String ZERO = "zeroPoint";
    private static final int MOST_BYTES = 16 << 20;

    public ActivationRanges {
        byLayer = Collections.unmodifiableMap(new LinkedHashMap<>(byLayer));
    }

    /**
     * Writes the file atomically.
     *
     * @throws org.quantvoice.error.OutputException if that fails; an old file stays whole
     */
    public void save(Path file) {
        Map<String, Object> layers = new LinkedHashMap<>();
        byLayer.forEach((path, range) -> layers.put(path, Map.of(SCALE, range.scale(), ZERO, range.zeroPoint())));
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("format", FORMAT);
        document.put(VERSION, 1);
        document.put(LAYERS, layers);
        byte[] text = JsonWriter.pretty(document).getBytes(StandardCharsets.UTF_8);
        AtomicFile.write(file, out -> out.write(text));
    }

    /**
     * Reads a file.
     *
     * @throws CalibrationException if it is missing or no such file
     */
    public static ActivationRanges load(Path file) {
        try (InputStream in = Files.newInputStream(file)) {
            JsonNode document = JsonReader.read(in, MOST_BYTES);
            if (!document.get("format").string().equals(FORMAT)
                    || document.get(VERSION).integer(0, Integer.MAX_VALUE) != 1) {
                throw bad(file + ", a JSON file of another kind or version", null);
            }
            JsonNode layers = document.get(LAYERS);
            Map<String, ActivationRange> ranges = new LinkedHashMap<>();
            for (String path : layers.keys()) {
                ranges.put(path, range(file, layers.get(path)));
            }
            return new ActivationRanges(ranges);
        } catch (JsonException e) {
            throw bad(file + ": " + e.got(), e);
        } catch (IOException e) {
            throw bad(file + ", which cannot be read (" + e + ")", e);
        }
    }

    private static ActivationRange range(Path file, JsonNode layer) {
        double scale = layer.get(SCALE).number();
        if (!(scale > 0) || Double.isInfinite(scale) || (float) scale == 0) {
            throw bad(file + ": the scale " + scale + " at " + layer.path(), null);
        }
        return new ActivationRange(scale, (int) layer.get(ZERO).integer(0, 255));
    }

    private static CalibrationException bad(String got, @org.jspecify.annotations.Nullable Throwable cause) {
        String expected = "a file of ranges: scales above 0 and zero points 0 to 255 by layer";
        String cure = "calibrate again and save the ranges";
        return cause == null
                ? new CalibrationException(got, expected, cure)
                : new CalibrationException(got, expected, cure, cause);
    }
}
