package org.quantvoice.quant;

import java.util.Locale;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.quantvoice.error.QuantizationException;

/**
 * A number of bytes.
 *
 * @param bytes 0 or more
 */
public record DataSize(long bytes) implements Comparable<DataSize> {
    private static final Pattern TEXT = Pattern.compile("(\\d+(?:\\.\\d+)?)\\s*([kmg]i?b|b)?");
    private static final Map<String, Double> UNITS =
            Map.of("b", 1.0, "kb", 1e3, "mb", 1e6, "gb", 1e9, "kib", 1024.0, "mib", 1048576.0, "gib", 1073741824.0);

    public DataSize {
        if (bytes < 0) {
            throw new QuantizationException("a size of " + bytes + " bytes", "0 or more", "pass a size such as 75MB");
        }
    }

    public static DataSize bytes(long count) {
        return new DataSize(count);
    }

    /** Returns a number of megabytes of 1,000,000 bytes each. */
    public static DataSize megabytes(double count) {
        return parse(Double.toString(count) + "MB");
    }

    /**
     * Reads {@code 75MB}, {@code 1.5 GB}, {@code 700KiB} or a number of bytes; KB, MB and GB are powers of 1000.
     *
     * @throws QuantizationException if the text is no size
     */
    public static DataSize parse(String text) {
        Matcher matcher = TEXT.matcher(text.strip().toLowerCase(Locale.ROOT));
        if (!matcher.matches()) {
            throw new QuantizationException(
                    "the size '" + text + "'", "a number with a unit", "pass a size such as 75MB");
        }
        String unit = matcher.group(2) == null ? "b" : matcher.group(2);
        double bytes = Double.parseDouble(matcher.group(1)) * UNITS.getOrDefault(unit, 1.0);
        if (bytes >= 1L << 53) {
            throw new QuantizationException(
                    "the size '" + text + "'", "less than 2^53 bytes", "pass a size such as 75MB");
        }
        return new DataSize((long) bytes);
    }

    @Override
    public int compareTo(DataSize other) {
        return Long.compare(bytes, other.bytes);
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3f MB (%d bytes)", bytes / 1e6, bytes);
    }
}
