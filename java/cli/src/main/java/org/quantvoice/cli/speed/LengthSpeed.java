package org.quantvoice.cli.speed;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.quantvoice.cli.terminal.TextTable;

/**
 * The measurements on audio of one length.
 *
 * @param audioSeconds the length
 * @param times runs one after the other
 * @param throughput several callers at once, or null if only one was asked for
 * @param peakRssBytes greatest resident memory of the process up to then, loading included; null if the system does not tell
 */
public record LengthSpeed(
        double audioSeconds, RunTimes times, @Nullable Throughput throughput, @Nullable Long peakRssBytes) {

    /** Returns the measurements as JSON; docs/cli.md explains the keys. */
    public Map<String, @Nullable Object> toMap() {
        Map<String, @Nullable Object> map = new LinkedHashMap<>();
        map.put("audioSeconds", audioSeconds);
        map.put("rtfMin", times.rtfMin());
        map.put("rtfMedian", times.rtfMedian());
        map.put("peakRssBytes", peakRssBytes);
        if (throughput != null) {
            map.put("callers", throughput.callers());
            map.put("throughput", throughput.together());
            map.put("throughputOneCaller", throughput.one());
            map.put("throughputRatio", throughput.ratio());
        }
        return map;
    }

    /** Returns all lengths as one table. */
    public static TextTable table(List<LengthSpeed> lengths) {
        TextTable table = new TextTable(
                "audio s", "RTF best", "RTF median", "peak MB", "audio s/s, 1 caller", "all callers", "ratio");
        for (LengthSpeed each : lengths) {
            Throughput all = each.throughput;
            table.row(
                    number("%.1f", each.audioSeconds),
                    number("%.5f", each.times.rtfMin()),
                    number("%.5f", each.times.rtfMedian()),
                    each.peakRssBytes == null ? "-" : number("%.0f", each.peakRssBytes / 1e6),
                    all == null ? "-" : number("%.1f", all.one()),
                    all == null ? "-" : number("%.1f", all.together()),
                    all == null ? "-" : number("%.2f", all.ratio()));
        }
        return table;
    }

    private static String number(String format, double value) {
        return String.format(Locale.ROOT, format, value);
    }
}
